"""The pages on which paper is keyed, in a real browser: in both languages, with the keyboard alone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import pytest
from tests.fielded_wave import instrument, new_desk
from tests.referees import browser
from tests.referees.tools import needs
from tests.served_pages import listened

from cosyn.fielding import schema
from cosyn.fielding.database import writing
from cosyn.fielding.desk import Desk
from cosyn.fielding.ending import close
from cosyn.fielding.paper import KeyedSheet, begin_sheet, issue_keying_link
from cosyn.fielding.released import released
from cosyn.instrument.questionnaire import questionnaire
from cosyn.server.fielded import Fielded
from cosyn.server.keying import keying_pages

pytestmark = needs(*browser.NEEDED)

LANGUAGES = ("en", "zh-Hans")
GO = "#main .actions > button.go"
NAMES = {
    "en": "Joint Office for Administrative Approval and Intergovernmental Coordination",
    "zh-Hans": "行政审批与跨部门协同联合办公室",
}
FORM = "coordinator"  # the shortest, and with numbers
ASKED = questionnaire(instrument(), FORM).questions
FIRST = {q.id: "1" for q in ASKED}
SECOND = {**FIRST, ASKED[1].id: "2", ASKED[-1].id: ""}
CHOSEN = {**FIRST, ASKED[1].id: "2"}
KINDS = (
    *(
        "begin",
        "wrong particulars",
        "first pass",
        "wrong code",
        "list",
        "second pass",
        "same keyer",
    ),
    *("differences", "undecided", "discard"),
)


@dataclass(frozen=True)
class Seen:
    """Kind and language of a page -> what the audit told; other visits; what was handed in."""

    audits: dict[tuple[str, str], dict[str, Any]]
    visits: dict[str, browser.Found]
    handed: list[dict[str, str]]


def tour(base: str, language: str, number: str) -> list[browser.Act]:
    """Every page and every error; one audit for each of `KINDS`."""
    item, last = ASKED[0].id, ASKED[1].id
    given = {item: "1", last: "1", "_keyer": "AB"}
    switch = [browser.press("button[name=_language]")] if language != LANGUAGES[0] else []
    shown = browser.audit()
    return [
        *(*switch, shown),
        *(browser.press(GO), shown),
        *(browser.choose({"_sheet": number}), browser.press(GO), shown),
        *(browser.choose({item: "x"}), browser.press(GO), shown),
        browser.go(f"{base}/key/{number}/1"),
        *(browser.choose(given), browser.press(GO), shown),
        *(browser.press(".waiting a"), shown),
        *(browser.choose({item: "1", last: "2"}), browser.press(GO), shown),
        *(browser.choose({"_keyer": "CD"}), browser.press(GO), shown),
        *(browser.press(GO), shown),
        *(browser.press("button[value=anew]"), shown),
    ]


def by_keys(base: str, number: str) -> list[browser.Act]:
    """A sheet from its number to handing in, with the keyboard alone and no script."""
    end, look = {"save": GO}, browser.look()
    return [
        *(browser.send({"_sheet": number}, **end), look),
        browser.send(FIRST, **end),
        browser.go(f"{base}/key/{number}/2"),
        browser.send(SECOND, **end),
        browser.send({ASKED[1].id: "2", ASKED[-1].id: "1"}, **end),
        look,
    ]


def pages(desk: Desk) -> Any:
    row = json.dumps({"names": NAMES})
    with writing(desk.roster) as connection:
        connection.execute(schema.departments.update().values(row=row))
    begin_sheet(desk, issue_keying_link(desk), KeyedSheet("ELSEWHERE" * 2, "D2", 0, "en"))
    return listened(Fielded(desk), keying_pages(desk), form=desk.wave.form)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    desk = new_desk(tmp_path_factory.mktemp("keyed") / "1", form=FORM)
    with pages(desk) as base:
        links = {name: f"{base}/f/{issue_keying_link(desk)}" for name in (*LANGUAGES, "keys", "js")}
        plans = {
            language: browser.visit(links[language], *tour(base, language, f"N{place}"))
            for place, language in enumerate(LANGUAGES)
        }
        plans["keys"] = browser.visit(links["keys"], *by_keys(base, "8"), javascript=False)
        typed = [browser.choose({"_sheet": "9"}), browser.press(GO)]
        plans["js"] = browser.visit(links["js"], *typed, browser.keys(ASKED[0].id, "1298\n3"))
        found = dict(zip(plans, browser.browse(plans.values()), strict=True))
    close(desk)
    audits: dict[tuple[str, str], dict[str, Any]] = {}
    for language in LANGUAGES:
        told = [act for act in found[language]["acts"] if "views" in act]
        audits.update(zip([(kind, language) for kind in KINDS], told, strict=True))
    return Seen(audits, found, [dict(one.answers) for one in released(desk.folder)[1]])


def test_every_page_and_error_keeps_the_rules_at_every_width(seen: Seen) -> None:
    assert len(seen.audits) == 2 * len(KINDS)
    for place, told in seen.audits.items():
        for view in told["views"]:
            assert view["violations"] == view["practice"] == [], (place, view["width"])
            assert view["overflow"] == 0, (place, view["width"])
            assert view["small"] == [], (place, view["width"])


def test_the_keyboard_alone_keys_a_sheet_without_scripts(seen: Seen) -> None:
    steps = [told for told in seen.visits["keys"]["acts"] if "unreached" in told]
    assert len(steps) == 4
    for before, told in pairwise(steps):
        assert told["unreached"] == told["hidden"] == [], told
        assert told["url"] != before["url"]
    assert steps[-1]["url"].endswith("/key/D1/0/en/8")
    assert seen.handed == [CHOSEN]


def test_a_whole_code_leads_on_and_enter_sends_nothing(seen: Seen) -> None:
    told = seen.visits["js"]["acts"][-1]
    items = [q.id for q in ASKED]
    assert told["url"].endswith("/key/9/1")
    assert told["values"] == {items[0]: "1", items[1]: "2", items[2]: "98", items[4]: "3"}
    assert told["focus"] == items[5]


def test_the_browser_has_nothing_to_complain_of(seen: Seen) -> None:
    for name, found in seen.visits.items():
        assert [line for line in found["console"] if "422" not in line] == [], name
        assert {request.split("/")[2].split(":")[0] for request in found["requests"]} == {
            "127.0.0.1"
        }
