"""Names that Mplus can hold: at most eight characters, whatever their case."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LONGEST = 8
_WORDS = """
    all at between by categorical cluster data define inf missing model names new on pon pwith save
    test then title using variable weight with within xwith
"""
_RESERVED = frozenset(_WORDS.split())


def short_names(names: Iterable[str], taken: Iterable[str] = ()) -> dict[str, str]:
    """Give each name one of its own: itself if it fits, else its beginning and a number."""
    used = {name.casefold() for name in taken}
    given: dict[str, str] = {}
    for name in dict.fromkeys(names):
        spelt = "".join(c if c.isascii() and c.isalnum() else "_" for c in name)
        if not spelt[:1].isalpha():
            spelt = f"v{spelt}"
        given[name] = _free(spelt, used)
        used.add(given[name].casefold())
    return given


def _free(spelt: str, used: set[str]) -> str:
    if len(spelt) <= LONGEST and spelt.casefold() not in used | _RESERVED:
        return spelt
    number = 1
    while True:
        end = f"_{number}"
        name = f"{spelt[: LONGEST - len(end)]}{end}"
        if name.casefold() not in used | _RESERVED:
            return name
        number += 1
