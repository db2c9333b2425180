"""The questionnaire on paper: PDF to print, Word to adapt, and a table to key the answers into.

A code beside each box and the item below each number make keying in unambiguous; the foot of every
page and a QR code on the first say which version, form and order somebody holds in their hands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.exporters._paper_docx import docx
from cosyn.exporters._paper_keying import keying
from cosyn.exporters._paper_pdf import pdf
from cosyn.exporters._paper_sheet import sheet
from cosyn.exporters._types import Exported, Exporter, Feature, Loss
from cosyn.instrument.layout import headings
from cosyn.typesetting import unknown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.instrument.questionnaire import Questionnaire


def write(questionnaire: Questionnaire, language: str) -> Exported:
    """Write the three files in one language.

    Raises
    ------
    ExtraError
        If the optional part `paper` is not installed.
    """
    worded = sheet(questionnaire, language)
    files = {
        f"{questionnaire.name}.{language}.pdf": pdf(worded),
        f"{questionnaire.name}.{language}.docx": docx(worded),
        f"{_without_department(questionnaire)}.{language}.keying.xlsx": keying(
            questionnaire, language
        ),
    }
    return Exported(files, tuple(_losses(questionnaire, language)))


def _without_department(questionnaire: Questionnaire) -> str:
    """All departments share one table to key into."""
    order = f"o{questionnaire.order}" * (questionnaire.order > 0)
    return "-".join(filter(None, (questionnaire.instrument, questionnaire.form, order)))


def _losses(questionnaire: Questionnaire, language: str) -> Iterator[Loss]:
    """Name the characters that the font of the PDF lacks.

    A loss is one of an item: texts of a page count as those of its first, texts of the whole as
    those of the very first.
    """
    whole = (
        questionnaire.title,
        questionnaire.introduction,
        questionnaire.consent,
        questionnaire.closing,
        questionnaire.screened_out,
    )
    around = [text.get(language, "") for text in whole]
    for page in questionnaire.pages:
        around += [page.title[language], page.instruction[language]]
        for block in page.blocks:
            for question in block.questions:
                texts = (*around, question.text[language], *headings(block, language))
                yield from (Loss(question.id, _lacking(c)) for c in unknown("".join(texts)))
                around = []


def _lacking(character: str) -> str:
    """Say that the font of the PDF lacks a character."""
    sign = f"{character} (U+{ord(character):04X})"
    return f"PDF: our font lacks {sign}; another may show it, look at the print"


EXPORTER = Exporter(
    name="paper",
    title="PDF and Word document to print, with a table to key answers into",
    write=write,
    per_language=True,
    cannot={
        Feature.SHUFFLE: "paper keeps the listed order; --orders prints permuted forms",
        Feature.HALVES: "paper keeps the listed order; --orders prints permuted forms",
        Feature.SCREEN_OUT: "printed as a request to stop there",
    },
)
