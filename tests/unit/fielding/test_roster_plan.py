"""A roster compared with the store: what is added, and what contradicts what is there."""

from __future__ import annotations

import pytest

from cosyn.errors import Faults, ResponseError
from cosyn.fielding.invitations.book import Book, Invitation
from cosyn.fielding.invitations.plan import MOST_LINKS, Plan, planned
from cosyn.fielding.invitations.types import Way
from cosyn.roster import Department, Person

EMPTY = Book({}, {}, (), {})
HOW: list[tuple[Way, list[str]]] = [
    ("person", ["p1", "p2", "D2/1", "D2/2"]),
    ("department", ["D1/shared", "D2/shared"]),
    ("both", ["p1", "p2", "D1/shared", "D2/1", "D2/2", "D2/shared"]),
]


def departments() -> list[Department]:
    return [Department("D1", {}), Department("D2", {}, invited=2)]


def people() -> list[Person]:
    return [Person("p1", "D1"), Person("p2", "D1")]


def book_after(plan: Plan, former: Book = EMPTY) -> Book:
    """The store as it is once a plan was carried out."""
    rows = [
        Invitation(
            link.token,
            "department" if link.shared else "person",
            link.department,
            "" if link.shared else link.code,
            plan.batch,
            "issued",
        )
        for link in plan.links
    ]
    return Book(
        {**former.departments, **{one.code: one for one in plan.departments}},
        {**former.people, **{one.code: one for one in plan.people}},
        (*former.invitations, *rows),
        {},
    )


@pytest.mark.parametrize(("way", "codes"), HOW)
def test_who_gets_a_link(way: Way, codes: list[str]) -> None:
    plan = planned(EMPTY, departments(), people(), way, anonymous=True)
    assert sorted(link.code for link in plan.links) == sorted(codes)
    assert len({link.token for link in plan.links}) == len(codes)
    assert (plan.batch, plan.new_departments, plan.new_people) == (1, 2, 2)


@pytest.mark.parametrize(("way", "codes"), HOW)
def test_the_same_roster_twice_issues_nothing(way: Way, codes: list[str]) -> None:
    book = book_after(planned(EMPTY, departments(), people(), way, anonymous=True))
    again = planned(book, departments(), people(), way, anonymous=True)
    assert (again.batch, again.links, again.departments, again.people) == (2, (), (), ())
    assert (again.new_departments, again.new_people) == (0, 0)


def test_a_larger_number_adds_cards_and_a_mended_address_changes_a_person() -> None:
    book = book_after(planned(EMPTY, departments(), people(), "person", anonymous=True))
    more = planned(
        book,
        [Department("D2", {}, invited=4)],
        [Person("p1", "D1", email="a@b")],
        "person",
        anonymous=True,
    )
    assert [link.code for link in more.links] == ["D2/3", "D2/4"]
    assert [one.code for one in more.people] == ["p1"]
    assert more.new_people == 0
    assert more.departments[0].invited == 4


def test_a_later_roster_need_not_repeat_what_is_known() -> None:
    first = Department("D1", {"M": {"en": "x"}}, {"en": "Tax"}, "city", "A", 3, 9)
    book = book_after(planned(EMPTY, [first], [], "person", anonymous=True))
    assert planned(book, [Department("D1", {})], [], "person", anonymous=True).departments == ()


@pytest.mark.parametrize(
    ("changed", "listed", "code"),
    [
        ([Department("D1", {"M": {"en": "other"}})], [], "roster.words"),
        ([], [Person("p1", "D2")], "roster.moved"),
        ([Department("D2", {}, invited=1)], [], "roster.fewer"),
        ([Department("D1", {}, invited=9)], [], "roster.invited"),
        ([Department("d2", {}, invited=2)], [], "roster.taken"),
        ([], [Person("P1", "D1")], "roster.taken"),
        ([], [Person("d1", "D1")], "roster.taken"),
        ([Department("D3", {})], [], "roster.nobody"),
        ([Department(f"E{i}", {}, invited=10_000) for i in range(21)], [], "roster.too-many"),
    ],
)
def test_what_contradicts_the_store_is_refused(
    changed: list[Department], listed: list[Person], code: str
) -> None:
    book = book_after(planned(EMPTY, departments(), people(), "person", anonymous=True))
    with pytest.raises((ResponseError, Faults)) as caught:
        planned(book, changed, listed, "person", anonymous=True)
    assert code in {fault.code for fault in getattr(caught.value, "faults", (caught.value,))}
    assert MOST_LINKS == 200_000


@pytest.mark.parametrize("way", ["department", "both", "person"])
def test_where_answers_bear_a_name_everybody_needs_one(way: Way) -> None:
    with pytest.raises((ResponseError, Faults)) as caught:
        planned(EMPTY, departments(), people(), way, anonymous=False)
    assert "roster.identified" in str(caught.value)
    named = [Department("D1", {})]
    assert len(planned(EMPTY, named, people(), "person", anonymous=False).links) == 2
