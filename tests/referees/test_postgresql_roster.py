"""Links issued into a real PostgreSQL: as into files, and by one run at a time."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.fielded_wave import admitted, complete, new_desk
from tests.postgresql import postgresql_server
from tests.referees.tools import needs

from cosyn.errors import StoreError
from cosyn.fielding.desk import Desk
from cosyn.fielding.invitations.book import read_book
from cosyn.fielding.invitations.issue import anew, carry_out
from cosyn.fielding.invitations.plan import planned
from cosyn.fielding.invitations.reminders import to_remind
from cosyn.fielding.urn import draw
from cosyn.roster import Department, Person

pytestmark = needs("postgresql")
DEPARTMENTS = [Department("E1", {}, {"en": "One"}), Department("E2", {}, invited=2)]
PEOPLE = [Person(f"p{i}", "E1", f"N{i}") for i in range(7)]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with postgresql_server() as server:
        database = server.new_database("roster")
        opened = new_desk(tmp_path / "fielding" / "1", departments=("D0",), database=database)
        yield opened
        opened.close()


def test_links_are_issued_replaced_and_marked(desk: Desk) -> None:
    plan = planned(read_book(desk), DEPARTMENTS, PEOPLE, "both", anonymous=True)
    carry_out(desk, plan, {})
    tokens = {link.code: link.token for link in plan.links}
    new = anew(read_book(desk), ["p0"])
    carry_out(desk, new, {})
    for code in ("p1", "p2", "p3", "p4"):
        complete(desk, tokens[code], {})
    complete(desk, new.links[0].token, {})
    draw(desk)
    assert [link.code for link in to_remind(read_book(desk))] == ["p5", "p6"]
    assert admitted(desk, tokens["E2/1"]).department == "E2"


def test_of_runs_at_the_same_time_one_issues(desk: Desk, tmp_path: Path) -> None:
    carry_out(desk, planned(read_book(desk), DEPARTMENTS, [], "both", anonymous=True), {})
    file = tmp_path / "links.csv"
    book = read_book(desk)

    def run(number: int) -> str:
        added = [Department(f"N{number}", {}, invited=1)]
        plan = planned(book, added, [], "person", anonymous=True)
        try:
            carry_out(desk, plan, {file: plan.links[0].token.encode()})
        except StoreError as refused:
            return refused.code
        return "issued"

    with ThreadPoolExecutor(8) as pool:
        said = [*pool.map(run, range(8))]
    assert sorted(said) == ["issued", *["roster.meanwhile"] * 7]
    assert admitted(desk, file.read_text()).department.startswith("N")
    assert sum(code.startswith("N") for code in read_book(desk).departments) == 1
