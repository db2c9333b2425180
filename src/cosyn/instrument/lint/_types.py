"""What a rule is: a function from an instrument to notes on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from cosyn.i18n import Text
    from cosyn.instrument.files import Address
    from cosyn.instrument.types import Instrument, Item


@dataclass(frozen=True, slots=True)
class Subject:
    """What a rule looks at.

    Attributes
    ----------
    minutes : Mapping[str, Mapping[str, float]]
        Form -> language -> time to read and answer it.
    minimum_cell, department : int
        The smallest department that is described by itself, and the size of a typical one.
    """

    instrument: Instrument
    minutes: Mapping[str, Mapping[str, float]]
    minimum_cell: int
    department: int

    @property
    def items(self) -> tuple[Item, ...]:
        """The items that are asked or may yet be; retired wording is nobody's concern."""
        return tuple(item for item in self.instrument.items if item.status != "retired")

    def words(self, item: Item) -> Text:
        """The text of an item with the placeholders' default words."""
        filled = dict(item.text)
        for name, stands_for in self.instrument.placeholders.items():
            for language, text in filled.items():
                filled[language] = text.replace(f"{{{name}}}", stands_for[language])
        return filled


@dataclass(frozen=True, slots=True)
class Note:
    """One thing to think about.

    Attributes
    ----------
    code : str
        One of the rule's codes.
    address : tuple of str
        Keys that lead to it, e.g. ``("items", "IPG1", "text", "en")``.
    """

    code: str
    address: Address
    what: str


@dataclass(frozen=True, slots=True)
class Advice:
    """What a code stands for.

    Attributes
    ----------
    when : str
        When the remark is made, with the source of its threshold or the word convention.
    fix : str
        What to do, without a final full stop.
    """

    when: str
    fix: str


@dataclass(frozen=True, slots=True)
class Rule:
    """An entry of the registry: remarks on one theme."""

    codes: Mapping[str, Advice]
    find: Callable[[Subject], Iterator[Note]]
