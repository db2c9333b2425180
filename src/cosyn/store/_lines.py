"""Submissions as lines of text and back, and a digest of them."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, NamedTuple

from cosyn.instrument.types import Missing
from cosyn.responses import Cell, Submission

if TYPE_CHECKING:
    from collections.abc import Iterable


class Line(NamedTuple):
    """A submission as it is stored: its fields in order, the answers as JSON."""

    id: str
    respondent: str
    department: str
    wave: str
    language: str
    form: str
    digest: str
    row: int
    answers: str
    ordering: str = ""


def to_lines(submissions: Iterable[Submission]) -> list[Line]:
    """Spell submissions out, in the order of the source's rows."""
    return sorted(map(_line, submissions), key=lambda line: (line.row, line.id))


def _line(submission: Submission) -> Line:
    answers = {
        item: (cell.raw, cell.value, cell.missing) for item, cell in submission.answers.items()
    }
    return Line(
        id=submission.id,
        respondent=submission.respondent,
        department=submission.department,
        wave=submission.wave,
        language=submission.language,
        form=submission.form,
        digest=submission.digest,
        row=submission.row,
        answers=json.dumps(answers, sort_keys=True, separators=(",", ":")),
        ordering=submission.order,
    )


def from_lines(lines: Iterable[Line]) -> tuple[Submission, ...]:
    """Read what `to_lines` wrote."""
    known: dict[tuple[str, float | None, str], Cell] = {}
    return tuple(_submission(line, known) for line in lines)


def _submission(line: Line, known: dict[tuple[str, float | None, str], Cell]) -> Submission:
    """Read one line; equal cells, of which there are many, are made once."""
    cells: dict[str, Cell] = {}
    for item, stored in json.loads(line.answers).items():
        raw, value, missing = spelt = tuple(stored)
        if spelt not in known:
            known[spelt] = Cell(raw, value, Missing(missing))
        cells[item] = known[spelt]
    return Submission(
        id=line.id,
        respondent=line.respondent,
        department=line.department,
        wave=line.wave,
        language=line.language,
        form=line.form,
        digest=line.digest,
        row=line.row,
        answers=cells,
        order=line.ordering,
    )


def content(lines: Iterable[Line]) -> str:
    """SHA-256 of some submissions, to notice a changed file.

    A line without an order is spelt as it was before there were orders.
    """
    total = hashlib.sha256()
    for line in lines:
        spelt = line if line.ordering else line[:-1]
        total.update(json.dumps(spelt, default=repr).encode() + b"\n")
    return total.hexdigest()
