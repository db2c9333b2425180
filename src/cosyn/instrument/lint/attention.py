"""Attention checks: enough, not too many, and possible to pass."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.instrument.lint._types import Advice, Note, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.instrument.lint._types import Subject
    from cosyn.instrument.types import Instrument, Item

MOST_UNCHECKED = 30
MOST_CHECKS = 2


def find(subject: Subject) -> Iterator[Note]:
    """Count the checks of each form, and look for the expected label in their texts."""
    instrument = subject.instrument
    for form in instrument.forms:
        items = instrument.in_form(form.id).items_of(form.id)
        checks = [item for item in items if item.expected is not None]
        scale = len(instrument.scale_items_of(form.id))
        address = ("forms", form.id)
        if not checks and scale > MOST_UNCHECKED:
            what = f"form {form.id} has {scale} items in scales and no attention check"
            yield Note("no-attention-check", address, what)
        if len(checks) > MOST_CHECKS:
            what = f"form {form.id} has {len(checks)} attention checks"
            yield Note("many-attention-checks", address, what)
        for item in checks:
            yield from _unnamed(instrument, item, form.id)


def _unnamed(instrument: Instrument, item: Item, form: str) -> Iterator[Note]:
    entry = instrument.response_format(item)
    label = next(option.label for option in entry.options if option.code == item.expected)
    for language, text in item.text.items():
        if label[language].casefold() not in text.casefold():
            what = (
                f"item {item.id} expects code {item.expected}, but its text in {language} does not "
                f'hold the label "{label[language]}" that it has in form {form}'
            )
            yield Note("unnamed-answer", ("items", item.id, "text", language), what)


RULE = Rule(
    {
        "no-attention-check": Advice(
            f"a form has more than {MOST_UNCHECKED} items in scales and no instructed item (a "
            "convention; Meade & Craig 2012 recommend instructed items in long questionnaires)",
            "Take an item with `expected` into the form",
        ),
        "many-attention-checks": Advice(
            f"a form has more than {MOST_CHECKS} instructed items (a convention): they annoy those "
            "who read",
            "Leave some out of the form",
        ),
        "unnamed-answer": Advice(
            "the text of an instructed item does not hold the label of the answer that it expects, "
            "in some language and form",
            "Quote the label as the option has it",
        ),
    },
    find,
)
