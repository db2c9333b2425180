"""Submissions as columns in the file and back, and a digest of them."""

from __future__ import annotations

import hashlib
import json
import zlib
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from cosyn.columns import Column, narrow
from cosyn.instrument.types import Missing
from cosyn.responses import Answers, Cell, Submissions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from cosyn.columns import Codes

Kind = Literal["id", "row", "seconds", "particular", "item"]
_QUICK = 1


class Stored(NamedTuple):
    """A column as it is stored.

    Attributes
    ----------
    texts : str
        The distinct texts or cells, as JSON.
    codes : bytes
        The n codes or numbers: a letter for their type, then them, compressed.
    """

    kind: str
    name: str
    place: int
    texts: str
    codes: bytes


def ordered(submissions: Submissions) -> Submissions:
    """In the order of the source's rows."""
    ids = np.array(submissions.ids.texts, dtype=str)
    if not len(submissions):
        return submissions
    return submissions.taken(np.lexsort((ids[submissions.ids.codes], submissions.rows)))


def to_columns(submissions: Submissions) -> list[Stored]:
    """Spell submissions out; equal submissions are spelt alike."""
    found: list[Stored] = []

    def add(kind: Kind, name: str, texts: object, codes: NDArray[Any]) -> None:
        spelt = json.dumps(texts, separators=(",", ":"))
        found.append(Stored(kind, name, len(found), spelt, _packed(codes)))

    ids = submissions.ids.tidied()
    add("id", "", ids.texts, ids.codes)
    add("row", "", None, submissions.rows)
    add("seconds", "", None, submissions.seconds)
    for name, texts in submissions.particulars.items():
        tidy = texts.tidied()
        add("particular", name, tidy.texts, tidy.codes)
    for item, answers in submissions.answers.items():
        cells = tuple((cell.raw, cell.value, cell.missing.value) for cell in answers.cells)
        places, codes = _numbered(answers.codes)
        add("item", item, [cells[i] for i in places], codes)
    return found


def _numbered(codes: Codes) -> tuple[list[int], Codes]:
    """Number what is held as it first occurs; -1 stays."""
    held, first = np.unique(codes, return_index=True)
    places = [int(held[i]) for i in np.argsort(first, kind="stable") if held[i] >= 0]
    rank = np.full(max(places, default=-1) + 2, -1, np.int32)
    rank[places] = np.arange(len(places), dtype=np.int32)
    return places, narrow(rank)[codes]


def from_columns(columns: Iterable[Stored]) -> Submissions:
    """Read what `to_columns` wrote."""
    by_kind: dict[str, dict[str, Stored]] = {}
    for column in sorted(columns, key=lambda column: column.place):
        by_kind.setdefault(column.kind, {})[column.name] = column
    return Submissions(
        ids=_column(by_kind["id"][""]),
        rows=_unpacked(by_kind["row"][""].codes),
        particulars={name: _column(c) for name, c in by_kind["particular"].items()},
        seconds=_unpacked(by_kind["seconds"][""].codes),
        answers={name: _answers(c) for name, c in by_kind.get("item", {}).items()},
    )


def _column(stored: Stored) -> Column:
    return Column(tuple(json.loads(stored.texts)), _unpacked(stored.codes))


def _answers(stored: Stored) -> Answers:
    cells = tuple(
        Cell(raw, value, Missing(missing)) for raw, value, missing in json.loads(stored.texts)
    )
    return Answers(cells, _unpacked(stored.codes))


def _packed(numbers: NDArray[Any]) -> bytes:
    """A letter for their type, then the numbers, compressed."""
    raw = numbers.astype(numbers.dtype.newbyteorder("<")).tobytes()
    return numbers.dtype.char.encode() + zlib.compress(raw, _QUICK)


def _unpacked(packed: bytes) -> NDArray[Any]:
    kind = np.dtype(packed[:1].decode()).newbyteorder("<")
    return np.frombuffer(zlib.decompress(packed[1:]), kind).astype(kind.newbyteorder("="))


def content(columns: Iterable[Stored]) -> str:
    """SHA-256 of some submissions, to notice a changed file."""
    total = hashlib.sha256()
    for part in _parts(columns):
        total.update(part)
    return total.hexdigest()


def _parts(columns: Iterable[Stored]) -> Iterator[bytes]:
    for column in sorted(columns, key=lambda column: (column.kind, column.name)):
        numbers = zlib.decompress(column.codes[1:])
        yield json.dumps((column.kind, column.name, column.texts, len(numbers))).encode()
        yield numbers
