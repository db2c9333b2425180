"""Items that say the same."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from cosyn.instrument.lint._types import Advice, Note, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cosyn.instrument.lint._types import Subject

ALIKE = 0.9
"""Least share of common pairs of characters; a convention."""


def find(subject: Subject) -> Iterator[Note]:
    """Compare the texts of one language with one another; an item is told of once."""
    equal: dict[tuple[str, str], list[str]] = defaultdict(list)
    near: dict[tuple[str, str], list[str]] = defaultdict(list)
    for language in subject.instrument.languages:
        owners: dict[str, list[str]] = defaultdict(list)
        for item in subject.items:
            owners[" ".join(item.text[language].casefold().split())].append(item.id)
        for ids in owners.values():
            for other in ids[1:]:
                equal[ids[0], other].append(language)
        for one, other, share in _alike({ids[0]: text for text, ids in owners.items()}):
            near[one, other].append(f"{language}, {share:.0%}")
    for (one, other), languages in equal.items():
        what = f"items {one} and {other} have the same text ({', '.join(languages)})"
        yield Note("equal-text", ("items", other, "text"), what)
    for (one, other), languages in near.items():
        what = f"items {one} and {other} have almost the same text ({'; '.join(languages)})"
        yield Note("near-equal-text", ("items", other, "text"), what)


def _alike(texts: Mapping[str, str]) -> Iterator[tuple[str, str, float]]:
    """Each text with an earlier one whose coefficient of Dice (1945) is at least `ALIKE`.

    The pairs of neighbouring characters of a text are the bits of a number, so that what two
    texts have in common is counted in one step.
    """
    places: dict[str, int] = {}
    earlier: list[tuple[str, int, int]] = []
    for name, text in texts.items():
        pairs = {text[i : i + 2] for i in range(max(len(text) - 1, 1))}
        bits = sum(1 << places.setdefault(pair, len(places)) for pair in pairs)
        size = len(pairs)
        for other, other_bits, other_size in earlier:
            common = 2 * (bits & other_bits).bit_count()
            if common >= ALIKE * (size + other_size):
                yield other, name, common / (size + other_size)
                break
        earlier.append((name, bits, size))


RULE = Rule(
    {
        "equal-text": Advice(
            "two items have the same text in a language, blanks and capitals apart",
            "Keep one, or say what the other asks for",
        ),
        "near-equal-text": Advice(
            f"two texts of a language have {ALIKE:.0%} of their neighbouring characters in common "
            "(Dice coefficient; the threshold is a convention): what they share beyond their "
            "construct inflates reliability",
            "Keep one, or make them ask for different things",
        ),
    },
    find,
)
