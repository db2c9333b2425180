"""Answers that are read block by block and never held together.

One reading gathers the sufficient statistics of every group: moments, or two-way tables of
ordinal items. Maximum likelihood with its standard errors, tests and measures needs no more.
What respondents contribute one by one (robust standard errors and tests, with clusters or
without, and the asymptotic covariance of ordinal statistics) takes a second reading. Memory does
not grow with the number of respondents, but with that of clusters.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine._ordinal_data import check_levels
from cosyn.engine._roles import roles_of
from cosyn.engine.categories import levels_of
from cosyn.engine.columns import Frame, data_fault, labels, numbers, numeric_columns
from cosyn.engine.moments import checked_moments
from cosyn.engine.ordinal import ordinal_from_tables
from cosyn.engine.respondents import check_categories, check_clusters, nobody, used_rows
from cosyn.engine.rows import Rows
from cosyn.engine.sufficient import Moments, Tables, moments_of, tables_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from cosyn.engine._typing import Indices, Matrix
    from cosyn.engine.moments import SampleMoments
    from cosyn.engine.ordinal import OrdinalMoments
    from cosyn.engine.respondents import Missing
    from cosyn.engine.syntax import Statement

    #: A function that begins to read anew, something to iterate over again and again, or an
    #: iterator, which can be read only once.
    Source = Callable[[], Iterable[Frame]] | Iterable[Frame]


@dataclass(frozen=True, slots=True)
class Reading:
    """What is read of each block.

    Attributes
    ----------
    names : tuple of str, length p
    ordinal : bool
        Whether they are items whose tables are wanted, rather than moments.
    group, cluster : str or None
        Columns of the groups, and of the clusters.
    missing : str
    """

    names: tuple[str, ...]
    ordinal: bool
    group: str | None
    cluster: str | None
    missing: Missing


class _Numbers:
    """Numbers of labels, in order of first appearance."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}

    def of(self, block: Frame, column: str, *, new: bool) -> Indices:
        """The numbers of the labels in a column; -1 where missing or, unless `new`, unheard of."""
        texts, codes = labels(block, column)
        if new:
            for text in texts:
                self._known.setdefault(text, len(self._known))
        places = np.array([*(self._known.get(text, -1) for text in texts), -1], dtype=np.intp)
        return places[codes]

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._known)


class _Reader:
    """Splits blocks into the rows of each group, always numbering groups and clusters alike."""

    def __init__(self, reading: Reading) -> None:
        self.reading = reading
        self.n_read = 0
        self._groups, self._clusters = _Numbers(), _Numbers()
        self._gathered: dict[int, Moments | Tables] = {}
        self._clusters_of: dict[int, set[int]] = {}

    def rows(self, block: Frame, *, new: bool) -> Iterator[Rows]:
        """The respondents of a block that are used."""
        reading = self.reading
        _check_columns(block, reading.names)
        X = numbers(block, reading.names)
        codes, clusters = np.zeros(len(X), dtype=np.intp), None
        if reading.group is not None:
            codes = self._groups.of(block, reading.group, new=new)
        if reading.cluster is not None:
            clusters = self._clusters.of(block, reading.cluster, new=new)
        self.n_read += len(X) if new else 0
        kept = used_rows(X, codes, clusters, reading.missing)
        for group in np.unique(codes[kept]):
            here = kept & (codes == group)
            part = X if here.all() else X[here]
            yield Rows(int(group), part, None if clusters is None else clusters[here])

    def gather(self, block: Frame) -> None:
        """Add the sufficient statistics of a block."""
        for group, X, cluster in self.rows(block, new=True):
            found = self._tables(X) if self.reading.ordinal else moments_of(X)
            self._gathered[group] = _sum(self._gathered.get(group), found)
            if cluster is not None:
                self._clusters_of.setdefault(group, set()).update(np.unique(cluster).tolist())

    def _tables(self, X: Matrix) -> Tables:
        levels = levels_of(X)
        check_levels(levels, self.reading.names)
        return tables_of(X, levels)

    def found(self, columns: list[str], source: Source) -> Blocks:
        """What has been gathered.

        Raises
        ------
        IdentificationError
            If nobody is left in a group, or fewer than two clusters.
        """
        column = self.reading.group
        groups = ("",) if column is None else self._groups.names
        if not groups:
            raise data_fault("no-groups", f"the column `{column}` is empty", "Name another column")
        for number, name in enumerate(groups):
            if number not in self._gathered:
                raise nobody(name)
            if self.reading.cluster is not None:
                check_clusters(len(self._clusters_of[number]))
        gathered = tuple(self._gathered[number] for number in range(len(groups)))
        n = sum(each.n for each in gathered)
        return Blocks(columns, groups, gathered, self.n_read - n, _Again(source, self, n))


def _sum(known: Moments | Tables | None, found: Moments | Tables) -> Moments | Tables:
    match known, found:
        case Moments(), Moments():
            return known + found
        case Tables(), Tables():
            return known + found
        case _:
            return found


