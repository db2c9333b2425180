"""What an instrument consists of; every type is frozen and knows no file."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cosyn.i18n import Text


class Missing(StrEnum):
    """Why a cell holds no number; kept apart to the end, and none of them is a number."""

    ANSWERED = "answered"
    NOT_SHOWN = "not_shown"
    NOT_ANSWERED = "not_answered"
    DONT_KNOW = "dont_know"
    NOT_APPLICABLE = "not_applicable"
    REFUSED = "refused"
    INVALID = "invalid"


@dataclass(frozen=True, slots=True)
class Option:
    """One answer of a response format: its code and its label in each language."""

    code: int
    label: Text


@dataclass(frozen=True, slots=True)
class MissingOption:
    """A code that stands for a reason, not for an answer.

    Attributes
    ----------
    offered : bool
        Whether respondents see it (only on items with `Item.dont_know`); a code such as a
        refusal may exist for interviewers and importers alone.
    """

    code: int
    reason: Missing
    label: Text
    offered: bool


@dataclass(frozen=True, slots=True)
class ResponseFormat:
    """Options and anchors, or a range of numbers.

    Attributes
    ----------
    kind : "options" or "numeric"
        Ordered, labelled options; or any number from `minimum` to `maximum`.
    """

    id: str
    kind: Literal["options", "numeric"]
    options: tuple[Option, ...]
    missing: tuple[MissingOption, ...]
    minimum: float
    maximum: float

    def accepts(self, value: float) -> bool:
        """Tell whether a number is an answer in this format."""
        if self.kind == "numeric":
            return self.minimum <= value <= self.maximum
        return any(option.code == value for option in self.options)

    def allowed(self) -> str:
        """Describe the allowed answers in a few words, e.g. ``1 to 7``."""
        return f"{self.minimum:g} to {self.maximum:g}"


@dataclass(frozen=True, slots=True)
class Item:
    """One statement and how it is answered.

    Attributes
    ----------
    reverse : bool
        Keyed against its scale; turned round in `cosyn.scoring` and nowhere else.
    dont_know : bool
        Whether the offered missing options (don't know, not applicable) are shown.
    attributes : Mapping[str, str]
        The instrument's own classification, e.g. ``{"locus": "internal"}``; declared in
        ``instrument.yaml`` and inherited from the construct unless the item says otherwise.
    """

    id: str
    construct: str
    facet: str
    text: Text
    response_format: str
    short: bool
    reverse: bool
    dont_know: bool
    attributes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Facet:
    """A part of a construct."""

    id: str
    label: Text
    source: str = ""


@dataclass(frozen=True, slots=True)
class Construct:
    """A theoretical variable with its facets."""

    id: str
    label: Text
    facets: tuple[Facet, ...]
    attributes: Mapping[str, str]
    source: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the questionnaire: title, instruction and the items on it, in order."""

    id: str
    title: Text
    instruction: Text
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Form:
    """A selection of items: all of them, or the short form."""

    id: str
    label: Text
    select: Literal["short", "all"]


@dataclass(frozen=True, slots=True)
class Instrument:
    """A whole instrument, checked.

    Attributes
    ----------
    languages : tuple of str
        BCP 47 tags; every text exists in each.
    placeholders : Mapping[str, Text]
        ``{M}`` and the like, with the words that stand for them by default.
    digest : str
        SHA-256 of the content (not of the files' layout); stamped on everything below.
    """

    id: str
    version: str
    title: Text
    languages: tuple[str, ...]
    introduction: Text
    closing: Text
    placeholders: Mapping[str, Text]
    constructs: tuple[Construct, ...]
    items: tuple[Item, ...]
    response_formats: tuple[ResponseFormat, ...]
    pages: tuple[Page, ...]
    forms: tuple[Form, ...]
    default_form: str
    digest: str
    _items: Mapping[str, Item] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_items", {item.id: item for item in self.items})

    def item(self, item_id: str) -> Item:
        """One item by its id; KeyError if there is none."""
        return self._items[item_id]

    def has_item(self, item_id: str) -> bool:
        """Tell whether an item of this id exists."""
        return item_id in self._items

    def response_format(self, item: Item) -> ResponseFormat:
        """The response format of an item."""
        return next(f for f in self.response_formats if f.id == item.response_format)

    def construct(self, construct_id: str) -> Construct:
        """One construct by its id; KeyError if there is none."""
        return {c.id: c for c in self.constructs}[construct_id]

    def facets(self) -> tuple[Facet, ...]:
        """Every facet of every construct, in order."""
        return tuple(facet for construct in self.constructs for facet in construct.facets)

    def form(self, form_id: str) -> Form:
        """One form by its id; KeyError if there is none."""
        return {f.id: f for f in self.forms}[form_id]

    def items_of(self, form_id: str) -> tuple[Item, ...]:
        """The items a form selects, in the instrument's order."""
        keep_all = self.form(form_id).select == "all"
        return tuple(item for item in self.items if keep_all or item.short)

    def label(self, subject: str, language: str) -> str:
        """The name of a construct or facet in a language, or the id itself if it has none."""
        named = {c.id: c.label for c in self.constructs} | {f.id: f.label for f in self.facets()}
        return named[subject][language] if subject in named else subject
