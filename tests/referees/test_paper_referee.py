"""The printed questionnaire as others read it: nothing is lost, and it stays short."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.referees import office
from tests.referees.tools import needs

from cosyn.exporters import EXPORTERS
from cosyn.instrument.load import load_instrument
from cosyn.instrument.questionnaire import Questionnaire, questionnaire
from cosyn.instrument.structure import differences
from cosyn.structures import READERS, expected
from cosyn.study import bundled

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = needs("pdftotext")
LANGUAGES = ("en", "zh-Hans")
# A4 pages: an official fills in the short form in one sitting.
LONGEST = {"core-40": 6, "core-40-five": 6, "long": 9, "retest": 6, "coordinator": 2}


def files_of(form: str, language: str, folder: Path) -> tuple[Questionnaire, dict[str, Path]]:
    asked = questionnaire(load_instrument(bundled() / "instrument"), form)
    written = {}
    for name, content in EXPORTERS["paper"].write(asked, language).files.items():
        written[name.rpartition(".")[2]] = folder / name
        (folder / name).write_bytes(content)
    return asked, written


def check(asked: Questionnaire, language: str, text: str, most: int) -> None:
    """Every text is there, and each page says that it is one of so many."""
    shown = office.squeezed(text)
    texts = [asked.title, asked.introduction, asked.consent, asked.closing]
    texts += [t for page in asked.pages for t in (page.title, page.instruction)]
    texts += [question.text for question in asked.questions]
    texts += [o.label for q in asked.questions for o in q.response_format.options]
    if any(question.screen_out for question in asked.questions):
        texts.append(asked.screened_out)
    assert [t[language] for t in texts if office.squeezed(t[language]) not in shown] == []
    assert all(question.id in shown for question in asked.questions)
    pages = text.count("\f")
    assert pages <= most
    last = f"Page {pages} of {pages}" if language == "en" else f"第 {pages} 页，共 {pages} 页"
    assert office.squeezed(last) in shown
    assert text.count(asked.digest[:12]) == pages


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("form", LONGEST)
def test_the_pdf_holds_every_text_on_few_pages(form: str, language: str, tmp_path: Path) -> None:
    asked, written = files_of(form, language, tmp_path)
    check(asked, language, office.text_of(written["pdf"]), LONGEST[form])


@needs(*office.NEEDED)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_word_document_prints_like_it(language: str, tmp_path: Path) -> None:
    asked, written = files_of("core-40", language, tmp_path)
    (printed,) = office.to_pdf([written["docx"]], tmp_path / "printed")
    check(asked, language, office.text_of(printed), LONGEST["core-40"])


@needs("soffice")
def test_a_document_that_another_program_saved_is_still_read(tmp_path: Path) -> None:
    asked, written = files_of("coordinator", "zh-Hans", tmp_path)
    (saved,) = office.saved_again([written["docx"]], tmp_path / "saved")
    assert saved.read_bytes() != written["docx"].read_bytes()
    held = READERS["paper"].read(saved.read_bytes())
    assert differences(expected(READERS["paper"], asked, "zh-Hans"), held) == ()
