"""What pages that people read decide alike, on a screen and on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING
from unicodedata import east_asian_width

if TYPE_CHECKING:
    from cosyn.i18n import Catalogue
    from cosyn.instrument.questionnaire import Block, Question

# More or longer headings than these leave no room for the statements beside them.
MOST_COLUMNS = 11
WIDEST_HEADING = 40


def as_table(block: Block, language: str) -> bool:
    """Tell whether a matrix fits as a table; where it does not, its questions stand one by one."""
    labels = headings(block, language)
    short = all(_width(label) <= WIDEST_HEADING for label in labels)
    return block.display == "matrix" and len(labels) <= MOST_COLUMNS and short


def headings(block: Block, language: str) -> list[str]:
    """Labels of the options, then of the reasons for giving no answer."""
    options = [option.label[language] for option in block.response_format.options]
    return options + [missing.label[language] for missing in block.missing]


def _width(text: str) -> int:
    """Width in Latin letters; a Chinese character is as wide as two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)


def ending(question: Question, language: str, t: Catalogue) -> str:
    """Say which answers end the questionnaire; empty if none does."""
    labels = [
        t("quoted", text=option.label[language])
        for option in question.response_format.options
        if option.code in question.screen_out
    ]
    return t("ends", answers=t("or").join(labels)) if labels else ""


def plain(number: float) -> str:
    """Write a number out as people do: ``2.5``, ``1000000``, never ``600.0`` or ``6e+02``."""
    return str(int(number)) if float(number).is_integer() else repr(number)
