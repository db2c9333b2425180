"""Every reason for no answer has a code of its own, which no answer can have.

See docs/adr/0005-a-code-for-every-reason.md.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import chain, product
from typing import TYPE_CHECKING

from cosyn.codebook.spss import missing_codes
from cosyn.errors import InstrumentError
from cosyn.instrument.types import Missing, MissingOption

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from cosyn.i18n import Text
    from cosyn.instrument.types import ResponseFormat

REASONS: tuple[Missing, ...] = (
    Missing.NOT_SHOWN,
    Missing.NOT_ANSWERED,
    Missing.DONT_KNOW,
    Missing.NOT_APPLICABLE,
    Missing.REFUSED,
    Missing.INVALID,
    Missing.SUPPRESSED,
)
"""In the order of the last digit of reserved codes: 1 is not shown."""
LETTERS: Mapping[Missing, str] = {
    Missing.NOT_ANSWERED: "a",
    Missing.DONT_KNOW: "d",
    Missing.INVALID: "i",
    Missing.NOT_APPLICABLE: "n",
    Missing.REFUSED: "r",
    Missing.NOT_SHOWN: "s",
    Missing.SUPPRESSED: "x",
}
"""Extended missing values of Stata, which hold no number: .a to .x."""
_LONGEST = 9
"""Digits of a code that every program holds exactly."""


def reserved(formats: Sequence[ResponseFormat]) -> dict[Missing, int]:
    """Choose codes that are free in every response format: 991 to 997 if they are.

    Of the free blocks the first is taken with which SPSS can declare all codes of most formats.

    Raises
    ------
    InstrumentError
        ``data.no-free-codes`` if numbers of any size are answers.
    """
    free = [block for block in _blocks() if all(_is_free(block, f) for f in formats)]
    if not free:
        raise InstrumentError(
            "data.no-free-codes",
            "response_formats.yaml",
            f"every number of up to {_LONGEST} digits is an answer of some format",
            "Narrow the range of the numeric formats",
        )
    return min(free, key=lambda block: sum(_undeclared(block, f) for f in formats))


def _blocks() -> Iterator[dict[Missing, int]]:
    """Yield 991 ... 997, -991 ... -997, 9991 ... and so on."""
    for digits, sign in product(range(3, _LONGEST + 1), (1, -1)):
        base = 10**digits - 10
        yield {reason: sign * (base + k) for k, reason in enumerate(REASONS, start=1)}


def _is_free(block: Mapping[Missing, int], scale: ResponseFormat) -> bool:
    taken = {m.code for m in scale.missing}
    return not any(code in taken or scale.accepts(code) for code in block.values())


def _undeclared(block: Mapping[Missing, int], scale: ResponseFormat) -> bool:
    _, spare = missing_codes(widened(scale, block, lambda _: {}))
    return bool(spare)


def widened(
    scale: ResponseFormat, block: Mapping[Missing, int], label: Callable[[Missing], Text]
) -> ResponseFormat:
    """Give a response format a reserved code for each reason that it has none for."""
    known = {missing.reason for missing in scale.missing}
    more = (
        MissingOption(code, reason, label(reason), offered=False)
        for reason, code in block.items()
        if reason not in known
    )
    return replace(scale, missing=tuple(chain(scale.missing, more)))


def codes_of(scale: ResponseFormat) -> dict[Missing, int]:
    """Which code stands for a reason; the first if a format has several."""
    found: dict[Missing, int] = {}
    for missing in scale.missing:
        found.setdefault(missing.reason, missing.code)
    return found
