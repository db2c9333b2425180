"""The shape of the files in ``instrument/``: what may stand where."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

Code = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9]{0,19}$")]
"""Ids of items, facets and constructs, as every survey platform accepts them."""
Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,39}$")]


def _told(text: str) -> str:
    """Line breaks are one character; blanks around a text are no part of it."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
Words = Annotated[str, AfterValidator(_told), Field(min_length=1)]
Texts = dict[Language, Words]
Version = Annotated[str, Field(pattern=r"^\d+\.\d+\.\d+$")]
MissingReason = Literal[
    "refused", "dont_know", "not_applicable", "not_answered", "not_shown", "suppressed"
]


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)


class Accepting(_Strict):
    """What remarks may be made of.

    Attributes
    ----------
    accept : tuple of str
        Codes of remarks that are known and meant so; neither shown nor part of the digest.
    """

    accept: tuple[Name, ...] = ()


class OptionEntry(_Strict):
    """One answer."""

    code: Annotated[int, Field(ge=0, le=9999)]
    label: Texts


class MissingEntry(_Strict):
    """One code that is a reason."""

    code: Annotated[int, Field(ge=-9999, le=9999)]
    reason: MissingReason
    offered: bool
    label: Texts


class FormatEntry(Accepting):
    """One response format."""

    id: Name
    kind: Literal["options", "numeric"]
    options: tuple[OptionEntry, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    missing: tuple[MissingEntry, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> FormatEntry:
        if self.kind == "options" and (
            len(self.options) < 2 or self.minimum is not None or self.maximum is not None
        ):
            raise ValueError(
                "a format of kind options needs at least two options and no minimum or maximum"
            )
        if self.kind == "numeric" and (
            self.options or self.minimum is None or self.maximum is None
        ):
            raise ValueError("a format of kind numeric needs minimum and maximum and no options")
        codes = [o.code for o in self.options] + [m.code for m in self.missing]
        if len(set(codes)) < len(codes):
            raise ValueError("two options have the same code")
        if [o.code for o in self.options] != sorted(o.code for o in self.options):
            raise ValueError("the options must stand in the order of their codes")
        return self


class FormatsFile(_Strict):
    """``response_formats.yaml``."""

    response_formats: Annotated[tuple[FormatEntry, ...], Field(min_length=1)]


class FacetEntry(Accepting):
    """One facet."""

    id: Code
    label: Texts
    definition: Texts = {}
    source: str = ""


class ConstructEntry(Accepting):
    """One construct."""

    id: Code
    label: Texts
    definition: Texts = {}
    measurement: Literal["reflective", "formative", "single"] = "reflective"
    attributes: dict[str, str] = {}
    source: str = ""
    facets: Annotated[tuple[FacetEntry, ...], Field(min_length=1)]


class ConstructsFile(_Strict):
    """``constructs.yaml``."""

    constructs: Annotated[tuple[ConstructEntry, ...], Field(min_length=1)]


class WordingEntry(_Strict):
    """What an item said up to a version."""

    until: Version
    text: Texts
    why: Words


class ItemEntry(Accepting):
    """One item."""

    id: Code
    facet: Code
    response_format: Name
    text: Texts
    short: bool = False
    reverse: bool = False
    dont_know: bool = False
    screen_out: tuple[int, ...] = ()
    expected: int | None = None
    quasi_identifier: bool = False
    status: Literal["candidate", "piloted", "retired"] = "candidate"
    history: tuple[WordingEntry, ...] = ()
    attributes: dict[str, str] = {}


class ItemsFile(_Strict):
    """``items/<construct>.yaml``."""

    construct_id: Annotated[str, Field(alias="construct", pattern=r"^[A-Za-z][A-Za-z0-9]{0,19}$")]
    items: Annotated[tuple[ItemEntry, ...], Field(min_length=1)]


class PageEntry(Accepting):
    """One page."""

    id: Name
    title: Texts
    instruction: Texts
    display: Literal["matrix", "single"] = "matrix"
    shuffle: bool = False
    items: tuple[Code, ...]


class FormEntry(Accepting):
    """One form."""

    id: Name
    label: Texts
    select: Literal["short", "all"]
    constructs: tuple[Code, ...] | None = None
    response_formats: dict[Name, Name] = {}
    title: Texts = {}
    introduction: Texts = {}


class OrderEntry(_Strict):
    """The order of blocks: two groups of pages, either of which comes first for a random half."""

    halves: tuple[tuple[Name, ...], tuple[Name, ...]]


class AttributeEntry(_Strict):
    """An attribute that people are shown: its name, its values with their names, what they mean."""

    label: Texts
    values: dict[str, Texts]
    definitions: dict[str, Texts] = {}

    @model_validator(mode="after")
    def _all_or_none(self) -> AttributeEntry:
        if self.definitions and self.definitions.keys() != self.values.keys():
            raise ValueError("either every value of an attribute has a definition, or none has")
        return self


class InstrumentFile(_Strict):
    """``instrument.yaml``."""

    id: Name
    version: Version
    languages: Annotated[tuple[Language, ...], Field(min_length=1)]
    title: Texts
    introduction: Texts
    consent: Texts = {}
    consent_identified: Texts = {}
    closing: Texts
    screened_out: Texts = {}
    placeholders: dict[Annotated[str, Field(pattern=r"^[A-Z]$")], Texts] = {}
    attributes: dict[str, tuple[str, ...] | AttributeEntry] = {}
    metadata: dict[Name, Texts] = {}
    constructs: Annotated[tuple[Code, ...], Field(min_length=1)]
    forms: Annotated[tuple[FormEntry, ...], Field(min_length=1)]
    default_form: Name
    pages: Annotated[tuple[PageEntry, ...], Field(min_length=1)]
    order: OrderEntry | None = None


class LanguageFile(_Strict):
    """``languages/<tag>.yaml``: every text of the instrument in one language more.

    Attributes
    ----------
    texts : dict
        Address of a text (`cosyn.instrument.texts`) -> its words.
    phrases : dict
        Fixed phrases of the questionnaire, by the keys of the program's own catalogues.
    """

    language: Language
    texts: dict[str, Words] = {}
    phrases: dict[str, Words] = {}


class VersionsFile(_Strict):
    """``versions.yaml``: the digest that each released version had."""

    versions: dict[str, Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]]


def values_of(attribute: tuple[str, ...] | AttributeEntry) -> tuple[str, ...]:
    """Every value that an attribute may have."""
    return attribute if isinstance(attribute, tuple) else tuple(attribute.values)
