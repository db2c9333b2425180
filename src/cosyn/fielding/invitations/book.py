"""The roster store as a whole: departments, people, and what became of their invitations."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Literal

from cosyn.errors import extra

with extra("field"):
    from sqlalchemy import select

from cosyn.fielding import schema
from cosyn.fielding.database import reading
from cosyn.fielding.invitations.types import Link, shared_code
from cosyn.roster import Department, Person

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cosyn.fielding.desk import Desk

State = Literal["issued", "withdrawn", "answered"]


@dataclass(frozen=True, slots=True)
class Invitation:
    """One row of the roster: the hash of a token, and what became of it.

    Attributes
    ----------
    kind : str
        person (one person, by name or by the number of a card), place (drawn by the server for
        somebody who came with the department's link), department, desk.
    person : str
        Code of the person or of the card; empty for other kinds.
    batch : int
        In which run of the command it was issued; 0 if the server drew it.
    """

    hash: str
    kind: str
    department: str
    person: str
    batch: int
    state: State

    @property
    def code(self) -> str:
        """What commands call it; empty for what they cannot name."""
        return shared_code(self.department) if self.kind == "department" else self.person


@dataclass(frozen=True, slots=True)
class Book:
    """All of it.

    Attributes
    ----------
    settings : Mapping[str, str]
        What the store says of itself, with ``base_url`` and ``links`` once they are known.
    """

    departments: Mapping[str, Department]
    people: Mapping[str, Person]
    invitations: tuple[Invitation, ...]
    settings: Mapping[str, str]

    @property
    def batch(self) -> int:
        """The last run that issued anything; 0 if none has."""
        return max((invitation.batch for invitation in self.invitations), default=0)

    def latest(self) -> dict[str, Invitation]:
        """The last invitation of each code that commands can name."""
        found: dict[str, Invitation] = {}
        for invitation in sorted(self.invitations, key=lambda one: one.batch):
            if invitation.code:
                found[invitation.code] = invitation
        return found

    def link(self, invitation: Invitation, token: str) -> Link:
        """An invitation as it is handed out."""
        code, department = invitation.code, invitation.department
        person = self.people.get(code)
        if person is not None:
            return Link(code, department, token, person.name, person.email, person.language)
        number = code.rpartition("/")[2]
        return Link(code, department, token, number=int(number) if number.isdigit() else 0)


def read_book(desk: Desk) -> Book:
    """Read the roster store.

    Raises
    ------
    StoreError
        It cannot be read.
    """
    with reading(desk.roster) as connection:
        departments = connection.execute(select(schema.departments)).all()
        people = connection.execute(select(schema.people)).all()
        invitations = connection.execute(select(schema.invitations)).all()
        settings = connection.execute(select(schema.roster_settings)).all()
    return Book(
        {
            row.department: Department(
                row.department, quota=row.quota, **{"words": {}, **json.loads(row.row)}
            )
            for row in sorted(departments, key=lambda row: str(row.department))
        },
        {
            row.person: Person(row.person, row.department, **json.loads(row.row))
            for row in sorted(people, key=lambda row: str(row.person))
        },
        tuple(
            Invitation(row.hash, row.kind, row.department, row.person or "", row.batch, row.state)
            for row in invitations
        ),
        {str(row.name): str(row.value) for row in settings},
    )


def department_rows(departments: tuple[Department, ...]) -> Iterator[dict[str, Any]]:
    """Rows of the store."""
    for one in departments:
        told = asdict(one)
        code, quota = told.pop("code"), told.pop("quota")
        yield {"department": code, "row": json.dumps(told, ensure_ascii=False), "quota": quota}


def people_rows(people: tuple[Person, ...]) -> Iterator[dict[str, Any]]:
    """Rows of the store."""
    for one in people:
        told = {"name": one.name, "email": one.email, "language": one.language}
        row = json.dumps(told, ensure_ascii=False)
        yield {"person": one.code, "department": one.department, "row": row}
