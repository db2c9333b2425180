"""The codebook in a browser and in LibreOffice: everyone can read it, and nothing of it is lost."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tests.property.questionnaires import HOSTILE
from tests.referees import browser, office
from tests.referees.tools import needs
from tests.unit.exporters.codebook_forms import default, library

from cosyn.exporters.codebook import EXPORTER
from cosyn.instrument.questionnaire import Questionnaire, questionnaire
from cosyn.instrument.structure import differences
from cosyn.structures import expected
from cosyn.structures.codebook import READER

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

TEXTS = (*HOSTILE, "_x0041_ x005F_", "#N/A", "W" * 400, "</style></script>", "<img src=//x>")


def hostile() -> Questionnaire:
    """The default form with a text that breaks careless writers in place of each wording."""
    asked = questionnaire(default())
    texts = iter(TEXTS * 3)
    pages = [
        replace(
            page,
            blocks=tuple(
                replace(
                    block,
                    questions=tuple(
                        replace(q, text=dict.fromkeys(asked.languages, next(texts)))
                        for q in block.questions
                    ),
                )
                for block in page.blocks
            ),
        )
        for page in asked.pages
    ]
    labels = {c.id: dict.fromkeys(asked.languages, next(texts)) for c in asked.about.constructs}
    constructs = tuple(replace(c, label=labels[c.id]) for c in asked.about.constructs)
    return replace(asked, pages=tuple(pages), about=replace(asked.about, constructs=constructs))


FORMS: dict[str, Callable[[], Questionnaire]] = {
    "short": lambda: questionnaire(default()),
    "numbers": lambda: questionnaire(default(), "coordinator"),
    "three languages": library,
    "hostile": hostile,
}


def written(folder: Path, suffix: str) -> dict[str, tuple[Questionnaire, Path]]:
    """Write the codebook of each form, one of its files, under a name of its own."""
    found = {}
    for name, make in FORMS.items():
        asked = make()
        files = EXPORTER.write(asked, asked.languages[0]).files
        path = folder / f"{name.replace(' ', '-')}{suffix}"
        path.write_bytes(next(content for file, content in files.items() if file.endswith(suffix)))
        found[name] = asked, path
    return found


@needs(*browser.NEEDED, "pdftotext")
def test_everyone_can_read_the_page_and_print_it(tmp_path: Path) -> None:
    pages = written(tmp_path, ".html")
    widths = (320, 390, 1280)
    visits = [
        browser.visit(
            page,
            # It takes half of the time, and `small` covers it.
            browser.audit(widths, without=("target-size",)),
            browser.print_out(page.with_suffix(".pdf")),
        )
        for _, page in pages.values()
    ]
    for (name, (asked, page)), found in zip(pages.items(), browser.browse(visits), strict=True):
        assert found["requests"] == [], name
        assert found["console"] == [], name
        for view in found["acts"][0]["views"]:
            seen = {key: view[key] for key in ("overflow", "small", "violations", "practice")}
            assert seen == {"overflow": 0, "small": [], "violations": [], "practice": []}, name
        printed = office.squeezed(office.text_of(page.with_suffix(".pdf")))
        assert all(question.id in printed for question in asked.questions), name


@pytest.fixture(scope="module")
def workbooks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Questionnaire, Path]]:
    return written(tmp_path_factory.mktemp("workbooks"), ".xlsx")


@needs(*office.CALC)
def test_a_workbook_that_was_saved_again_holds_the_same(
    workbooks: dict[str, tuple[Questionnaire, Path]], tmp_path: Path
) -> None:
    saved = office.saved_again([book for _, book in workbooks.values()], tmp_path)
    for (name, (asked, _)), book in zip(workbooks.items(), saved, strict=True):
        found = differences(expected(READER, asked, "en"), READER.read(book.read_bytes()))
        assert found == (), name


@needs(*office.CALC)
def test_a_printed_workbook_shows_every_wording_whole(
    workbooks: dict[str, tuple[Questionnaire, Path]], tmp_path: Path
) -> None:
    """Rows are high enough for their texts, whether or not the program fits them itself."""
    names = ["short", "numbers", "three languages"]
    printed = office.to_pdf([workbooks[name][1] for name in names], tmp_path)
    for name, pdf in zip(names, printed, strict=True):
        text = office.text_of(pdf)
        # The lines of neighbouring cells come mixed, but a last word that is hidden does not come.
        ends = Counter(q.text["en"].split()[-1] for q in workbooks[name][0].questions)
        assert {word: text.count(word) for word in ends if text.count(word) < ends[word]} == {}
