"""Compare texts as people do: width, case, blanks and the kind of quotes do not count."""

from __future__ import annotations

import math
import re
from difflib import get_close_matches
from typing import TYPE_CHECKING
from unicodedata import normalize

from cosyn.i18n import plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

__all__ = ["hint", "key", "listed", "number", "plain", "repaired", "spell", "tidy"]

_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]{1,3})?")
_WHOLE = re.compile(r"(-?[0-9]+)\.0+")


def number(text: str) -> float | None:
    """Read a plain text as a finite number; None for anything else, decimal commas included."""
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    return value if math.isfinite(value) else None


def key(text: str) -> str:
    """Spell a cell for look-up: numbers in one way (``5``, ``5.0``, ``５``), texts plainly."""
    spelt = plain(text)
    value = number(spelt)
    return spelt if value is None else spell(value)


def spell(value: float) -> str:
    """Write a number as `key` does."""
    return str(int(value)) if value.is_integer() else repr(value)


def tidy(text: str) -> str:
    """Clean a name for storing: ordinary width and blanks, and ``3.0`` from a spreadsheet is 3."""
    clean = " ".join(normalize("NFKC", text).split())
    whole = _WHOLE.fullmatch(clean)
    return whole[1] if whole else clean


LOST = "?"
"""Stands for characters that nobody can bring back."""


def repaired(text: str) -> str | None:
    """What a text was before it was read in a wrong encoding; None if it is as it should be.

    UTF-8 taken for Windows-1252 (``cafÃ©``) or for GB18030 forms UTF-8 again when it is turned
    back, which other texts hardly ever do. `LOST` where characters are lost.
    """
    if text.isascii():
        return None
    if "\ufffd" in text or "锟斤拷" in text:
        return LOST
    for encode in (_western, _chinese):
        try:
            meant = encode(text).decode("utf-8")
        except UnicodeError:
            continue
        if meant != text and not meant.isascii():
            return meant
    return None


def _western(text: str) -> bytes:
    """Windows-1252 as programs read it: bytes that it leaves open are the characters of Latin-1."""
    return b"".join(c.encode("latin-1" if "\x80" <= c <= "\x9f" else "cp1252") for c in text)


def _chinese(text: str) -> bytes:
    return text.encode("gb18030")


def listed(names: Sequence[object], most: int = 5) -> str:
    """Write the first few names in a row, and how many more there are."""
    shown = ", ".join(str(name) for name in names[:most])
    more = len(names) - most
    return f"{shown} and {more} more" if more > 0 else shown


def hint(name: str, known: Iterable[str]) -> str:
    """Suggest the known name that is nearest, or list some."""
    names = list(known)
    by_plain = {plain(n): n for n in names}
    close = get_close_matches(plain(name), by_plain, 1)
    if close:
        return f"Perhaps {by_plain[close[0]]!r} is meant"
    return f"Use one of: {listed(names, 8)}"
