"""What no respondent ever sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.instrument.lint._types import Advice, Note, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.instrument.lint._types import Subject
    from cosyn.instrument.types import Instrument

_FIX = "Use it or delete it; a form's `constructs` and `select` say what it takes"


def find(subject: Subject) -> Iterator[Note]:
    """Name the largest thing that is unused, not each of its parts."""
    instrument = subject.instrument
    asked = {item.id for form in instrument.forms for item in instrument.items_of(form.id)}
    yield from _scales(subject, asked)
    for page in instrument.pages:
        if not asked.intersection(page.items):
            yield Note("unused-page", ("pages", page.id), f"page {page.id} is shown in no form")
    used = {item.response_format for item in instrument.items}
    used |= {name for form in instrument.forms for name in form.response_formats.values()}
    for entry in instrument.response_formats:
        if entry.id not in used:
            what = f"response format {entry.id} is used by no item and no form"
            yield Note("unused-format", ("response_formats", entry.id), what)
    written = "".join(_texts(instrument))
    for name in instrument.placeholders:
        if f"{{{name}}}" not in written:
            what = f"placeholder {name} is declared, but stands in no text"
            yield Note("unused-placeholder", ("placeholders", name), what)


def _scales(subject: Subject, asked: set[str]) -> Iterator[Note]:
    constructs = {item.construct for item in subject.items if item.id in asked}
    facets = {item.facet for item in subject.items if item.id in asked}
    for construct in subject.instrument.constructs:
        address = ("constructs", construct.id)
        if construct.id not in constructs:
            what = f"no form takes an item of construct {construct.id}"
            yield Note("unused-construct", address, what)
            continue
        for facet in construct.facets:
            if facet.id not in facets:
                what = f"no form takes an item of facet {facet.id}"
                yield Note("unused-facet", (*address, "facets", facet.id), what)
    for item in subject.items:
        if item.id not in asked and item.facet in facets:
            yield Note("unused-item", ("items", item.id), f"item {item.id} is in no form")


def _texts(instrument: Instrument) -> Iterator[str]:
    """Every text in which placeholders are filled."""
    around = (instrument.title, instrument.introduction, instrument.consent, instrument.closing)
    for texts in (*around, instrument.consent_identified, instrument.screened_out):
        yield from texts.values()
    for form in instrument.forms:
        yield from (*form.title.values(), *form.introduction.values())
    for page in instrument.pages:
        yield from (*page.title.values(), *page.instruction.values())
    for item in instrument.items:
        yield from item.text.values()


RULE = Rule(
    {
        "unused-construct": Advice("no form takes any of its items", _FIX),
        "unused-facet": Advice("forms take its construct, but none of its items", _FIX),
        "unused-item": Advice("no form takes it, although it is not retired", _FIX),
        "unused-page": Advice("no form asks any of its items", _FIX),
        "unused-format": Advice("no item is answered in it", _FIX),
        "unused-placeholder": Advice("no text has it", "Use it in a text or delete it"),
    },
    find,
)
