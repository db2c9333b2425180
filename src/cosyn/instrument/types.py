"""What an instrument consists of; every type is frozen and knows no file."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
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
    SUPPRESSED = "suppressed"


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


Status = Literal["candidate", "piloted", "retired"]
Measurement = Literal["reflective", "formative", "single"]


@dataclass(frozen=True, slots=True)
class Wording:
    """What an item said up to a version, and why it was changed."""

    until: str
    text: Text
    why: str


@dataclass(frozen=True, slots=True)
class Item:
    """One statement and how it is answered.

    Attributes
    ----------
    reverse : bool
        Keyed against its scale; turned round in `cosyn.scoring` and nowhere else.
    dont_know : bool
        Whether the offered missing options (don't know, not applicable) are shown.
    screen_out : tuple of int
        Answers after which the questionnaire ends.
    expected : int or None
        The instructed answer of an attention check.
    quasi_identifier : bool
        Whether the answer, with others, could tell who somebody is.
    status : "candidate", "piloted" or "retired"
        How far the item has been tested; a retired item stands in no form.
    history : tuple of Wording
        What the item said before, oldest first.
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
    screen_out: tuple[int, ...] = ()
    expected: int | None = None
    quasi_identifier: bool = False
    status: Status = "candidate"
    history: tuple[Wording, ...] = ()


@dataclass(frozen=True, slots=True)
class Facet:
    """A part of a construct.

    Attributes
    ----------
    definition : Text
        What it means, for experts who judge its items; empty if nobody has written it.
    """

    id: str
    label: Text
    source: str = ""
    definition: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Construct:
    """A theoretical variable with its facets, or a group of questions that stand together.

    Attributes
    ----------
    measurement : "reflective", "formative" or "single"
        Whether its items reflect it (a scale), make it up together (an index), or stand each
        for itself (background, probes, attention checks).
    definition : Text
        What it means, for experts; empty if nobody has written it.
    """

    id: str
    label: Text
    facets: tuple[Facet, ...]
    attributes: Mapping[str, str]
    measurement: Measurement = "reflective"
    source: str = ""
    definition: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the questionnaire: title, instruction and the items on it, in order.

    Attributes
    ----------
    display : "matrix" or "single"
        Whether statements with the same options share one row of headings.
    shuffle : bool
        Whether each respondent sees the items of its scales in an order of their own.
    """

    id: str
    title: Text
    instruction: Text
    items: tuple[str, ...]
    display: Literal["matrix", "single"] = "matrix"
    shuffle: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """A selection of the instrument's items, never a copy of them.

    Attributes
    ----------
    select : "short" or "all"
        Which items of its constructs it takes.
    constructs : tuple of str
        Whose items it takes.
    response_formats : Mapping[str, str]
        Response formats that stand in for others, e.g. ``{"fit7": "fit5"}`` for a split ballot.
    title, introduction : Text
        Instead of the instrument's own; empty where the form has none.
    """

    id: str
    label: Text
    select: Literal["short", "all"]
    constructs: tuple[str, ...]
    response_formats: Mapping[str, str] = field(default_factory=dict)
    title: Text = field(default_factory=dict)
    introduction: Text = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Attribute:
    """An attribute of the instrument's own classification that people are shown.

    Attributes
    ----------
    values : Mapping[str, Text]
        Value -> its name.
    definitions : Mapping[str, Text]
        Value -> what it means; experts sort items by the attributes that say so.
    """

    id: str
    label: Text
    values: Mapping[str, Text]
    definitions: Mapping[str, Text] = field(default_factory=dict)


Halves = tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Instrument:
    """A whole instrument, checked.

    Attributes
    ----------
    languages : tuple of str
        BCP 47 tags; every text exists in each.
    consent, screened_out : Text
        What is promised before the first question, and what is said to those whom an answer
        ends the questionnaire for; empty if there is no such text.
    consent_identified : Text
        What is promised instead of `consent` where answers bear their person's code.
    identified : bool
        Whether `consent` is that promise (`in_mode`).
    placeholders : Mapping[str, Text]
        ``{M}`` and the like, with the words that stand for them by default.
    attributes : tuple of Attribute
        Those with names; others only serve programs.
    halves : pair of tuples of page ids, or None
        A random half of the respondents sees the pages of the second group first.
    digest : str
        SHA-256 of the content (not of the files' layout); stamped on everything below.
    phrases : Mapping[str, Mapping[str, str]]
        Further language -> fixed phrases of the questionnaire in it.
    metadata : Mapping[str, Text]
        Names of what may be known of a submission though nobody is asked for it, with words for
        them; columns of answers that bear one of these are kept.
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
    consent: Text = field(default_factory=dict)
    screened_out: Text = field(default_factory=dict)
    attributes: tuple[Attribute, ...] = ()
    halves: Halves | None = None
    phrases: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    consent_identified: Text = field(default_factory=dict)
    identified: bool = False
    metadata: Mapping[str, Text] = field(default_factory=dict)
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
        form = self.form(form_id)
        return tuple(item for item in self.items if _selects(form, item))

    def scale_items_of(self, form_id: str) -> tuple[Item, ...]:
        """Those of a form's items that reflect a construct, in the instrument's order."""
        scales = {c.id for c in self.constructs if c.measurement == "reflective"}
        return tuple(item for item in self.items_of(form_id) if item.construct in scales)

    def in_mode(self, mode: Literal["anonymous", "identified"]) -> Instrument:
        """The instrument with what may be promised to respondents in a mode.

        Where answers bear their person's code, and no promise was written for that, none is made:
        the one for anonymous answers would be untrue.
        """
        if mode == "anonymous" or self.identified:
            return self
        return replace(self, consent=self.consent_identified, identified=True)

    def in_form(self, form_id: str) -> Instrument:
        """The instrument with the response formats that a form puts in place of others."""
        instead = self.form(form_id).response_formats
        if not instead:
            return self
        items = tuple(
            replace(item, response_format=instead[item.response_format])
            if item.response_format in instead
            else item
            for item in self.items
        )
        return replace(self, items=items)

    def label(self, subject: str, language: str) -> str:
        """The name of a construct or facet in a language, or the id itself if it has none."""
        named = {c.id: c.label for c in self.constructs} | {f.id: f.label for f in self.facets()}
        return named[subject][language] if subject in named else subject


def _selects(form: Form, item: Item) -> bool:
    wanted = item.construct in form.constructs and item.status != "retired"
    return wanted and (form.select == "all" or item.short)
