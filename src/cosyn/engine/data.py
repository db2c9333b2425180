"""From a table of answers to the samples of a model: groups, clusters, missing answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from cosyn.engine.categories import levels_of
from cosyn.engine.columns import Frame, data_fault, labels, numbers, numeric_columns
from cosyn.engine.moments import incomplete_moments, sample_moments
from cosyn.engine.ordinal import ordinal_moments
from cosyn.engine.respondents import (
    Missing,
    check_categories,
    nobody,
    used_rows,
)
from cosyn.engine.streaming import Blocks, opened

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine.moments import SampleMoments
    from cosyn.engine.ordinal import OrdinalMoments

__all__ = ["Data", "Frame", "Missing", "collect", "group_names", "numeric_columns", "opened"]


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
    """

    groups: tuple[str, ...]
    samples: tuple[SampleMoments, ...]
    ordinal: tuple[OrdinalMoments, ...]
    n_dropped: int

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
    group: str | None = None,
    cluster: str | None = None,
    missing: Missing = "listwise",
) -> Data:
    """Take the variables of a model from a table.

    Parameters
    ----------
    names : sequence of str, length p
        The model's observed variables.
    ordered : sequence of str
        The ordinal items.
    group, cluster : str, optional
        Columns that say to which group, and to which cluster, a respondent belongs.
    missing : {"listwise", "fiml", "pairwise"}
        Leave out respondents with a gap, or use every answer: by likelihood, or where items are
        ordinal pair by pair.

    Raises
    ------
    IdentificationError
        If a column is missing, not numeric or has infinite values, or the answers of a group do
        not allow estimation.
    """
    chosen = [name for name in names if name in ordered]
    if isinstance(frame, Blocks):
        groups, dropped = frame.groups, frame.n_dropped
        if chosen:
            return Data(groups, (), frame.ordinal(names), dropped)
        return Data(groups, frame.samples(names), (), dropped)
    X = numbers(frame, names)
    groups = group_names(frame, group)
    codes = np.zeros(len(X), dtype=np.intp) if group is None else labels(frame, group)[1]
    clusters = None if cluster is None else labels(frame, cluster)[1]
    kept = used_rows(X, codes, clusters, missing)
    parts = []
    for number, name in enumerate(groups):
        here = kept & (codes == number)
        if not here.any():
            raise nobody(name)
        part = X if here.all() else X[here]
        parts.append((part, None if clusters is None else clusters[here]))
    dropped = len(X) - int(kept.sum())
    if chosen:
        if len(parts) > 1:
            where = [k for k, name in enumerate(names) if name in chosen]
            check_categories([levels_of(part[:, where]) for part, _ in parts], chosen)
        how: Literal["listwise", "pairwise"] = "listwise" if missing == "listwise" else "pairwise"
        found = (ordinal_moments(x, names, chosen, missing=how, cluster=c) for x, c in parts)
        return Data(groups, (), tuple(found), dropped)
    make = sample_moments if missing == "listwise" else incomplete_moments
    return Data(groups, tuple(make(x, names, c) for x, c in parts), (), dropped)
