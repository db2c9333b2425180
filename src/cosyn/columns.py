"""A column of texts, each distinct text kept once: a million answers take the room of a few."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from numpy.typing import NDArray

    Codes = NDArray[np.signedinteger[Any]]


def narrow(codes: Codes) -> Codes:
    """Keep codes of -1 and more in the smallest type that holds them."""
    most = int(codes.max(initial=0))
    return codes.astype(next(t for t in "bhi" if most <= np.iinfo(t).max), copy=False)


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """The texts of n rows.

    Attributes
    ----------
    texts : tuple of str
        The distinct ones; some may be in no row.
    codes : ndarray of int, shape (n,)
        Position of each row's text among them, in as few bytes as will do.
    """

    texts: tuple[str, ...]
    codes: Codes

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.codes)

    def __getitem__(self, row: int) -> str:
        """The text of a row."""
        return self.texts[int(self.codes[row])]

    def __iter__(self) -> Iterator[str]:
        """The text of each row."""
        return map(self.texts.__getitem__, self.codes.tolist())

    def taken(self, rows: NDArray[np.intp] | NDArray[np.bool_] | slice) -> Column:
        """Only some rows, in the order given."""
        return Column(self.texts, self.codes[rows])

    def counts(self) -> NDArray[np.intp]:
        """How many rows hold each text."""
        return np.bincount(self.codes, minlength=len(self.texts))

    def where(self, text: int) -> NDArray[np.intp]:
        """Rows that hold the text at a position of `texts`."""
        return np.flatnonzero(self.codes == text)

    def held(self) -> tuple[str, ...]:
        """The texts that some row holds, in the order of `texts`."""
        return tuple(self.texts[i] for i in np.flatnonzero(self.counts()))

    def mapped(self, spell: Callable[[str], str]) -> Column:
        """Change each text; those that become alike become one."""
        places: dict[str, int] = {}
        codes = [places.setdefault(spell(text), len(places)) for text in self.texts]
        return Column(tuple(places), narrow(np.array(codes, np.int32))[self.codes])

    def tidied(self) -> Column:
        """The same rows with the texts they hold alone, numbered as they first occur."""
        found, first, codes = np.unique(self.codes, return_index=True, return_inverse=True)
        order = np.argsort(first, kind="stable")
        rank = np.empty(len(order), np.int32)
        rank[order] = np.arange(len(order), dtype=np.int32)
        return Column(tuple(self.texts[found[i]] for i in order), narrow(rank)[codes])


def column(texts: Sequence[str]) -> Column:
    """Code the texts of some rows."""
    growing = GrowingColumn()
    growing.add(texts)
    return growing.done()


def constant(text: str, n: int) -> Column:
    """The same text in n rows."""
    return Column((text,), np.zeros(n, np.int8))


def joined(columns: Sequence[Column]) -> Column:
    """The rows of several columns below one another."""
    places: dict[str, int] = {}
    parts = []
    for part in columns:
        codes = [places.setdefault(text, len(places)) for text in part.texts]
        parts.append(narrow(np.array(codes, np.int32))[part.codes] if codes else part.codes)
    return Column(tuple(places), np.concatenate(parts) if parts else np.empty(0, np.int8))


class _Numbered(dict[str, int]):
    """Gives each new text the next number."""

    def __missing__(self, text: str) -> int:
        self[text] = number = len(self)
        return number


class GrowingColumn:
    """A column under way: rows are added in pieces, so that a file need not be held as texts."""

    def __init__(self) -> None:
        self._known = _Numbered()
        self._parts: list[Codes] = []

    def add(self, texts: Sequence[str]) -> None:
        """Add rows."""
        codes = map(self._known.__getitem__, texts)
        self._parts.append(narrow(np.fromiter(codes, np.int32, len(texts))))

    def done(self) -> Column:
        """The column of all rows added."""
        codes = np.concatenate(self._parts) if self._parts else np.empty(0, np.int8)
        return Column(tuple(self._known), codes)
