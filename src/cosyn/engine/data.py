"""From a table of answers to the samples of a model: groups, clusters, missing answers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

import numpy as np

from cosyn.engine.collapse import collapsed
from cosyn.engine.moments import incomplete_moments, sample_moments
from cosyn.engine.ordinal import ordinal_moments
from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from cosyn.engine._typing import Flags, Indices, Matrix
    from cosyn.engine.collapse import Merge
    from cosyn.engine.moments import SampleMoments
    from cosyn.engine.ordinal import OrdinalMoments

T = TypeVar("T")
Missing = Literal["listwise", "fiml", "fiml.x", "pairwise"]
_WHERE = "the data"


class Frame(Protocol):
    """What is asked of a table: pandas' data frames have it, and others do too."""

    @property
    def columns(self) -> Iterable[Any]:
        """Names of the columns."""
        ...

    def __getitem__(self, name: str, /) -> Any:
        """Values of a column."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Data:
    """The answers that a model is fitted to.

    Attributes
    ----------
    groups : tuple of str
        Names in order of first appearance; one empty name without groups.
    samples : tuple of SampleMoments
        Empty where items are ordinal.
    ordinal : tuple of OrdinalMoments
        Empty where none is.
    n_dropped : int
        Respondents left out: without a group, without any answer, or, listwise, with a gap.
    merges : tuple of Merge
        Categories of ordinal items that were merged.
    """

    groups: tuple[str, ...]
    samples: tuple[SampleMoments, ...]
    ordinal: tuple[OrdinalMoments, ...]
    n_dropped: int
    merges: tuple[Merge, ...] = ()

    @property
    def thresholds(self) -> tuple[tuple[str, int], ...]:
        """The ordinal items with the numbers of their thresholds."""
        if not self.ordinal:
            return ()
        first = self.ordinal[0]
        pairs = zip(first.names, first.thresholds, strict=True)
        return tuple((name, len(tau)) for name, tau in pairs if len(tau))


def group_names(frame: Frame, group: str | None) -> tuple[str, ...]:
    """Names of the groups in order of first appearance, one empty name without groups.

    Raises
    ------
    IdentificationError
        If there is no such column or it is empty.
    """
    if group is None:
        return ("",)
    values = _labels(frame, group)
    names = tuple(dict.fromkeys(name for name in values if name))
    if not names:
        raise _fault("no-groups", f"the column `{group}` is empty", "Name another column")
    return names


def numeric_columns(frame: Frame) -> list[str]:
    """Names of the columns that a model may speak of.

    Raises
    ------
    IdentificationError
        If two columns have one name.
    """
    names = [str(name) for name in frame.columns]
    twice = sorted({name for name in names if names.count(name) > 1}) if len(names) < 5000 else []
    if twice:
        raise _fault(
            "duplicated-columns",
            f"two columns are named {', '.join(f'`{name}`' for name in twice[:5])}",
            "Rename or remove one of them",
        )
    return names


def collect(
    frame: Frame,
    names: Sequence[str],
    *,
    ordered: Sequence[str] = (),
    covariates: Sequence[str] = (),
    group: str | None = None,
    cluster: str | None = None,
    missing: Missing = "listwise",
    collapse: bool = False,
) -> Data:
    """Take the variables of a model from a table.

    Parameters
    ----------
    names : sequence of str, length p
        The model's observed variables.
    ordered : sequence of str
        The ordinal items.
    covariates : sequence of str
        Variables whose moments the model takes as given.
    group, cluster : str, optional
        Columns that say to which group, and to which cluster, a respondent belongs.
    missing : {"listwise", "fiml", "fiml.x", "pairwise"}
        Leave out respondents with a gap, or use every answer: by likelihood, or where items are
        ordinal pair by pair. Respondents with a gap in a covariate are left out unless it is
        ``"fiml.x"``.
    collapse : bool
        Whether categories of ordinal items that some group lacks are merged with a neighbour, in
        all groups.

    Raises
    ------
    IdentificationError
        If a column is missing, not numeric or has infinite values, or the answers of a group do
        not allow estimation.
    """
    X = np.column_stack([_numbers(frame, name) for name in names])
    groups = group_names(frame, group)
    codes = _group_codes(frame, group, groups, len(X))
    clusters = None if cluster is None else _cluster_codes(frame, cluster)
    chosen = [name for name in names if name in ordered]
    kept = _kept(X, codes, clusters, missing)
    if missing != "fiml.x" or chosen:
        kept &= ~np.isnan(X[:, [names.index(name) for name in covariates]]).any(axis=1)
    parts = []
    for number, name in enumerate(groups):
        here = kept & (codes == number)
        if not here.any():
            where = f" in group {name}" if name else ""
            raise _fault("no-respondents", f"nobody is left{where}", "Look at the missing answers")
        parts.append((X[here], None if clusters is None else clusters[here]))
    dropped = len(X) - int(kept.sum())
    if chosen:
        merges: tuple[Merge, ...] = ()
        if collapse:
            values, merges = collapsed([x for x, _ in parts], names, chosen)
            parts = [(x, c) for x, (_, c) in zip(values, parts, strict=True)]
        _check_categories(parts, names, chosen)
        how: Literal["listwise", "pairwise"] = "listwise" if missing == "listwise" else "pairwise"
        statistics = [
            _of_group(
                label,
                partial(
                    ordinal_moments,
                    x,
                    names,
                    chosen,
                    missing=how,
                    cluster=c,
                    covariates=covariates,
                ),
            )
            for label, (x, c) in zip(groups, parts, strict=True)
        ]
        return Data(groups, (), tuple(statistics), dropped, merges)
    make = sample_moments if missing == "listwise" else incomplete_moments
    samples = [
        _of_group(label, partial(make, x, names, c))
        for label, (x, c) in zip(groups, parts, strict=True)
    ]
    return Data(groups, tuple(samples), (), dropped)


def _of_group(name: str, make: Callable[[], T]) -> T:
    """What a group's answers make; an error names the group."""
    try:
        return make()
    except IdentificationError as error:
        if not name:
            raise
        raise IdentificationError(
            error.code, f"the data of group {name}", error.what, error.fix
        ) from error


