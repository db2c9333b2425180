"""What respondents answered: submissions as they came, and the table that analyses read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.instrument.types import Missing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

MISSING_ORDER: tuple[Missing, ...] = tuple(Missing)
"""Position of each reason in `ResponseTable.missing`; 0 means answered."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One response: what the source said, the number it stands for, or why there is none.

    Attributes
    ----------
    raw : str
        As it came, never recoded.
    value : float or None
        The code (not reverse-keyed); None unless `missing` is ``answered``.
    """

    raw: str
    value: float | None
    missing: Missing


@dataclass(frozen=True, slots=True)
class Submission:
    """What one respondent sent.

    Attributes
    ----------
    id : str
        Opaque and unique in the store.
    respondent, department, wave, language : str
        Empty where the source has none.
    form : str
        The form of the instrument the respondent saw, if known.
    digest : str
        Digest of the wording it answers: as stamped on it, or else the study's own.
    row : int
        Row in the source file (its header is row 1), 0 if there is none.
    answers : Mapping[str, Cell]
        Item id -> cell, for the items the source has a column for.
    order : str
        Number of the permuted form, as stamped on it; empty where the source has none.
    seconds : float or None
        From opening the questionnaire to sending it, if the source says so.
    """

    id: str
    respondent: str
    department: str
    wave: str
    language: str
    form: str
    digest: str
    row: int
    answers: Mapping[str, Cell]
    order: str = ""
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class ResponseTable:
    """The responses of n respondents to p items.

    Attributes
    ----------
    items : tuple of str
        Length p.
    values : ndarray of float, shape (n, p)
        Codes as answered, NaN wherever `missing` is not 0.
    missing : ndarray of int8, shape (n, p)
        Index into `MISSING_ORDER`.
    submissions, departments, waves, languages, respondents, forms, orders : tuple of str
        Length n; empty texts where the source has none.
    seconds : ndarray of float, shape (n,)
        Each took to answer, NaN where the source does not say.
    simulated : bool
        Whether any of the rows was drawn by a computer.
    """

    items: tuple[str, ...]
    values: NDArray[np.float64]
    missing: NDArray[np.int8]
    submissions: tuple[str, ...]
    departments: tuple[str, ...]
    waves: tuple[str, ...]
    languages: tuple[str, ...]
    respondents: tuple[str, ...]
    forms: tuple[str, ...]
    orders: tuple[str, ...]
    seconds: NDArray[np.float64]
    simulated: bool

    @property
    def n(self) -> int:
        """Number of respondents."""
        return len(self.submissions)

    def columns(self, items: Sequence[str]) -> NDArray[np.float64]:
        """Values of some items, in the order asked for, shape (n, len(items))."""
        places = [self.items.index(item) for item in items]
        return self.values[:, places]

    def to_pandas(self) -> pd.DataFrame:
        """One row a respondent: submission, department, wave, language, then the items."""
        import pandas as pd  # noqa: PLC0415 - half a second that only this method needs

        frame = pd.DataFrame(self.values, columns=list(self.items))
        for place, (name, column) in enumerate(
            (
                ("submission", self.submissions),
                ("department", self.departments),
                ("wave", self.waves),
                ("language", self.languages),
            )
        ):
            frame.insert(place, name, list(column))
        return frame


def response_table(
    submissions: Sequence[Submission], items: Sequence[str], *, simulated: bool
) -> ResponseTable:
    """Lay submissions out as a table; an item without a column in the source is `not_shown`."""
    n, p = len(submissions), len(items)
    values = np.full((n, p), np.nan)
    missing = np.full((n, p), MISSING_ORDER.index(Missing.NOT_SHOWN), dtype=np.int8)
    for i, submission in enumerate(submissions):
        for j, item in enumerate(items):
            cell = submission.answers.get(item)
            if cell is None:
                continue
            missing[i, j] = MISSING_ORDER.index(cell.missing)
            if cell.value is not None:
                values[i, j] = cell.value
    return ResponseTable(
        items=tuple(items),
        values=values,
        missing=missing,
        submissions=tuple(s.id for s in submissions),
        departments=tuple(s.department for s in submissions),
        waves=tuple(s.wave for s in submissions),
        languages=tuple(s.language for s in submissions),
        respondents=tuple(s.respondent for s in submissions),
        forms=tuple(s.form for s in submissions),
        orders=tuple(s.order for s in submissions),
        seconds=np.array([np.nan if s.seconds is None else s.seconds for s in submissions], float),
        simulated=simulated,
    )
