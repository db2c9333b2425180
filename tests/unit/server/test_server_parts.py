"""Reading forms, counting requests, choosing languages, and the catalogues of phrases."""

from __future__ import annotations

from string import Formatter

import pytest
from tests.served_pages import survey
from tests.unit.exporters.small import NUMBER, asked, both, item, page, single

from cosyn.i18n import catalogue
from cosyn.instrument.types import Missing, MissingOption
from cosyn.server.keeping import keeping
from cosyn.server.limits import Addresses, Rate
from cosyn.server.reading import read_form
from cosyn.server.rehearsal import Rehearsal
from cosyn.server.texts import preferred


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("12", "12"),
        (" 12.50 ", "12.50"),
        ("１２", "12"),
        ("-0", "-0"),
        ("1e3", None),
        ("nan", None),
        ("inf", None),
        ("1,5", None),
        ("1_000", None),
        ("٣", None),
        ("9" * 500, None),
        ("-1", None),
        ("1234568", None),
    ],
)
def test_numbers_are_digits_within_bounds(typed: str, read: str | None) -> None:
    shown = page("p", single("b", item("A1", response_format=NUMBER, dont_know=False)))
    found = read_form(shown, [("A1", typed)])
    assert found.answers.get("A1") == read
    assert ("A1" in found.wrong) == (read is None)


def test_a_number_and_a_reason_for_none_are_one_too_many() -> None:
    reason = MissingOption(98, Missing.DONT_KNOW, both("don't know"), offered=True)
    hidden = MissingOption(97, Missing.REFUSED, both("refused"), offered=False)
    numeric = type(NUMBER)("count", "numeric", (), (reason, hidden), 0.0, 90.0)
    shown = page("p", single("b", item("A1", response_format=numeric)))
    assert read_form(shown, [("A1", "5"), ("A1", "98")]).wrong == {"A1": "both"}
    assert read_form(shown, [("A1", ""), ("A1", "98")]).answers == {"A1": "98"}
    assert read_form(shown, [("A1", "97")]).wrong == {"A1": "number"}
    assert read_form(shown, [("A1", "")]).answers == {"A1": ""}


def test_fields_of_nobody_are_named() -> None:
    shown = page("p", single("b", item("A1")))
    found = read_form(shown, [("A2", "1"), ("_nonce", "x"), ("A1", "5"), ("A2", "2")])
    assert (found.answers, found.strangers) == ({"A1": "5"}, ("A2",))
    assert asked(shown).questions[0].id == "A1"


class Clock:
    """A clock that tests move."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_rate_lets_through_as_many_as_it_says_and_then_as_fast() -> None:
    clock = Clock()
    rate = Rate(3, 60.0, clock)
    assert [rate.take("a") for _ in range(4)] == [True, True, True, False]
    assert rate.take("b")
    clock.now = 20.0
    assert [rate.take("a") for _ in range(2)] == [True, False]
    assert not rate.allows("a")
    assert Rate(0, 60.0, clock).take("a")


def test_names_cannot_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cosyn.server.limits._MOST", 10)
    rate = Rate(2, 60.0, Clock())
    assert all(rate.take(str(name)) for name in range(100))
    assert len(rate._full) <= 10


def test_names_of_addresses_last_a_day_and_hide_them() -> None:
    clock = Clock()
    addresses = Addresses(clock)
    first = addresses.name("192.0.2.7")
    assert first == addresses.name("192.0.2.7") != addresses.name("192.0.2.8")
    assert addresses.name("2001:db8::1") == addresses.name("2001:db8:0:0:9::2")
    assert addresses.name("::ffff:192.0.2.7") != addresses.name("::ffff:192.0.2.8")
    assert "192" not in first
    clock.now = 86_401.0
    assert addresses.name("192.0.2.7") != first


@pytest.mark.parametrize(
    ("asks", "gets"),
    [
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        ("zh", "zh-Hans"),
        ("fr, en-GB;q=0.2, zh;q=0.1", "en"),
        ("de", "en"),
        ("", "en"),
        ("zh;q=0", "en"),
        (";;q=x,,zh;q=nan,*", "en"),
    ],
)
def test_the_browser_chooses_the_first_language(asks: str, gets: str) -> None:
    assert preferred(asks, ("en", "zh-Hans")) == gets


def test_the_catalogues_have_the_same_phrases_with_the_same_gaps() -> None:
    english, chinese = (catalogue("cosyn.server", tag).phrases for tag in ("en", "zh-Hans"))
    assert list(english) == list(chinese)
    for key, phrase in english.items():
        both = (phrase, chinese[key])
        gaps = [{name for _, name, _, _ in Formatter().parse(p) if name} for p in both]
        assert gaps[0] == gaps[1], key


def test_what_is_stored_follows_from_the_settings() -> None:
    told = keeping(survey(k=7), "en")
    assert any("at least 6 others" in line for line in told.lines)
    assert told.contact == "The survey is run by: The research team"
    less = keeping(survey(keep_language=False, keep_minutes=False, contact={}), "en")
    assert len(less.lines) == len(told.lines) - 2
    assert less.contact == ""
    named = " ".join(keeping(survey(mode="identified"), "en").lines)
    assert "with your personal code" in named
    assert "your name" not in named
    assert "others of your department" not in named


def test_a_rehearsal_forgets_the_oldest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cosyn.server.rehearsal._MOST", 3)
    desk = Rehearsal(0)
    tokens = [desk.join(desk.link, str(number)) for number in range(5)]
    assert [desk.admit(token or "") is not None for token in tokens] == [
        False,
        False,
        True,
        True,
        True,
    ]
    assert desk.join("other", "1") is None
