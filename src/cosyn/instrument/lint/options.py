"""Response formats: their middle, and what stands on either side of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cosyn.instrument.lint._types import Advice, Note, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.instrument.lint._types import Subject
    from cosyn.instrument.types import ResponseFormat

_UNSURE = re.compile(
    r"\b(?:unsure|uncertain|undecided|not sure|can(?:no|['’])t say|hard to say|no opinion"
    r"|do(?: not|n['’]t) know)\b"
    r"|不清楚|说不清|不好说|不知道|不确定|不了解|没意见|没有意见|难以判断",
    re.IGNORECASE,
)
_NEUTRAL = re.compile(
    r"\b(?:neither|neutral|in between|no (?:effect|change|difference)|about the same)\b"
    r"|介于|一般|中立|没有?(?:影响|变化|差别)|差不多|既不|两者之间|无影响",
    re.IGNORECASE,
)


def find(subject: Subject) -> Iterator[Note]:
    """Look at the labels in English and Chinese; other languages are not known here."""
    for entry in subject.instrument.response_formats:
        if len(entry.options) > 2:
            yield from _middle(entry)
            yield from _sides(entry)


def _middle(entry: ResponseFormat) -> Iterator[Note]:
    inner = entry.options[1:-1]
    for option in inner:
        unsure = [language for language, label in option.label.items() if _UNSURE.search(label)]
        if unsure:
            what = (
                f"response format {entry.id}: code {option.code}, between its neighbours, is "
                f'"{option.label[unsure[0]]}" ({unsure[0]}): not knowing is no degree'
            )
            address = ("response_formats", entry.id, "options", str(option.code))
            yield Note("unsure-midpoint", address, what)


def _sides(entry: ResponseFormat) -> Iterator[Note]:
    neutral = [
        place
        for place, option in enumerate(entry.options)
        if any(_NEUTRAL.search(label) for label in option.label.values())
    ]
    if len(neutral) == 1 and 2 * neutral[0] + 1 != len(entry.options):
        below, above = neutral[0], len(entry.options) - neutral[0] - 1
        what = (
            f"response format {entry.id} has {below} options below the neutral one "
            f"(code {entry.options[neutral[0]].code}) and {above} above"
        )
        if below and above:
            yield Note("lopsided-options", ("response_formats", entry.id), what)


RULE = Rule(
    {
        "unsure-midpoint": Advice(
            "an option between others says that the respondent does not know or cannot tell "
            "(Krosnick & Presser 2010: a midpoint is a degree, no opinion is none)",
            "Name a degree, and offer not knowing as a missing option with a code of its own",
        ),
        "lopsided-options": Advice(
            "a neutral option has unequal numbers of options on its sides, which pulls answers "
            "to the side that has more",
            "Offer as many options below as above",
        ),
    },
    find,
)
