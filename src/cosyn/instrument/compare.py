"""What changed between two versions of an instrument, item by item and in every language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cosyn.i18n import Text
    from cosyn.instrument.types import Instrument, Item, ResponseFormat

Facts = dict[str, dict[str, str]]
"""Subject -> property -> how it stands, spelt for people."""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference.

    Attributes
    ----------
    subject : str
        What changed, e.g. ``"item IPG1"`` or ``"text pages.own.title"``.
    what : str
        Its property, or the language of the text; empty if the subject itself came or went.
    old, new : str
        Empty where there is nothing.
    """

    subject: str
    what: str
    old: str
    new: str


def changes(
    old: Instrument,
    new: Instrument,
    old_texts: Mapping[str, Text],
    new_texts: Mapping[str, Text],
) -> tuple[Change, ...]:
    """Compare two instruments.

    Parameters
    ----------
    old_texts, new_texts : Mapping[str, Text]
        Address -> text in its languages (`cosyn.instrument.load.instrument_texts`).
    """
    return (*_facts_apart(_facts(old), _facts(new)), *_texts_apart(old_texts, new_texts))


def _facts_apart(old: Facts, new: Facts) -> Iterator[Change]:
    for subject in dict.fromkeys((*old, *new)):
        if subject not in old or subject not in new:
            yield Change(subject, "", _present(subject in old), _present(subject in new))
            continue
        for what in dict.fromkeys((*old[subject], *new[subject])):
            before, after = old[subject].get(what, ""), new[subject].get(what, "")
            if before != after:
                yield Change(subject, what, before, after)


def _present(there: bool) -> str:  # noqa: FBT001 - one switch, one meaning
    return "there" if there else ""


def _texts_apart(old: Mapping[str, Text], new: Mapping[str, Text]) -> Iterator[Change]:
    for address in dict.fromkeys((*old, *new)):
        before, after = old.get(address, {}), new.get(address, {})
        for language in dict.fromkeys((*before, *after)):
            if before.get(language, "") != after.get(language, ""):
                yield Change(
                    f"text {address}", language, before.get(language, ""), after.get(language, "")
                )


def _facts(instrument: Instrument) -> Facts:
    facts: Facts = {"instrument": {"languages": _row(instrument.languages)}}
    facts["instrument"]["default form"] = instrument.default_form
    halves = instrument.halves or ((), ())
    facts["instrument"]["halves"] = " | ".join(_row(half) for half in halves)
    for item in instrument.items:
        facts[f"item {item.id}"] = _item(item)
    for construct in instrument.constructs:
        facts[f"construct {construct.id}"] = {
            "measurement": construct.measurement,
            "facets": _row([facet.id for facet in construct.facets]),
            "attributes": _row([f"{k}: {v}" for k, v in construct.attributes.items()]),
        }
    for response_format in instrument.response_formats:
        facts[f"response format {response_format.id}"] = _format(response_format)
    for page in instrument.pages:
        facts[f"page {page.id}"] = {
            "items in order": _row(page.items),
            "display": page.display,
            "shuffled": _yes(page.shuffle),
        }
    for form in instrument.forms:
        instead = [f"{k} by {v}" for k, v in form.response_formats.items()]
        facts[f"form {form.id}"] = {
            "items": _row([item.id for item in instrument.items_of(form.id)]),
            "response formats replaced": _row(instead),
        }
    return facts


def _item(item: Item) -> dict[str, str]:
    return {
        "construct": item.construct,
        "facet": item.facet,
        "response format": item.response_format,
        "reverse-keyed": _yes(item.reverse),
        "don't know offered": _yes(item.dont_know),
        "ends the questionnaire": _row(item.screen_out),
        "instructed answer": "" if item.expected is None else str(item.expected),
        "status": item.status,
        "attributes": _row([f"{k}: {v}" for k, v in item.attributes.items()]),
    }


def _format(found: ResponseFormat) -> dict[str, str]:
    return {
        "codes": _row([option.code for option in found.options]),
        "missing codes": _row([f"{m.code} {m.reason}" for m in found.missing]),
        "offered": _row([m.code for m in found.missing if m.offered]),
        "bounds": f"{found.minimum:g} to {found.maximum:g}",
    }


def _row(things: Sequence[object]) -> str:
    return ", ".join(map(str, things))


def _yes(fact: bool) -> str:  # noqa: FBT001 - one switch, one meaning
    return "yes" if fact else "no"


def unchanged_items(old: Instrument, new: Instrument) -> tuple[str, ...]:
    """Items that ask the same with the same answers in both, in the new instrument's order.

    Text in every language of the old instrument, options with their labels, reasons offered and
    keying must be the same; place and neighbours need not.
    """
    return tuple(
        item.id
        for item in new.items
        if old.has_item(item.id) and _asks(item, new, old) == _asks(old.item(item.id), old, old)
    )


def _asks(item: Item, instrument: Instrument, old: Instrument) -> tuple[object, ...]:
    def said(text: Text) -> tuple[str, ...]:
        return tuple(text.get(language, "") for language in old.languages)

    form = instrument.response_format(item)
    options = tuple((option.code, said(option.label)) for option in form.options)
    gaps = tuple((m.code, m.reason, said(m.label), m.offered) for m in form.missing)
    bounds = (form.minimum, form.maximum)
    return said(item.text), form.kind, options, gaps, bounds, item.reverse, item.dont_know