def _check_categories(
    parts: Sequence[tuple[Matrix, Indices | None]], names: Sequence[str], ordered: Sequence[str]
) -> None:
    """Every group must show the same categories of each item."""
    for name in ordered:
        columns = [x[:, names.index(name)] for x, _ in parts]
        shown = [set(np.unique(column[~np.isnan(column)])) for column in columns]
        rare = set().union(*shown) - set.intersection(*shown)
        if rare:
            listed = ", ".join(f"{value:g}" for value in sorted(rare))
            raise _fault(
                "categories",
                f"not every group has an answer {listed} to `{name}`",
                "Merge it with a neighbouring category, in all groups; "
                "`cosyn.engine.invariance` does so with `collapse=True`",
            )


def _kept(X: Matrix, codes: Indices, clusters: Indices | None, missing: Missing) -> Flags:
    gaps = np.isnan(X)
    kept = ~gaps.any(axis=1) if missing == "listwise" else ~gaps.all(axis=1)
    kept &= codes >= 0
    return np.asarray(kept if clusters is None else kept & (clusters >= 0))


def _numbers(frame: Frame, name: str) -> Matrix:
    try:
        return np.asarray(frame[name], dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise _fault(
            "not-numeric",
            f"the column `{name}` holds something that is not a number",
            "Code its answers as numbers",
        ) from error


def _labels(frame: Frame, name: str) -> list[str]:
    """Values of a column as text, "" where missing."""
    if name not in [str(column) for column in frame.columns]:
        raise _fault("no-column", f"there is no column `{name}`", "Name one of the columns")
    return ["" if _absent(value) else str(value) for value in np.asarray(frame[name], dtype=object)]


def _absent(value: Any) -> bool:
    return value is None or value != value or str(value) in {"", "<NA>", "NaT"}  # noqa: PLR0124


def _group_codes(frame: Frame, group: str | None, groups: Sequence[str], n: int) -> Indices:
    if group is None:
        return np.zeros(n, dtype=np.intp)
    place = {name: number for number, name in enumerate(groups)}
    return np.array([place.get(name, -1) for name in _labels(frame, group)], dtype=np.intp)


def _cluster_codes(frame: Frame, cluster: str) -> Indices:
    labels = _labels(frame, cluster)
    place = {name: number for number, name in enumerate(dict.fromkeys(filter(None, labels)))}
    if len(place) < 2:
        what = f"the column `{cluster}` names {len(place)} cluster"
        raise _fault("too-few-clusters", what, "Leave the clusters out, or name another column")
    return np.array([place.get(name, -1) for name in labels], dtype=np.intp)


def _fault(code: str, what: str, fix: str) -> IdentificationError:
    return IdentificationError(f"data.{code}", _WHERE, what, fix)
