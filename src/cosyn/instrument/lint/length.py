"""Items that are long, or much longer in one language than in another."""

from __future__ import annotations

import math
from statistics import median
from typing import TYPE_CHECKING

from cosyn.instrument.lint._types import Advice, Note, Rule
from cosyn.instrument.reading import characters, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.instrument.lint._types import Subject

MOST_WORDS = 25
MOST_CHARACTERS = 40
OUTLYING = 3.0
_FEWEST = 10
"""Words of a text, and items, below which a ratio of lengths says little."""
_NORMAL = 1.4826
"""Makes the median absolute deviation a standard deviation, if the ratios are lognormal."""


def find(subject: Subject) -> Iterator[Note]:
    """Count words or Chinese characters, placeholders' default words among them."""
    for item in subject.items:
        for language, text in subject.words(item).items():
            count, han = words(text), characters(text)
            unit, most = ("characters", MOST_CHARACTERS) if han else ("words", MOST_WORDS)
            if count > most:
                what = f"item {item.id} has {count} {unit} in {language}; {most} are easily read"
                yield Note("long-item", ("items", item.id, "text", language), what)
    yield from _outlying(subject)


def _outlying(subject: Subject) -> Iterator[Note]:
    """Compare every language with the first: one or the other may say more."""
    base, *others = subject.instrument.languages
    texts = {item.id: subject.words(item) for item in subject.items}
    for language in others:
        ratios = {
            name: math.log(len(text[language]) / len(text[base]))
            for name, text in texts.items()
            if min(words(text[language]), words(text[base])) >= _FEWEST
        }
        if len(ratios) < _FEWEST:
            continue
        usual = median(ratios.values())
        spread = _NORMAL * median(abs(ratio - usual) for ratio in ratios.values())
        for name, ratio in ratios.items():
            if spread > 0 and abs(ratio - usual) / spread > OUTLYING:
                more = "longer" if ratio > usual else "shorter"
                what = (
                    f"item {name} is {more} in {language} than its text in {base} leads one to "
                    f"expect: {math.exp(ratio):.2f} of its length, usually {math.exp(usual):.2f}"
                )
                yield Note("length-ratio", ("items", name, "text", language), what)


RULE = Rule(
    {
        "long-item": Advice(
            f"an item has more than {MOST_WORDS} words, or {MOST_CHARACTERS} Chinese characters "
            "(conventions)",
            "Say it in fewer words; move what all items share to the page's instruction",
        ),
        "length-ratio": Advice(
            "the logarithm of the ratio of the lengths in two languages lies more than "
            f"{OUTLYING:g} robust standard deviations (median absolute deviation) from the "
            "instrument's median (a convention; Iglewicz & Hoaglin 1993 take 3.5); texts of fewer "
            f"than {_FEWEST} words are left out",
            "Compare the two texts: one may say more than the other",
        ),
    },
    find,
)
