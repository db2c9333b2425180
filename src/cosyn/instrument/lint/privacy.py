"""Whether the identifying questions together tell who somebody is."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from cosyn.instrument.lint._types import Advice, Note, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.instrument.lint._types import Subject
    from cosyn.instrument.types import ResponseFormat

MOST_ALONE = 0.75


def find(subject: Subject) -> Iterator[Note]:
    """Count the combinations of answers to a form's identifying questions."""
    instrument = subject.instrument
    formats = {entry.id: entry for entry in instrument.response_formats}
    for form in instrument.forms:
        items = instrument.in_form(form.id).items_of(form.id)
        asked = [item for item in items if item.quasi_identifier]
        cells = prod(_answers(formats[item.response_format]) for item in asked)
        if alone(cells, subject.department) > MOST_ALONE:
            shares = " and ".join(
                f"{alone(cells, size):.0%} of a department of {size}"
                for size in sorted({subject.minimum_cell, subject.department})
            )
            what = (
                f"form {form.id}: the answers to {', '.join(item.id for item in asked)} have "
                f"{cells:,} combinations; {shares} would be alone with theirs"
            )
            yield Note("identifying-questions", ("forms", form.id), what)


def alone(cells: int, people: int) -> float:
    """Expected share of people whose combination of answers nobody else has.

    ``(1 - 1/K)^(n - 1)`` for K equally frequent combinations and n people who answer
    independently: the chance that none of the n - 1 others falls into one's own cell. Real
    answers are less even; the rare ones are then alone more often, and the common ones less.
    """
    return (1 - 1 / cells) ** (people - 1) if cells > 1 else 0.0


def _answers(entry: ResponseFormat) -> int:
    """Different answers; that one gave none tells nobody apart."""
    return len(entry.options) or int(entry.maximum - entry.minimum) + 1


RULE = Rule(
    {
        "identifying-questions": Advice(
            f"in a department of usual size more than {MOST_ALONE:.0%} of the respondents would be "
            "alone with their combination of answers to the questions marked `quasi_identifier`, "
            "by (1 - 1/K)^(n - 1) for K combinations and n respondents: for ten respondents, more "
            "than 31 combinations. k-anonymity (Sweeney 2002) then costs most of the answers. The "
            "share is a convention; n is `respondents_per_department` of population.yaml",
            "Ask fewer of these questions, or in wider bands",
        ),
    },
    find,
)
