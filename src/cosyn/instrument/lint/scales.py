"""Scales: how many items, and which way they are keyed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from cosyn.instrument.lint._types import Advice, Note, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cosyn.instrument.lint._types import Subject
    from cosyn.instrument.types import Item

LEAST_SHARE = 1 / 3
"""Share of the rarer keying in a balanced scale; a convention."""


def find(subject: Subject) -> Iterator[Note]:
    """Look at each form's items that reflect a construct."""
    instrument = subject.instrument
    owner = {facet.id: c.id for c in instrument.constructs for facet in c.facets}
    thin: dict[str, list[str]] = {}
    mixed: dict[str, list[str]] = {}
    for form in instrument.forms:
        items = instrument.scale_items_of(form.id)
        for facet, size in Counter(item.facet for item in items).items():
            if size < 2:
                thin.setdefault(facet, []).append(form.id)
        for construct in dict.fromkeys(item.construct for item in items):
            told = _keying([item for item in items if item.construct == construct])
            if told:
                mixed.setdefault(f"{construct} {told}", []).append(form.id)
    for facet, forms in thin.items():
        what = f"facet {facet} has one item, so its reliability is unknown: {_forms(forms)}"
        yield Note("thin-facet", ("constructs", owner[facet], "facets", facet), what)
    for told, forms in mixed.items():
        what = f"construct {told}: {_forms(forms)}"
        yield Note("unbalanced-keying", ("constructs", told.partition(" ")[0]), what)


def _forms(forms: Sequence[str]) -> str:
    return f"form {forms[0]}" if len(forms) == 1 else f"forms {', '.join(forms)}"


def _keying(items: Sequence[Item]) -> str:
    """A scale without reversed items is a design of its own, and so nothing to remark."""
    reverse = sum(item.reverse for item in items)
    if reverse == len(items):
        return "has reversed items only"
    if 0 < min(reverse, len(items) - reverse) < LEAST_SHARE * len(items):
        return f"has {reverse} reversed items of {len(items)}"
    return ""


RULE = Rule(
    {
        "thin-facet": Advice(
            "a form has a single item of a facet: no reliability, and no latent variable without "
            "assumptions",
            "Take a second item into the form",
        ),
        "unbalanced-keying": Advice(
            "some items of a construct are reversed, but fewer than a third or more than two "
            "thirds (a convention), or all are: acquiescence then neither cancels out nor is left "
            "to a model (Weijters, Baumgartner & Schillewaert 2013). Silent where none is reversed",
            "Balance the keys, or key every item one way and model acquiescence",
        ),
    },
    find,
)