def _check_columns(block: Frame, names: Sequence[str]) -> None:
    missing = sorted(set(names) - {str(name) for name in block.columns})
    if missing:
        raise data_fault(
            "no-column",
            f"a block has no column {', '.join(f'`{name}`' for name in missing[:5])}",
            "Give every block the same columns",
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Again:
    """The rows, read anew from the source; what `cosyn.engine.rows.RowSource` asks for."""

    source: Source
    reader: _Reader
    n: int

    @property
    def clustered(self) -> bool:
        """Whether respondents belong to clusters."""
        return self.reader.reading.cluster is not None

    def rows(self, names: Sequence[str]) -> Iterator[Rows]:
        """The respondents used, block by block, with the variables named.

        Raises
        ------
        IdentificationError
            If the source can be read only once, or reads other rows than the first time.
        """
        known = self.reader.reading.names
        places = None if tuple(names) == known else [known.index(name) for name in names]
        found = 0
        for block in _blocks(self.source, again=True):
            for part in self.reader.rows(block, new=False):
                found += len(part.values)
                yield part if places is None else part._replace(values=part.values[:, places])
                del part
            del block
        if found != self.n:
            raise data_fault(
                "blocks-changed",
                f"the first reading found {self.n} respondents, the second {found}",
                "Give a function that begins to read anew each time it is called",
            )


def _blocks(source: Source, *, again: bool = False) -> Iterator[Frame]:
    blocks = source() if callable(source) else source
    found = iter(blocks)
    if again and not callable(source) and found is source:
        raise data_fault(
            "blocks-once",
            "robust statistics read the answers twice, and an iterator can be read only once",
            "Give a function that returns a new iterator, or use the estimator ML",
        )
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Blocks:
    """What one reading of the blocks has told.

    Attributes
    ----------
    columns : list of str
    groups : tuple of str
        Names in order of first appearance; one empty name without groups.
    gathered : tuple of Moments or of Tables
        One a group.
    n_dropped : int
        Respondents left out.
    """

    columns: list[str]
    groups: tuple[str, ...]
    gathered: tuple[Moments | Tables, ...]
    n_dropped: int
    source: _Again

    def samples(self, names: Sequence[str]) -> tuple[SampleMoments, ...]:
        """Moments of the variables named, one a group.

        Raises
        ------
        IdentificationError
            If they do not allow estimation.
        """
        found = [
            checked_moments(each, self.source.reader.reading.names)
            for each in self.gathered
            if isinstance(each, Moments)
        ]
        return tuple(replace(each, source=self.source).subset(names) for each in found)

    def ordinal(self, names: Sequence[str]) -> tuple[OrdinalMoments, ...]:
        """Statistics of the ordinal items named, one a group; this reads the answers again.

        Raises
        ------
        IdentificationError
            If they do not allow estimation.
        """
        known = self.source.reader.reading.names
        places = np.array([known.index(name) for name in names], dtype=np.intp)
        tables = [each.subset(places) for each in self.gathered if isinstance(each, Tables)]
        check_categories([each.levels for each in tables], names)
        return ordinal_from_tables(tables, names, self.source)


def opened(
    data: Frame | Source,
    statements: Sequence[Statement],
    *,
    ordered: Sequence[str] | bool,
    group: str | None,
    cluster: str | None,
    missing: Missing,
) -> Frame | Blocks:
    """A table as it is; of a source of blocks, what the model needs and one reading tells.

    Raises
    ------
    IdentificationError
        If there is no block or none with a respondent who can be used, a block lacks a column, or
        what is asked for needs all rows at once.
    """
    if isinstance(data, Frame):
        return data
    reader: _Reader | None = None
    columns: list[str] = []
    for block in _blocks(data):
        if not isinstance(block, Frame):
            raise data_fault(
                "no-table",
                f"a block of answers is a {type(block).__name__}",
                "Give a data frame, `pandas.DataFrame(data)`, or a function that returns blocks",
            )
        if reader is None:
            columns = numeric_columns(block)
            names, ordinal = _variables(statements, columns, missing, ordered=ordered)
            reader = _Reader(Reading(names, ordinal, group, cluster, missing))
        reader.gather(block)
        del block
    if reader is None:
        raise data_fault("no-blocks", "there is no block of answers", "Look at the source")
    return reader.found(columns, data)


def _variables(
    statements: Sequence[Statement],
    columns: Sequence[str],
    missing: Missing,
    *,
    ordered: Sequence[str] | bool,
) -> tuple[tuple[str, ...], bool]:
    """The model's observed variables, and whether they are ordinal."""
    roles = roles_of([each for each in statements if each.op != ":="], columns)
    names, own = roles.observed, [n for n in roles.observed if n not in roles.covariates]
    items = own if ordered is True else [name for name in names if name in (ordered or ())]
    if items and len(items) < len(names):
        raise data_fault(
            "blocks-mixed",
            "some variables are ordinal and others are not, which needs all rows at once",
            "Give all the answers in one table, or treat the variables alike",
        )
    if missing.startswith("fiml") and not items:
        raise data_fault(
            "blocks-fiml",
            "full information uses every row in every step, which needs all rows at once",
            'Give all the answers in one table, or choose missing="listwise"',
        )
    return names, bool(items)
