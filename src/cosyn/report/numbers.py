"""How numbers are written in each language."""

from __future__ import annotations

from dataclasses import dataclass

MINUS = "\N{MINUS SIGN}"
DASH = "\N{EM DASH}"


@dataclass(frozen=True, slots=True)
class Numbers:
    """Number formats of one language.

    Attributes
    ----------
    leading_zero : bool
        Whether statistics that cannot exceed 1 are written 0.71 (GB) or .71 (APA 7).
    """

    leading_zero: bool

    def plain(self, value: float, digits: int = 2) -> str:
        """Write a number with a leading zero, e.g. 0.71 or 4.20."""
        text = f"{value:,.{digits}f}"
        if float(text.replace(",", "")) == 0:
            text = text.lstrip("-")
        return text.replace("-", MINUS)

    def bounded(self, value: float, digits: int = 2) -> str:
        """Write a number that cannot exceed 1 in size, e.g. .71."""
        text = self.plain(value, digits)
        if self.leading_zero or abs(value) >= 1:
            return text
        return text.replace("0.", ".", 1)

    def integer(self, value: float) -> str:
        """Write a count, e.g. 1,446."""
        return f"{value:,.0f}".replace("-", MINUS)

    def percent(self, share: float, digits: int = 1) -> str:
        """Write a share as per cent, e.g. 12.5."""
        return f"{100 * share:.{digits}f}"

    def p(self, value: float) -> str:
        """Write a p-value, e.g. .012 or < .001."""
        if value < 0.001:
            return f"< {self.bounded(0.001, 3)}"
        return self.bounded(value, 3)

    def interval(self, low: float, high: float, *, bounded: bool = False, digits: int = 2) -> str:
        """Write an interval, e.g. [.27, .51]."""
        write = self.bounded if bounded else self.plain
        return f"[{write(low, digits)},\u00a0{write(high, digits)}]"


def numbers_of(language: str) -> Numbers:
    """Formats of a language: APA style in English, GB style elsewhere."""
    return Numbers(leading_zero=not language.startswith("en"))
