"""Respondents' pages in a real browser: everyone can answer them, on a phone and without scripts.

Every kind of page is visited in both languages at three widths; a keyboard-only respondent, one
without scripts, one with forced colours and one on a slow network come besides.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest
from tests.referees import browser
from tests.referees.tools import needs
from tests.served_pages import INSTRUMENT, FakeDesk, listened

from cosyn.instrument.questionnaire import questionnaire
from cosyn.server.types import Opening

pytestmark = needs(*browser.NEEDED)

LANGUAGES = ("en", "zh-Hans")
GO = "#main button.go"
PAGES = questionnaire(INSTRUMENT, "core-40").pages
HEAVIEST = 30_000  # bytes of the first page with all that it loads
BITS, LATENCY = 50_000, 800  # a second, and milliseconds
PATIENCE = 5.0  # seconds


@dataclass(frozen=True)
class Seen:
    """Kind of page -> what the audit told; and every other visit by name."""

    audits: dict[tuple[str, str], dict[str, Any]]
    visits: dict[str, browser.Found]
    handed: tuple[dict[str, str], ...]


def tour(base: str, desk: FakeDesk, language: str) -> tuple[list[str], list[browser.Act]]:
    """A visit to every kind of page of the questionnaire, errors included; kinds and acts."""
    kinds: list[str] = []
    acts: list[browser.Act] = []

    def audit(kind: str, *before: browser.Act) -> None:
        kinds.extend(["", *[""] * (len(before) - 1)] if before else [])
        acts.extend(before)
        kinds.append(kind)
        acts.append(browser.audit())

    audit("enter")
    audit("no such page", browser.go(f"{base}/nowhere"))
    audit("about", browser.go(f"{base}/about"))
    audit("unknown link", browser.go(f"{base}/f/{'0' * 26}"))
    audit("join", browser.go(f"{base}/f/{desk.link}"))
    audit("link", browser.press(GO))
    audit("consent", browser.press("#main a.go"))
    audit("page", browser.press(GO))
    audit("screened out", browser.choose({"BGAGREE": "2"}), browser.press(GO))
    audit("page again", browser.press("#main a.second"))
    audit("matrix", browser.choose({"BGAGREE": "1"}), browser.press(GO), browser.press(GO))
    onward = [browser.press(GO)] * (len(PAGES) - 2)
    audit("overview", *onward)
    audit("done", browser.press(GO))
    if language != LANGUAGES[0]:
        acts.insert(0, browser.press("button[name=_language]"))
        kinds.insert(0, "")
    return kinds, acts


def numbers(language: str) -> tuple[list[str], list[browser.Act]]:
    """A page that tells what is wrong with a number."""
    switch = [browser.press("button[name=_language]")] if language != LANGUAGES[0] else []
    acts = [*switch, browser.press(GO), browser.press(GO)]
    acts += [browser.choose({numeric(): "many"}), browser.press(GO), browser.audit()]
    return [*[""] * (len(acts) - 1), "wrong number"], acts


def numeric() -> str:
    pages = questionnaire(INSTRUMENT, "coordinator").pages
    return next(q.id for q in pages[1].questions if q.response_format.kind == "numeric")


def answers_of(pages: Any) -> list[dict[str, str]]:
    """The last option of each question, but where it would end the questionnaire."""
    return [
        {
            q.id: str([o.code for o in q.response_format.options if o.code not in q.screen_out][-1])
            for q in page.questions
        }
        for page in pages
    ]


@pytest.fixture(scope="module")
def seen() -> Seen:
    desk, coordinators = FakeDesk(), FakeDesk()
    shut = FakeDesk()
    shut.state = Opening("early", "2026-12-01 09:00 (UTC+08:00)")
    with (
        listened(desk) as base,
        listened(coordinators, form="coordinator") as other,
        listened(shut, mode="identified") as closed,
    ):
        plans: dict[str, tuple[list[str], browser.Visit]] = {}
        for language in LANGUAGES:
            kinds, acts = tour(base, desk, language)
            plans[f"tour {language}"] = (kinds, browser.visit(f"{base}/", *acts))
            kinds, acts = numbers(language)
            link = f"{other}/f/{coordinators.token()}"
            plans[f"numbers {language}"] = (kinds, browser.visit(link, *acts))
            link = f"{closed}/f/{shut.token()}"
            switch = [browser.press("button[name=_language]")] if language != LANGUAGES[0] else []
            kinds = [*[""] * len(switch), "not open, identified"]
            plans[f"shut {language}"] = (kinds, browser.visit(link, *switch, browser.audit()))
        tokens = {name: desk.token() for name in ("keyboard", "scriptless", "forced", "slow")}
        for name, visit in others(base, tokens).items():
            plans[name] = ([], visit)
        found = dict(zip(plans, browser.browse(visit for _, visit in plans.values()), strict=True))
    audits = {
        (kind, name.rpartition(" ")[2]): told
        for name, (kinds, _) in plans.items()
        for kind, told in zip(kinds, found[name]["acts"], strict=bool(kinds))
        if kind
    }
    return Seen(audits, found, tuple(dict(draft.answers) for draft in desk.handed))


def others(base: str, tokens: dict[str, str]) -> dict[str, browser.Visit]:
    """Visits of those who use a browser otherwise."""
    by_keys = [browser.send(answers, save=GO) for answers in answers_of(PAGES)]
    clicked = [
        act for answers in answers_of(PAGES) for act in (browser.choose(answers), browser.press(GO))
    ]
    keyboard = [browser.send({}, save=GO), *by_keys, browser.send({}, save=GO), browser.look()]
    scriptless = [browser.press(GO), *clicked, browser.press(GO)]
    matrix = [browser.press(GO)] * 3
    return {
        "keyboard": browser.visit(f"{base}/f/{tokens['keyboard']}", *keyboard),
        "scriptless": browser.visit(
            f"{base}/f/{tokens['scriptless']}", *scriptless, javascript=False
        ),
        "forced": browser.visit(
            f"{base}/f/{tokens['forced']}",
            *matrix,
            browser.audit(),
            browser.zoom(2.0),
            browser.zoom(4.0),
            forced_colors=True,
        ),
        "slow": browser.visit(
            f"{base}/f/{tokens['slow']}",
            browser.look(),
            browser.slow(BITS, LATENCY),
            *matrix,
            browser.slow(BITS, LATENCY),
        ),
    }


def test_every_kind_of_page_keeps_the_rules_at_every_width(seen: Seen) -> None:
    assert len(seen.audits) == 2 * 15
    for place, told in seen.audits.items():
        for view in told["views"]:
            assert view["violations"] == [], (place, view["width"])
            assert view["practice"] == [], (place, view["width"])
            assert view["overflow"] == 0, (place, view["width"])
            assert view["small"] == [], (place, view["width"])


def test_the_browser_has_nothing_to_complain_of(seen: Seen) -> None:
    statuses = ("404", "403", "422")
    for name, found in seen.visits.items():
        said = [line for line in found["console"] if not any(s in line for s in statuses)]
        assert said == [], name


def test_no_other_host_is_asked(seen: Seen) -> None:
    for name, found in seen.visits.items():
        hosts = {request.split("/")[2] for request in found["requests"]}
        assert len(hosts) == 1, name
        assert hosts.pop().startswith("127.0.0.1:")


def test_the_keyboard_alone_finishes(seen: Seen) -> None:
    *steps, end = seen.visits["keyboard"]["acts"]
    assert end["url"].endswith("/done")
    for before, told in pairwise(steps):
        assert told["unreached"] == told["hidden"] == [], told
        assert told["found"]
        assert told["url"] != before["url"]


def test_a_respondent_without_scripts_finishes(seen: Seen) -> None:
    acts = seen.visits["scriptless"]["acts"]
    assert acts[-1]["url"].endswith("/done")


def test_what_was_handed_in_is_what_was_chosen(seen: Seen) -> None:
    chosen = {item: code for page in answers_of(PAGES) for item, code in page.items()}
    complete = [answers for answers in seen.handed if len(answers) == len(chosen)]
    assert complete == [chosen, chosen]


def test_forced_colours_and_zoom_leave_everything_usable(seen: Seen) -> None:
    *_, audited, twice, fourfold = seen.visits["forced"]["acts"]
    assert [view["violations"] for view in audited["views"]] == [[], [], []]
    assert twice["overflow"] == fourfold["overflow"] == 0


def test_the_first_page_is_light(seen: Seen) -> None:
    first, *_ = seen.visits["slow"]["acts"]
    assert first["weight"] <= HEAVIEST
    assert first["requests"] <= 2


def test_pages_are_soon_usable_over_a_slow_network(seen: Seen) -> None:
    """The network is slowed, not the machine: what takes the time is what is sent over it."""
    _, soon, *_, later = seen.visits["slow"]["acts"]
    sent = [told["bytes"] * 8 / BITS + told["trips"] * LATENCY / 1000 for told in (soon, later)]
    assert max(sent) <= PATIENCE, sent
