"""The exported page in a real browser: everyone can answer it, and it tells nobody anything.

What is asked of the page is what a respondent meets, and two names: an input bears the id of its
item, and the control that saves has the id `save`.
"""

from __future__ import annotations

import csv
import dataclasses
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from tests.referees import browser, office
from tests.referees.tools import needs

from cosyn.exporters import EXPORTERS
from cosyn.instrument.load import load_instrument
from cosyn.instrument.questionnaire import questionnaire
from cosyn.study import bundled

if TYPE_CHECKING:
    from pathlib import Path

    from cosyn.instrument.questionnaire import Question, Questionnaire

pytestmark = needs(*browser.NEEDED, "pdftotext")

SAVE = "#save"
SLOW = ("target-size",)
SHORT, LONG = "core-40", "long"
LANGUAGES = ("en", "zh-Hans")
PAGES = [(form, language) for form in (SHORT, LONG) for language in LANGUAGES]
BURSTING = ("hostile", "en")
HOSTILE = (
    "W" * 400,
    "字" * 400,
    "</style></script><script>console.error('run')</script>",
    "<img src=//127.0.0.1:8999/x>",
    "\u202e\u05e9\u05dc\u05d5\u05dd {{ 7 * 7 }} ${x}",
    "line\nbreak\ttab 🙂 𠮷 \"quoted\" & 'single'",
)


Page = tuple[str, str]


@dataclass(frozen=True)
class Visit:
    """What the browser found in one page, by the kind of visit, and what was answered there."""

    asked: Questionnaire
    chosen: dict[str, str]
    found: dict[str, dict[str, Any]]
    folder: Path


Visits = dict[Page, Visit]


@pytest.fixture(scope="module")
def visits(tmp_path_factory: pytest.TempPathFactory) -> Visits:
    """Visit every page in every way with one start of the browser."""
    instrument = load_instrument(bundled() / "instrument")
    asked = {page: questionnaire(instrument, page[0]) for page in PAGES}
    asked[BURSTING] = hostile(asked[SHORT, "en"])
    folders = {page: tmp_path_factory.mktemp("-".join(page)) for page in asked}
    jobs = {
        (page, kind): job
        for page, form in asked.items()
        for kind, job in jobs_of(page, form, folders[page]).items()
    }
    results = dict(zip(jobs, browser.browse(jobs.values()), strict=True))
    return {
        page: Visit(
            form,
            answers(form),
            {kind: found for (of, kind), found in results.items() if of == page},
            folders[page],
        )
        for page, form in asked.items()
    }


def jobs_of(page: Page, form: Questionnaire, folder: Path) -> dict[str, browser.Job]:
    """List the visits to a page; what would find the same in each is done in one of them."""
    ((name, content),) = EXPORTERS["html"].write(form, page[1]).files.items()
    file = folder / name
    file.write_bytes(content)
    (folder / "saved").mkdir()
    short = page[0] == SHORT
    jobs = {
        "scripted": browser.audit(file, without=() if short else SLOW),
        "keyboard": browser.answer(file, answers(form), folder / "saved", save=SAVE),
    }
    if page in PAGES:
        jobs["print"] = browser.print_out(file, folder / "print.pdf")
    if page == (SHORT, LANGUAGES[-1]):
        jobs["plain"] = browser.audit(file, [320], javascript=False, without=SLOW)
        jobs["forced"] = browser.audit(file, [1280], forced_colors=True, without=SLOW)
    return jobs


def codes(question: Question) -> list[str]:
    offered = [option.code for option in question.response_format.options]
    if question.dont_know:
        offered += [m.code for m in question.response_format.missing if m.offered]
    return list(map(str, offered))


def answers(form: Questionnaire) -> dict[str, str]:
    """Choose the first code of the first question, the second of the second, and round again."""
    offered = {question.id: codes(question) for question in form.questions}
    return {name: of[i % len(of)] for i, (name, of) in enumerate(offered.items())}


def hostile(form: Questionnaire) -> Questionnaire:
    """Return the first page alone with texts that burst or break a careless page."""
    first = form.pages[0]
    questions = tuple(
        dataclasses.replace(question, text=dict.fromkeys(form.languages, text))
        for question, text in zip(first.questions, HOSTILE, strict=False)
    )
    title = dict.fromkeys(form.languages, HOSTILE[0])
    return dataclasses.replace(
        form, title=title, pages=(dataclasses.replace(first, title=title, questions=questions),)
    )


each_page = pytest.mark.parametrize("page", [*PAGES, BURSTING], ids="-".join)


def squeezed(text: str) -> str:
    """Return a text without blanks: print breaks lines where it likes."""
    return re.sub(r"\s", "", text)


def audits(visit: Visit, *kinds: str) -> list[tuple[str, dict[str, Any]]]:
    """List the views of a page with a name for each."""
    return [
        (f"{kind}, {view['width']} px wide", view)
        for kind in kinds
        if kind in visit.found
        for view in visit.found[kind]["views"]
    ]


@each_page
def test_no_rule_of_accessibility_is_broken(page: Page, visits: Visits) -> None:
    for name, view in audits(visits[page], "scripted", "plain", "forced"):
        assert view["violations"] == [], name
        assert view["practice"] == [], name
        assert view["targets"] > len(visits[page].asked.questions), name


@each_page
def test_nothing_is_wider_than_the_screen_or_smaller_than_a_finger(
    page: Page, visits: Visits
) -> None:
    for name, view in audits(visits[page], "scripted", "plain"):
        assert view["overflow"] == 0, name
        assert view["small"] == [], name


@each_page
def test_the_page_asks_for_nothing_and_complains_of_nothing(page: Page, visits: Visits) -> None:
    for kind, found in visits[page].found.items():
        assert found["requests"] == [], kind
        assert found["console"] == [], kind


@each_page
def test_the_keyboard_alone_answers_everything_and_saves_what_was_chosen(
    page: Page, visits: Visits
) -> None:
    visit = visits[page]
    run = visit.found["keyboard"]
    assert run["unreached"] == []
    assert run["hidden"] == []
    (file,) = (visit.folder / "saved").iterdir()
    (row,) = csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines())
    assert {name: row[name] for name in visit.chosen} == visit.chosen
    assert row["language"] == page[1]


@pytest.mark.parametrize("page", PAGES, ids="-".join)
def test_every_item_is_on_the_print(page: Page, visits: Visits) -> None:
    visit = visits[page]
    printed = squeezed(office.text_of(visit.folder / "print.pdf"))
    lost = [q.id for q in visit.asked.questions if squeezed(q.text[page[1]]) not in printed]
    assert lost == []
