"""What a reader of structures is, and what a file of its format should hold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from cosyn.instrument.structure import structure_of
from cosyn.registry import Registry

if TYPE_CHECKING:
    from collections.abc import Callable

    from cosyn.instrument.questionnaire import Questionnaire
    from cosyn.instrument.structure import Asked, Structure

UNSAID = "und"
"""Stands for the language (BCP 47: undetermined) of a file that does not say which it holds."""


class Unreadable(ValueError):
    """The content is not of the format; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Reader:
    """An entry of the registry: what one questionnaire format holds, read back.

    Attributes
    ----------
    suffixes : tuple of str
        Endings that such files have, e.g. ``".txt"``.
    read : callable
        Content -> `Structure`; `Unreadable` if it is something else. Where the format has no
        item codes, ids are ``"1"``, ``"2"`` ... by position; where it has no option codes, codes
        are 1, 2 ... by position.
    per_language, item_codes, option_codes, bounds : bool
        Whether a file holds one language alone, and whether it holds the codes of items and of
        options and the bounds of numbers.
    capitals : bool
        Whether item codes keep their capitals; if not, ids are read in lower case, which tells
        them apart all the same.
    language : bool
        Whether a file that holds one language says which; if not, it is read as `UNSAID`.
    """

    name: str
    suffixes: tuple[str, ...]
    read: Callable[[bytes], Structure]
    per_language: bool = False
    item_codes: bool = True
    option_codes: bool = True
    bounds: bool = True
    capitals: bool = True
    language: bool = True


READERS = Registry("cosyn.structures", Reader)


def expected(reader: Reader, questionnaire: Questionnaire, language: str) -> Structure:
    """State what a file of this format should hold, as far as the format can.

    Parameters
    ----------
    language : str
        That of the file, where a file holds one.
    """
    structure = structure_of(questionnaire)
    if reader.per_language:
        structure = structure.only((language,))
    structure = structure.without(
        item_codes=not reader.item_codes,
        option_codes=not reader.option_codes,
        bounds=not reader.bounds,
    )
    if not reader.language:
        structure = _unsaid(structure, language)
    if not reader.capitals:
        lower = tuple(replace(asked, id=asked.id.lower()) for asked in structure.questions)
        structure = replace(structure, questions=lower)
    return structure


def _unsaid(structure: Structure, language: str) -> Structure:
    asked = tuple(_asked_unsaid(question, language) for question in structure.questions)
    return replace(structure, languages=(UNSAID,), questions=asked)


def _asked_unsaid(asked: Asked, language: str) -> Asked:
    answers = tuple((code, {UNSAID: label[language]}) for code, label in asked.answers)
    return replace(asked, text={UNSAID: asked.text[language]}, answers=answers)
