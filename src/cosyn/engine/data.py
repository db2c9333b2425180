"""From a table of answers to the samples of a model: groups, clusters, missing answers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Literal, TypeVar

import numpy as np

from cosyn.engine.categories import levels_of
from cosyn.engine.collapse import collapsed
from cosyn.engine.columns import Frame, data_fault, labels, numbers, numeric_columns
from cosyn.engine.moments import SampleMoments, incomplete_moments, sample_moments
from cosyn.engine.ordinal import OrdinalMoments, ordinal_moments
from cosyn.engine.respondents import (
    Missing,
    check_categories,
    nobody,
    used_rows,
)
from cosyn.engine.streaming import Blocks, opened
from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cosyn.engine._typing import Indices, Matrix
    from cosyn.engine.collapse import Merge

__all__ = ["Data", "Frame", "Missing", "collect", "group_names", "numeric_columns", "opened"]

T = TypeVar("T")


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


def group_names(frame: Frame | Blocks, group: str | None) -> tuple[str, ...]:
    """Names of the groups in order of first appearance, one empty name without groups.

    Raises
    ------
    IdentificationError
        If there is no such column or it is empty.
    """
    if isinstance(frame, Blocks):
        return frame.groups
    if group is None:
        return ("",)
    names, _ = labels(frame, group)
    if not names:
        raise data_fault("no-groups", f"the column `{group}` is empty", "Name another column")
    return names


def collect(
    frame: Frame | Blocks,
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
    chosen = [name for name in names if name in ordered]
    if isinstance(frame, Blocks):
        return _of_blocks(frame, names, chosen, covariates)
    X = numbers(frame, names)
    groups = group_names(frame, group)
    codes = np.zeros(len(X), dtype=np.intp) if group is None else labels(frame, group)[1]
    clusters = None if cluster is None else cluster_codes(frame, cluster)
    kept = used_rows(X, codes, clusters, missing)
    if missing != "fiml.x" or chosen:
        kept &= ~np.isnan(X[:, [names.index(name) for name in covariates]]).any(axis=1)
    parts = []
    for number, name in enumerate(groups):
        here = kept & (codes == number)
        if not here.any():
            raise nobody(name)
        part = X if here.all() else X[here]
        parts.append((part, None if clusters is None else clusters[here]))
    dropped = len(X) - int(kept.sum())
    merges: tuple[Merge, ...] = ()
    make: Callable[..., SampleMoments | OrdinalMoments]
    if chosen:
        if collapse:
            values, merges = collapsed([x for x, _ in parts], names, chosen)
            parts = [(x, c) for x, (_, c) in zip(values, parts, strict=True)]
        _check_shown(parts, names, chosen)
        how: Literal["listwise", "pairwise"]
        how = "listwise" if missing == "listwise" else "pairwise"
        make = partial(ordinal_moments, ordered=chosen, missing=how, covariates=covariates)
    else:
        make = sample_moments if missing == "listwise" else incomplete_moments
    found = [
        _of_group(label, partial(make, x, names, cluster=c))
        for label, (x, c) in zip(groups, parts, strict=True)
    ]
    return Data(
        groups,
        tuple(each for each in found if isinstance(each, SampleMoments)),
        tuple(each for each in found if isinstance(each, OrdinalMoments)),
        dropped,
        merges,
    )


def _of_blocks(
    blocks: Blocks, names: Sequence[str], ordered: Sequence[str], covariates: Sequence[str]
) -> Data:
    if ordered and covariates:
        raise data_fault(
            "blocks-covariates",
            "ordinal items given covariates need all rows at once",
            "Give all the answers in one table",
        )
    if ordered:
        return Data(blocks.groups, (), blocks.ordinal(names), blocks.n_dropped)
    return Data(blocks.groups, blocks.samples(names), (), blocks.n_dropped)


def _check_shown(
    parts: Sequence[tuple[Matrix, Indices | None]], names: Sequence[str], ordered: Sequence[str]
) -> None:
    """Every group must show the same categories of each item."""
    if len(parts) > 1:
        where = [k for k, name in enumerate(names) if name in ordered]
        check_categories([levels_of(part[:, where]) for part, _ in parts], ordered)


def cluster_codes(frame: Frame, cluster: str) -> Indices:
    """The number of each respondent's cluster, -1 where there is none.

    Raises
    ------
    IdentificationError
        If there is no such column, or it names fewer than two clusters.
    """
    names, codes = labels(frame, cluster)
    if len(names) < 2:
        what = f"the column `{cluster}` names {len(names)} cluster"
        fix = "Leave the clusters out, or name another column"
        raise data_fault("too-few-clusters", what, fix)
    return codes


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
