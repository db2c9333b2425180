"""The exported page in a real browser: everyone can answer it, and it tells nobody anything.

What is asked of the page is what a respondent meets, and two names: an input bears the id of its
item, and the control that saves has the id `save`.
"""

from __future__ import annotations

import csv
import dataclasses
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
SHORT, LONG, NUMERIC, BURSTING = "core-40", "long", "coordinator", "bursting"
# The long form has more of what the short one has: each language at the width that is its worst.
WIDTHS = {
    (SHORT, "en"): browser.WIDTHS,
    (SHORT, "zh-Hans"): browser.WIDTHS,
    (LONG, "en"): (320,),
    (LONG, "zh-Hans"): (1280,),
    (NUMERIC, "en"): browser.WIDTHS,
    (NUMERIC, "zh-Hans"): (320,),
    (BURSTING, "en"): (320, 1280),
}
SLOW = ("target-size",)  # left out of large pages, where it takes half of the time
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
class Visited:
    """A page, what was answered there, and what each visit found: by name, the ordinary one first.

    Each visit begins with an audit; the ordinary one goes on to answer with the keyboard.
    """

    asked: Questionnaire
    chosen: dict[str, str]
    folder: Path
    found: dict[str, browser.Found]


Everywhere = dict[Page, Visited]


@pytest.fixture(scope="module")
def visited(tmp_path_factory: pytest.TempPathFactory) -> Everywhere:
    """Visit every page in every way with one start of the browser."""
    instrument = load_instrument(bundled() / "instrument")
    forms = {name: questionnaire(instrument, name) for name in (SHORT, LONG, NUMERIC)}
    forms[BURSTING] = hostile(forms[SHORT])
    pages = {
        page: Visited(
            forms[page[0]],
            answers(forms[page[0]]),
            tmp_path_factory.mktemp("-".join(page)),
            {},
        )
        for page in WIDTHS
    }
    visits = {
        (page, way): visit
        for page, to in pages.items()
        for way, visit in visits_to(page, to).items()
    }
    for (page, way), found in zip(visits, browser.browse(visits.values()), strict=True):
        pages[page].found[way] = found
    return pages


def visits_to(page: Page, to: Visited) -> dict[str, browser.Visit]:
    """List the visits to a page; what would be the same twice and takes long is done once."""
    ((name, content),) = EXPORTERS["html"].write(to.asked, page[1]).files.items()
    file = to.folder / name
    file.write_bytes(content)
    saved = to.folder / "saved"
    saved.mkdir()
    acts = (
        browser.audit(WIDTHS[page], without=() if page[0] == NUMERIC else SLOW),
        browser.answer(to.chosen, save=SAVE),
        browser.print_out(to.folder / "print.pdf"),
    )
    visits = {"ordinary": browser.visit(file, *acts, downloads=saved)}
    if page == (SHORT, "zh-Hans"):
        audit = browser.audit([320], without=SLOW)
        visits["without scripts"] = browser.visit(file, audit, javascript=False)
        audit = browser.audit([1280], without=SLOW)
        visits["forced colours"] = browser.visit(file, audit, forced_colors=True)
    return visits


def on_offer(question: Question) -> list[str]:
    """List what may be chosen, or typed, without ending the questionnaire."""
    asked = question.response_format
    if asked.kind == "numeric":
        return [f"{asked.minimum:g}", f"{asked.maximum:g}"]
    shown = [o.code for o in asked.options] + [m.code for m in question.missing]
    return [str(code) for code in shown if code not in question.screen_out]


def answers(form: Questionnaire) -> dict[str, str]:
    """Choose the first code of the first question, the second of the second, and round again."""
    offered = {question.id: on_offer(question) for question in form.questions}
    return {name: codes[i % len(codes)] for i, (name, codes) in enumerate(offered.items())}


def hostile(form: Questionnaire) -> Questionnaire:
    """Return a single page with texts that burst or break a careless one."""
    page = next(p for p in form.pages if len(p.blocks[0].questions) >= len(HOSTILE))
    block = page.blocks[0]
    questions = tuple(
        dataclasses.replace(question, text=dict.fromkeys(form.languages, text))
        for question, text in zip(block.questions, HOSTILE, strict=False)
    )
    title = dict.fromkeys(form.languages, HOSTILE[0])
    blocks = (dataclasses.replace(block, questions=questions),)
    pages = (dataclasses.replace(page, title=title, blocks=blocks),)
    return dataclasses.replace(form, title=title, pages=pages)


each_page = pytest.mark.parametrize("page", WIDTHS, ids="-".join)


def views(of: Visited) -> list[tuple[str, dict[str, Any]]]:
    """List the audited views of a page with a name for each."""
    return [
        (f"{way}, {view['width']} px wide", view)
        for way, found in of.found.items()
        for view in found["acts"][0]["views"]
    ]


@each_page
def test_no_rule_of_accessibility_is_broken(page: Page, visited: Everywhere) -> None:
    for name, view in views(visited[page]):
        assert view["violations"] == [], name
        assert view["practice"] == [], name
        assert view["targets"] > len(visited[page].asked.questions), name


@each_page
def test_nothing_is_wider_than_the_screen_or_smaller_than_a_finger(
    page: Page, visited: Everywhere
) -> None:
    for name, view in views(visited[page]):
        assert view["overflow"] == 0, name
        assert view["small"] == [], name


@each_page
def test_the_page_asks_for_nothing_and_complains_of_nothing(
    page: Page, visited: Everywhere
) -> None:
    for way, found in visited[page].found.items():
        assert found["requests"] == [], way
        assert found["console"] == [], way


@each_page
def test_the_keyboard_alone_answers_everything_and_saves_what_was_chosen(
    page: Page, visited: Everywhere
) -> None:
    here = visited[page]
    run = here.found["ordinary"]["acts"][1]
    assert run["unreached"] == []
    assert run["hidden"] == []
    (file,) = (here.folder / "saved").iterdir()
    (row,) = csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines())
    assert {name: row[name] for name in here.chosen} == here.chosen
    assert row["language"] == page[1]


@pytest.mark.parametrize("page", [page for page in WIDTHS if page[0] != BURSTING], ids="-".join)
def test_every_item_is_on_the_print(page: Page, visited: Everywhere) -> None:
    here = visited[page]
    printed = office.squeezed(office.text_of(here.folder / "print.pdf"))
    lost = [q.id for q in here.asked.questions if office.squeezed(q.text[page[1]]) not in printed]
    assert lost == []
