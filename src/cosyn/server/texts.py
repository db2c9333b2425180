"""The fixed phrases of the pages, in any language of the instrument."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from cosyn.i18n import Catalogue, catalogue, catalogue_languages

if TYPE_CHECKING:
    from collections.abc import Sequence

PACKAGE = "cosyn.server"
_EXPORTED = "cosyn.exporters"
_SHARED = ("skip", "consent", "page", "options", "quoted", "or", "ends", "number_hint")
"""Phrases that exported pages have too."""
_LENT = "en"


@cache
def phrases(language: str) -> Catalogue:
    """The phrases in a language; English lends them where the program has none."""
    lender = language if language in catalogue_languages(PACKAGE) else _LENT
    exported = catalogue(_EXPORTED, lender)
    shared = {key: exported(key) for key in _SHARED}
    return Catalogue(lender, {**shared, **catalogue(PACKAGE, lender).phrases})


def name_of(language: str) -> str:
    """What a language calls itself; its tag where that is not known."""
    return phrases(language)("name") if language in catalogue_languages(PACKAGE) else language


def preferred(asked: str, languages: Sequence[str]) -> str:
    """The first of our languages that a browser asks for (RFC 9110, 12.5.4), else our first.

    ``zh-CN`` and ``zh`` find ``zh-Hans``: the primary language decides.
    """
    weighed = sorted(_weighed(asked), key=lambda found: -found[1])
    for tag, _ in weighed:
        exact = [name for name in languages if name.casefold() == tag]
        near = [name for name in languages if _primary(name) == _primary(tag)]
        if exact or near:
            return [*exact, *near][0]
    return languages[0]


def _weighed(asked: str) -> list[tuple[str, float]]:
    found = []
    for part in asked[:200].casefold().split(","):
        tag, _, weight = part.partition(";")
        try:
            share = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            continue
        if tag.strip() and share > 0:
            found.append((tag.strip(), share))
    return found


def _primary(tag: str) -> str:
    return tag.casefold().partition("-")[0]
