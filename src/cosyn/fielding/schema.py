"""Tables of the two stores. They share no key: nothing in one names a row of the other."""

from __future__ import annotations

from cosyn.errors import extra

with extra("field"):
    from sqlalchemy import Column, Index, Integer, LargeBinary, MetaData, Table, Text

roster = MetaData()
"""Who is asked: departments, people, hashes of their tokens, and whether they have answered."""

departments = Table(
    "departments",
    roster,
    Column("department", Text, primary_key=True),
    Column("row", Text, nullable=False, comment="JSON: names, words of placeholders, level, group"),
    Column("quota", Integer, comment="Completed questionnaires after which nobody begins one"),
    sqlite_with_rowid=False,
)
people = Table(
    "people",
    roster,
    Column("person", Text, primary_key=True, comment="The field team's own code"),
    Column("department", Text, nullable=False),
    Column("row", Text, nullable=False, comment="JSON: name, e-mail, language"),
    sqlite_with_rowid=False,
)
invitations = Table(
    "invitations",
    roster,
    Column("hash", Text, primary_key=True, comment="Keyed hash of the token (roster key)"),
    Column("kind", Text, nullable=False, comment="person, place (nobody's name), department, desk"),
    Column("department", Text, nullable=False),
    Column("person", Text, comment="Only of kind person"),
    Column("batch", Integer, nullable=False, comment="In which run of the command it was issued"),
    Column("state", Text, nullable=False, comment="issued, withdrawn, answered"),
    sqlite_with_rowid=False,
)
roster_settings = Table(
    "settings",
    roster,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)

answers = MetaData()
"""What was answered: sealed drafts, envelopes, and counts of them."""

drafts = Table(
    "drafts",
    answers,
    Column("hash", Text, primary_key=True, comment="Keyed hash of the token (answers key)"),
    Column("department", Text, nullable=False),
    Column("page", Integer, nullable=False, comment="Furthest page reached, from 0"),
    Column("sealed", LargeBinary, nullable=False, comment="Only the token opens it"),
    sqlite_with_rowid=False,
)
spent = Table(
    "spent",
    answers,
    Column("hash", Text, primary_key=True, comment="Of a draft that was handed in: no time"),
    sqlite_with_rowid=False,
)
envelopes = Table(
    "envelopes",
    answers,
    Column("id", Text, primary_key=True, comment="128 fresh random bits: its order says nothing"),
    Column("department", Text, nullable=False),
    Column("batch", Integer, nullable=False, comment="0 until released in a batch of at least k"),
    Column("sealed", LargeBinary, nullable=False, comment="Only the wave's private key opens it"),
    Index("envelopes_by_department", "department", "batch"),
    sqlite_with_rowid=False,
)
urn = Table(
    "urn",
    answers,
    Column("id", Text, primary_key=True, comment="128 fresh random bits"),
    Column("department", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False, comment="Which invitation to mark as answered"),
    sqlite_with_rowid=False,
)
tallies = Table(
    "tallies",
    answers,
    Column("kind", Text, primary_key=True, comment="started, completed (a day), minutes, paper"),
    Column("key", Text, primary_key=True),
    Column("count", Integer, nullable=False),
    sqlite_with_rowid=False,
)
keyed = Table(
    "keyed",
    answers,
    Column("sheet", Text, primary_key=True, comment="Number that the clerk wrote on the sheet"),
    Column("department", Text, nullable=False),
    Column("passes", Integer, nullable=False),
    Column("sealed", LargeBinary, nullable=False, comment="Only the desk's token opens it"),
    sqlite_with_rowid=False,
)
answers_settings = Table(
    "settings",
    answers,
    Column("name", Text, primary_key=True),
    Column("value", Text, nullable=False),
    sqlite_with_rowid=False,
)
