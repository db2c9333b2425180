"""What respondents answered: submissions as they came, and the table that analyses read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import TYPE_CHECKING, overload

import numpy as np

from cosyn.coded import Coded
from cosyn.columns import Column, constant, joined, narrow
from cosyn.columns import column as coded
from cosyn.instrument.types import Missing

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from cosyn.columns import Codes

MISSING_ORDER: tuple[Missing, ...] = tuple(Missing)
"""Position of each reason in `ResponseTable.missing`; 0 means answered."""
_NOT_SHOWN = MISSING_ORDER.index(Missing.NOT_SHOWN)


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
    week : str
        ISO week in which it was sent, e.g. ``2026-W37``: exact times are not kept.
    metadata : Mapping[str, str]
        What the instrument says is known of a submission besides, such as how it was asked.
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
    week: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """The responses of n respondents to one item, each distinct cell kept once.

    Attributes
    ----------
    codes : ndarray of int, shape (n,)
        Position of each respondent's cell among `cells`; -1 where the source has no column.
    """

    cells: tuple[Cell, ...]
    codes: Codes


@dataclass(frozen=True, slots=True, eq=False)
class Submissions(Sequence[Submission]):
    """n submissions as columns; as a sequence, one submission after another.

    Attributes
    ----------
    ids : Column
        Opaque and unique in the store.
    rows : ndarray of int64, shape (n,)
        Row of each in the source file.
    particulars : Mapping[str, Column]
        Name (`PARTICULARS`, or one that the instrument gives metadata) -> its n texts.
    seconds : ndarray of float, shape (n,)
        NaN where the source does not say.
    answers : Mapping[str, Answers]
        Item id -> its n cells.
    """

    ids: Column
    rows: NDArray[np.int64]
    particulars: Mapping[str, Column]
    seconds: NDArray[np.float64]
    answers: Mapping[str, Answers]

    def __len__(self) -> int:
        """Number of submissions."""
        return len(self.rows)

    @overload
    def __getitem__(self, index: int) -> Submission: ...
    @overload
    def __getitem__(self, index: slice) -> Submissions: ...
    def __getitem__(self, index: int | slice) -> Submission | Submissions:
        """One submission, or some."""
        if isinstance(index, slice):
            return self.taken(np.arange(len(self))[index])
        known = {name: self.particulars[name][index] for name in PARTICULARS}
        seconds = float(self.seconds[index])
        return Submission(
            id=self.ids[index],
            row=int(self.rows[index]),
            answers={
                item: answers.cells[answers.codes[index]]
                for item, answers in self.answers.items()
                if answers.codes[index] >= 0
            },
            seconds=None if np.isnan(seconds) else seconds,
            metadata={name: texts[index] for name, texts in self.metadata.items()},
            **known,
        )

    @property
    def metadata(self) -> dict[str, Column]:
        """What is known of the submissions that the instrument names, in its words."""
        return {n: texts for n, texts in self.particulars.items() if n not in PARTICULARS}

    def taken(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> Submissions:
        """Only some submissions, in the order given."""
        return Submissions(
            self.ids.taken(rows),
            self.rows[rows],
            {name: texts.taken(rows) for name, texts in self.particulars.items()},
            self.seconds[rows],
            {item: replace(a, codes=a.codes[rows]) for item, a in self.answers.items()},
        )


PARTICULARS = ("respondent", "department", "wave", "language", "form", "order", "digest", "week")
"""What is known of a submission beside its answers: fields of `Submission`."""


def submissions_of(submissions: Sequence[Submission]) -> Submissions:
    """Lay some submissions out as columns."""
    items = dict.fromkeys(chain.from_iterable(s.answers for s in submissions))
    further = dict.fromkeys(chain.from_iterable(s.metadata for s in submissions))
    known = {name: coded([getattr(s, name) for s in submissions]) for name in PARTICULARS}
    return Submissions(
        ids=coded([s.id for s in submissions]),
        rows=np.array([s.row for s in submissions], np.int64),
        particulars=known
        | {n: coded([s.metadata.get(n, "") for s in submissions]) for n in further},
        seconds=_seconds(submissions),
        answers={item: _answers([s.answers.get(item) for s in submissions]) for item in items},
    )


def _seconds(submissions: Iterable[Submission]) -> NDArray[np.float64]:
    return np.array([np.nan if s.seconds is None else s.seconds for s in submissions], np.float64)


def _answers(cells: Sequence[Cell | None]) -> Answers:
    places: dict[Cell, int] = {}
    codes = [-1 if cell is None else places.setdefault(cell, len(places)) for cell in cells]
    return Answers(tuple(places), narrow(np.array(codes, np.int32)))


def join(parts: Sequence[Submissions]) -> Submissions:
    """The submissions of several sources below one another."""
    if len(parts) == 1:
        return parts[0]
    items = dict.fromkeys(chain.from_iterable(part.answers for part in parts))
    further = chain.from_iterable(part.metadata for part in parts)
    return Submissions(
        ids=joined([part.ids for part in parts]),
        rows=np.concatenate([np.empty(0, np.int64), *(part.rows for part in parts)]),
        particulars={
            name: joined([part.particulars.get(name, constant("", len(part))) for part in parts])
            for name in dict.fromkeys((*PARTICULARS, *further))
        },
        seconds=np.concatenate([np.empty(0), *(part.seconds for part in parts)]),
        answers={item: _joined_answers(item, parts) for item in items},
    )


def _joined_answers(item: str, parts: Sequence[Submissions]) -> Answers:
    places: dict[Cell, int] = {}
    codes: list[Codes] = []
    for part in parts:
        found = part.answers.get(item)
        if found is None:
            codes.append(np.full(len(part), -1, np.int8))
            continue
        # The last place is that of -1: the source has no column.
        new = [*(places.setdefault(cell, len(places)) for cell in found.cells), -1]
        codes.append(narrow(np.array(new, np.int32))[found.codes])
    return Answers(tuple(places), np.concatenate(codes))


@dataclass(frozen=True, slots=True)
class ResponseTable:
    """The responses of n respondents to p items.

    Attributes
    ----------
    items : tuple of str
        Length p.
    matrix : ndarray of float or Coded, shape (n, p)
        Codes as answered, NaN wherever `missing` is not 0.
    missing : ndarray of int8, shape (n, p)
        Index into `MISSING_ORDER`.
    submissions, departments, waves, languages, respondents, forms, orders : tuple of str
        Length n; empty texts where the source has none.
    seconds : ndarray of float, shape (n,)
        Each took to answer, NaN where the source does not say.
    simulated : bool
        Whether any of the rows was drawn by a computer.
    metadata : Mapping[str, tuple of str]
        Name that the instrument gives it -> its n texts.
    """

    items: tuple[str, ...]
    matrix: NDArray[np.float64] | Coded
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
    metadata: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def n(self) -> int:
        """Number of respondents."""
        return len(self.submissions)

    @property
    def values(self) -> NDArray[np.float64]:
        """Codes as an array of floats, shape (n, p); laid out anew where `matrix` is coded."""
        return np.asarray(self.matrix)

    def columns(self, items: Sequence[str]) -> NDArray[np.float64]:
        """Values of some items, in the order asked for, shape (n, len(items))."""
        places = [self.items.index(item) for item in items]
        return self.matrix[:, places]

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


def select(table: ResponseTable, rows: NDArray[np.bool_]) -> ResponseTable:
    """Only some respondents of a table, in its order."""
    places = np.flatnonzero(rows)

    def taken(texts: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(texts[place] for place in places)

    return replace(
        table,
        matrix=table.matrix[places],
        missing=table.missing[places],
        submissions=taken(table.submissions),
        departments=taken(table.departments),
        waves=taken(table.waves),
        languages=taken(table.languages),
        respondents=taken(table.respondents),
        forms=taken(table.forms),
        orders=taken(table.orders),
        seconds=table.seconds[places],
        metadata={name: taken(texts) for name, texts in table.metadata.items()},
    )


def first_items(table: ResponseTable, p: int) -> ResponseTable:
    """Only the first p items of a table; the answers are shared with it, not copied."""
    matrix: NDArray[np.float64] | Coded = table.matrix[:, :p]
    return replace(table, items=table.items[:p], matrix=matrix, missing=table.missing[:, :p])


def response_table(
    submissions: Submissions,
    items: Sequence[str],
    *,
    simulated: bool,
    beside: ResponseTable | None = None,
) -> ResponseTable:
    """Lay submissions out as a table; an item without a column in the source is `not_shown`.

    The codes are shared with the submissions, so that a million respondents take little memory.

    Parameters
    ----------
    beside : ResponseTable, optional
        Another table of the same submissions, to share with it what is no answer.
    """
    n, p = len(submissions), len(items)
    nowhere = np.full(n, -1, np.int8)
    numbers, places = [np.array([np.nan])] * p, [nowhere] * p
    missing = np.full((n, p), _NOT_SHOWN, np.int8)
    for j, item in enumerate(items):
        found = submissions.answers.get(item)
        if found is None:
            continue
        # The last place is that of -1: the source has no column.
        codes = [np.nan if cell.value is None else cell.value for cell in found.cells]
        reasons = [MISSING_ORDER.index(cell.missing) for cell in found.cells]
        numbers[j], places[j] = np.array([*codes, np.nan]), found.codes
        missing[:, j] = np.array([*reasons, _NOT_SHOWN], np.int8)[found.codes]
    matrix = Coded(tuple(numbers), tuple(places), n)
    if beside is not None:
        return replace(beside, items=tuple(items), matrix=matrix, missing=missing)
    known = {name: tuple(texts) for name, texts in submissions.particulars.items()}
    return ResponseTable(
        items=tuple(items),
        matrix=matrix,
        missing=missing,
        submissions=tuple(submissions.ids),
        departments=known["department"],
        waves=known["wave"],
        languages=known["language"],
        respondents=known["respondent"],
        forms=known["form"],
        orders=known["order"],
        seconds=submissions.seconds,
        simulated=simulated,
        metadata={name: tuple(texts) for name, texts in submissions.metadata.items()},
    )
