"""Languages, texts in several languages, and catalogues of fixed phrases."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from unicodedata import category, normalize

import yaml

from cosyn.errors import InstrumentError

if TYPE_CHECKING:
    from collections.abc import Mapping

Text = dict[str, str]
"""One text in several languages: BCP 47 tag -> wording, e.g. ``{"en": "Yes", "zh-Hans": "是"}``."""
_LOADER: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Safe in both forms; the one in C, where it is built, reads our own files ten times as fast."""
_SIGNS = str.maketrans("‘’“”−", "''\"\"-")


def plain(text: str) -> str:
    """Spell a text so that two that look alike are equal."""
    if text.isascii():
        return " ".join(text.casefold().split())
    folded = normalize("NFKC", normalize("NFKC", text).casefold()).translate(_SIGNS)
    # Format characters (zero-width space, direction marks) come with copied text, unseen.
    return " ".join("".join(c for c in folded if category(c) != "Cf").split())


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The fixed phrases of one part of the program in one language.

    Attributes
    ----------
    language : str
        BCP 47 tag.
    phrases : Mapping[str, str]
        Dotted key -> phrase with ``{named}`` gaps.
    """

    language: str
    phrases: Mapping[str, str]

    def __call__(self, key: str, **values: object) -> str:
        """Look up a phrase and fill its gaps.

        Raises
        ------
        KeyError
            If the catalogue has no such key (our bug: a test keeps the catalogues alike).
        """
        phrase = self.phrases[key]
        return phrase.format(**values) if values else phrase

    def has(self, key: str) -> bool:
        """Tell whether the catalogue has this key."""
        return key in self.phrases


@cache
def catalogue_languages(package: str) -> tuple[str, ...]:
    """Every language a package's ``strings`` folder has a file for, sorted."""
    folder = files(package).joinpath("strings")
    return tuple(sorted(f.name[:-5] for f in folder.iterdir() if f.name.endswith(".yaml")))


@cache
def catalogue(package: str, language: str) -> Catalogue:
    """Read the phrases of a package (``strings/<language>.yaml``) in one language.

    Raises
    ------
    InstrumentError
        If the package has no phrases in this language.
    """
    known = catalogue_languages(package)
    if language not in known:
        raise InstrumentError(
            "language.unknown",
            f"--lang {language}",
            "there are no fixed phrases in this language",
            f"Use one of: {', '.join(known)}",
        )
    text = files(package).joinpath("strings", f"{language}.yaml").read_text(encoding="utf-8")
    phrases = yaml.load(text, Loader=_LOADER)  # noqa: S506 - both are safe
    return Catalogue(language, dict(_flatten(phrases)))


def _flatten(node: dict[str, object], prefix: str = "") -> list[tuple[str, str]]:
    """Turn nested keys into dotted ones."""
    flat: list[tuple[str, str]] = []
    for key, value in node.items():
        name = f"{prefix}{key}"
        flat += _flatten(value, f"{name}.") if isinstance(value, dict) else [(name, str(value))]
    return flat
