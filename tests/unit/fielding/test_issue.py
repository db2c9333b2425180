"""Links issued, taken back and issued anew: files and store change together."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select
from tests.fielded_wave import Clock, admitted, complete, new_desk

from cosyn.errors import ResponseError, StoreError
from cosyn.fielding import schema
from cosyn.fielding.database import reading, writing
from cosyn.fielding.desk import Desk, admit
from cosyn.fielding.invitations.book import Book, read_book
from cosyn.fielding.invitations.issue import anew, carry_out, named_by, withdraw
from cosyn.fielding.invitations.plan import Plan, planned
from cosyn.fielding.invitations.reminders import department_table, to_remind, tokens_of, with_links
from cosyn.fielding.invitations.types import Occasion
from cosyn.fielding.tokens import read_token, spelt
from cosyn.fielding.urn import draw
from cosyn.roster import Department, Person

PEOPLE = [Person(f"p{i}", "E1", f"N{i}", f"p{i}@x.example") for i in range(7)]
DEPARTMENTS = [
    Department("E1", {}, {"en": "One", "zh-Hans": "一"}),
    Department("E2", {}, invited=2, quota=5),
]
OCCASION = Occasion("https://x.example", {"en": "T", "zh-Hans": "题"}, ("en", "zh-Hans"), True)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    opened = new_desk(tmp_path / "fielding" / "1", departments=("D0",), clock=Clock())
    yield opened
    opened.close()


def issued(desk: Desk) -> Plan:
    plan = planned(read_book(desk), DEPARTMENTS, PEOPLE, "both", anonymous=True)
    carry_out(desk, plan, {})
    return plan


def token_of(plan: Plan, code: str) -> str:
    return next(link.token for link in plan.links if link.code == code)


def states(book: Book) -> dict[str, str]:
    return {code: one.state for code, one in book.latest().items()}


def everything(desk: Desk) -> str:
    """All that both stores hold, as text."""
    with reading(desk.roster) as connection:
        tables = schema.roster.tables.values()
        found = [connection.execute(select(table)).all() for table in tables]
    raw = b"".join(path.read_bytes() for path in desk.folder.glob("*.sqlite*"))
    return repr(found) + raw.decode("latin-1")


def test_what_was_issued_opens_and_the_store_holds_no_token(desk: Desk) -> None:
    plan = issued(desk)
    assert len(plan.links) == 7 + 2 + 2
    assert admitted(desk, token_of(plan, "p3")).department == "E1"
    assert admitted(desk, token_of(plan, "E2/shared")).kind == "department"
    assert admitted(desk, token_of(plan, "E2/2")).kind == "person"
    kept = everything(desk)
    assert not [link for link in plan.links if link.token in kept or spelt(link.token) in kept]


def test_a_token_typed_with_o_for_zero_opens(desk: Desk) -> None:
    plan = issued(desk)
    token = next(link.token for link in plan.links if "0" in link.token)
    meant = read_token(spelt(token).replace("0", "O").lower())
    assert meant is not None
    assert admitted(desk, meant).token == token


def test_the_book_gives_back_what_was_written(desk: Desk) -> None:
    issued(desk)
    book = read_book(desk)
    assert [book.departments[code] for code in ("E1", "E2")] == DEPARTMENTS
    assert [*book.people.values()] == PEOPLE
    assert book.batch == 1


def test_files_are_private_and_vanish_if_the_store_refuses(desk: Desk, tmp_path: Path) -> None:
    file = tmp_path / "links" / "links.csv"
    plan = planned(read_book(desk), DEPARTMENTS, PEOPLE, "person", anonymous=True)
    carry_out(desk, plan, {file: b"x"})
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with pytest.raises(StoreError) as caught:
        carry_out(desk, plan, {tmp_path / "again.csv": b"x"})
    assert caught.value.code == "roster.meanwhile"
    assert not (tmp_path / "again.csv").exists()
    later = planned(
        read_book(desk), [Department("E9", {}, invited=1)], [], "person", anonymous=True
    )
    blocked = tmp_path / "links" / "links.csv" / "no-folder.csv"
    with pytest.raises(StoreError):
        carry_out(desk, later, {blocked: b"x"})
    assert "E9" not in read_book(desk).departments


def test_files_vanish_if_the_store_cannot_commit(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = planned(read_book(desk), DEPARTMENTS, PEOPLE, "person", anonymous=True)
    file = tmp_path / "links.csv"

    def refuse(files: object, **how: object) -> None:
        file.write_bytes(b"x")
        raise StoreError("store.no-space", "here", "the disk is full", "Free some space")

    monkeypatch.setattr("cosyn.fielding.invitations.issue.write_all", refuse)
    with pytest.raises(StoreError):
        carry_out(desk, plan, {file: b"x"})
    assert not file.exists()
    assert read_book(desk).batch == 0


def test_what_is_withdrawn_opens_nothing(desk: Desk) -> None:
    plan = issued(desk)
    found = named_by(read_book(desk), ["P1", "e2"])
    hashes = [one.hash for ones in found.values() for one in ones]
    with writing(desk.roster) as connection:
        assert withdraw(connection, hashes) == 1 + 3
    assert admit(desk, token_of(plan, "p1")) is None
    assert admit(desk, token_of(plan, "E2/1")) is None
    assert admit(desk, token_of(plan, "E2/shared")) is None
    assert admit(desk, token_of(plan, "p2")) is not None


def test_codes_that_name_nothing_are_told_at_once(desk: Desk) -> None:
    issued(desk)
    with pytest.raises(ResponseError) as caught:
        named_by(read_book(desk), ["p1", "nobody", "E2/9"])
    assert caught.value.code == "roster.unknown-code"
    assert "nobody, E2/9" in caught.value.what


def test_a_new_link_takes_the_place_of_the_old_one(desk: Desk) -> None:
    plan = issued(desk)
    new = anew(read_book(desk), ["p1", "E2/1"])
    carry_out(desk, new, {})
    assert [link.code for link in new.links] == ["p1", "E2/1"]
    assert new.links[0].email == "p1@x.example"
    assert new.links[1].number == 1
    assert admit(desk, token_of(plan, "p1")) is None
    assert admit(desk, token_of(new, "p1")) is not None
    assert len(to_remind(read_book(desk))) == 7


def test_who_is_marked_is_not_reminded_and_gets_no_new_link(desk: Desk) -> None:
    plan = issued(desk)
    for i in range(4):
        complete(desk, token_of(plan, f"p{i}"), {})
    draw(desk)
    assert len(to_remind(read_book(desk))) == 7, "four are no batch"
    new = anew(read_book(desk), ["p0"])
    carry_out(desk, new, {})
    complete(desk, token_of(plan, "p4"), {})
    draw(desk)
    book = read_book(desk)
    assert [link.code for link in to_remind(book)] == ["p5", "p6"], "p0's new link is marked too"
    with pytest.raises(ResponseError) as caught:
        anew(book, ["p1", "p5"])
    assert caught.value.code == "roster.answered"
    assert {link.code for link in anew(book, ["E1"]).links} == {"E1/shared", "p5", "p6"}


def test_links_come_back_from_the_files_of_the_field_team_alone(desk: Desk, tmp_path: Path) -> None:
    plan = issued(desk)
    new = anew(read_book(desk), ["p1"])
    carry_out(desk, new, {})
    files = []
    for name, made, by in (("a.csv", plan, "token"), ("b.csv", new, "link")):
        rows = [
            spelt(one.token) if by == "token" else f"https://x/f/{one.token}" for one in made.links
        ]
        path = tmp_path / name
        path.write_text("\n".join((f"code,{by}", *(f"x,{row}" for row in rows))) + "\n")
        files.append(path)
    book = read_book(desk)
    people = to_remind(book)
    whole = with_links(people, book, desk.keys.roster, tokens_of(files))
    assert {link.code: link.token for link in whole}["p1"] == token_of(new, "p1")
    with pytest.raises(ResponseError) as caught:
        with_links(people, book, desk.keys.roster, tokens_of(files[:1]))
    assert caught.value.code == "roster.links-incomplete"
    assert "p1" in caught.value.what
    (tmp_path / "c.csv").write_text("code,name\nx,y\n")
    with pytest.raises(ResponseError) as other:
        tokens_of([tmp_path / "c.csv"])
    assert other.value.code == "roster.no-links"


def test_departments_are_told_how_many_are_left(desk: Desk) -> None:
    plan = issued(desk)
    for i in range(5):
        complete(desk, token_of(plan, f"p{i}"), {})
    draw(desk)
    columns, rows = department_table(read_book(desk), OCCASION)
    told = {row[0]: dict(zip(columns, row, strict=True)) for row in rows}
    assert (told["E1"]["invited"], told["E1"]["marked"], told["E1"]["left"]) == ("7", "5", "2")
    assert (told["E2"]["left"], told["E2"]["shared"]) == ("2", "1")
    assert "D0" not in told
