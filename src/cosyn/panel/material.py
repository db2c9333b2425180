"""What a panel of experts judges: items, what they are meant for, and the words to sort them by."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING

from cosyn.errors import InstrumentError
from cosyn.instrument.questionnaire import questionnaire

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cosyn.i18n import Text
    from cosyn.instrument.types import Attribute, Instrument, Item

Placement = tuple[str | None, ...]
"""A value of each attribute that items are sorted by, in order; None where it does not apply."""

SCALES: dict[str, tuple[str, ...]] = {
    "relevance": ("1", "2", "3", "4"),
    "necessity": ("essential", "useful", "unnecessary"),
    "clarity": ("1", "2", "3", "4"),
}
"""What is rated, and the codes of the answers."""


@dataclass(frozen=True, slots=True)
class Definition:
    """A construct or a facet as experts see it; a facet names its construct."""

    id: str
    label: Text
    definition: Text
    construct: str


@dataclass(frozen=True, slots=True)
class JudgedItem:
    """An item before the experts.

    Attributes
    ----------
    rated : bool
        Whether its facet has a definition, so that its relevance can be judged.
    place : tuple of (str or None), or None
        Where it belongs by each attribute; None if it belongs nowhere, so that nobody sorts it.
    """

    id: str
    text: Text
    construct: str
    facet: str
    rated: bool
    place: Placement | None


@dataclass(frozen=True, slots=True)
class Material:
    """Everything that the experts of one panel see.

    Attributes
    ----------
    fingerprint : str
        SHA-256 of all of it: definitions count here, though no respondent feels them.
    """

    instrument: str
    version: str
    digest: str
    form: str
    languages: tuple[str, ...]
    title: Text
    attributes: tuple[Attribute, ...]
    constructs: tuple[Definition, ...]
    facets: tuple[Definition, ...]
    items: tuple[JudgedItem, ...]
    fingerprint: str

    @property
    def to_rate(self) -> tuple[JudgedItem, ...]:
        """The items that are rated, in the instrument's order."""
        return tuple(item for item in self.items if item.rated)

    @property
    def to_sort(self) -> tuple[JudgedItem, ...]:
        """The items that are sorted, in the instrument's order."""
        return tuple(item for item in self.items if item.place is not None)

    def shuffled(self, expert: int) -> tuple[JudgedItem, ...]:
        """The items to sort in the order of one expert, the same whenever it is asked for."""

        def key(item: JudgedItem) -> bytes:
            return hashlib.sha256(f"{self.digest}/{expert}/{item.id}".encode()).digest()

        return tuple(sorted(self.to_sort, key=key))


def material(instrument: Instrument, form: str | None = None) -> Material:
    """What a panel judges of a form: the items of defined facets, by the defined attributes.

    Raises
    ------
    InstrumentError
        If there is no such form, or nothing in it is defined.
    """
    chosen = questionnaire(instrument, form)
    texts = {question.id: question.text for question in chosen.questions}
    attributes = tuple(a for a in instrument.attributes if a.definitions)
    defined = {facet.id for facet in instrument.facets() if facet.definition}
    items = tuple(
        _judged(item, texts[item.id], attributes, defined)
        for item in instrument.items_of(chosen.form)
    )
    judged = tuple(item for item in items if item.rated or item.place is not None)
    if not judged:
        raise InstrumentError(
            "panel.nothing-defined",
            f"form {chosen.form!r}",
            "no facet of it has a definition that experts could judge its items by",
            "Write `definition:` with the facets in constructs.yaml",
        )
    constructs, facets = _definitions(instrument, judged)
    content = Material(
        instrument=instrument.id,
        version=instrument.version,
        digest=instrument.digest,
        form=chosen.form,
        languages=instrument.languages,
        title=chosen.title,
        attributes=attributes,
        constructs=constructs,
        facets=facets,
        items=judged,
        fingerprint="",
    )
    return _stamped(content)


def _judged(
    item: Item, text: Text, attributes: Sequence[Attribute], defined: set[str]
) -> JudgedItem:
    place: Placement = tuple(item.attributes.get(a.id) for a in attributes)
    belongs = any(value is not None for value in place)
    return JudgedItem(
        id=item.id,
        text=text,
        construct=item.construct,
        facet=item.facet,
        rated=item.facet in defined,
        place=place if belongs else None,
    )


def _definitions(
    instrument: Instrument, items: Sequence[JudgedItem]
) -> tuple[tuple[Definition, ...], tuple[Definition, ...]]:
    """Constructs and facets of some items, in the instrument's order."""
    named = {item.construct for item in items} | {item.facet for item in items}
    constructs, facets = [], []
    for construct in instrument.constructs:
        entry = Definition(construct.id, construct.label, construct.definition, construct.id)
        constructs += [entry] if construct.id in named else []
        facets += [
            Definition(facet.id, facet.label, facet.definition, construct.id)
            for facet in construct.facets
            if facet.id in named
        ]
    return tuple(constructs), tuple(facets)


def _stamped(content: Material) -> Material:
    spelt = {**asdict(content), "version": ""}
    canonical = json.dumps(spelt, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    found = hashlib.sha256(canonical.encode()).hexdigest()
    return replace(content, fingerprint=found)


def choices(attribute: Attribute, language: str, not_applicable: str) -> Mapping[str, str | None]:
    """What is offered for an attribute: shown word -> value, None for what does not apply.

    Raises
    ------
    InstrumentError
        If two of the words are the same: nobody could tell which was meant.
    """
    words: list[tuple[str, str | None]] = [
        (shown(label[language]), value) for value, label in attribute.values.items()
    ]
    words.append((shown(not_applicable), None))
    if len({plain(word) for word, _ in words}) < len(words):
        raise InstrumentError(
            "panel.equal-words",
            f"attribute {attribute.id!r}",
            f"two of its values have the same name in {language}",
            "Give each value a name of its own in instrument.yaml",
        )
    return dict(words)


def plain(words: str) -> str:
    """Words as they are compared: capital letters and the width of gaps do not count."""
    return " ".join(words.casefold().split())


def shown(label: str) -> str:
    """A label as one line that a drop-down list can offer and no program takes for a formula."""
    line = " ".join(label.split())
    return f"· {line}" if line.startswith(("=", "+", "-", "@", "'")) else line
