"""Which respondents are used, and what must hold of every group of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from cosyn.engine.columns import data_fault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._typing import Flags, Indices, Matrix, Vector
    from cosyn.errors import IdentificationError

Missing = Literal["listwise", "fiml", "fiml.x", "pairwise"]


def used_rows(X: Matrix, groups: Indices, clusters: Indices | None, missing: Missing) -> Flags:
    """Who has a group, a cluster if there are any, and answers: all (listwise), or else some.

    Parameters
    ----------
    X : ndarray, shape (n, p)
    groups, clusters : ndarray of int, shape (n,)
        -1 where missing.
    """
    gaps = np.isnan(X)
    kept = ~gaps.any(axis=1) if missing == "listwise" else ~gaps.all(axis=1)
    kept &= groups >= 0
    return np.asarray(kept if clusters is None else kept & (clusters >= 0))


def nobody(group: str) -> IdentificationError:
    """The error of a group of which nobody is left."""
    where = f" in group {group}" if group else ""
    return data_fault("no-respondents", f"nobody is left{where}", "Look at the missing answers")


def check_clusters(count: int) -> None:
    """Refuse fewer than two clusters in a group.

    Raises
    ------
    IdentificationError
        There is no variation between clusters to learn from.
    """
    if count < 2:
        raise data_fault(
            "too-few-clusters", "fewer than two clusters", "Leave the clusters out of account"
        )


def check_categories(levels: Sequence[Sequence[Vector]], items: Sequence[str]) -> None:
    """Refuse groups that do not show the same categories of each item.

    Parameters
    ----------
    levels : sequence of sequence of ndarray
        The values of each item, one sequence a group.

    Raises
    ------
    IdentificationError
        A threshold of one group would have none to compare with.
    """
    for name, shown in zip(items, zip(*levels, strict=True), strict=True):
        sets = [set(each.tolist()) for each in shown]
        rare = set().union(*sets) - set.intersection(*sets)
        if rare:
            listed = ", ".join(f"{value:g}" for value in sorted(rare))
            raise data_fault(
                "categories",
                f"not every group has an answer {listed} to `{name}`",
                "Merge it with a neighbouring category, in all groups; "
                "`cosyn.engine.invariance` does so with `collapse=True`",
            )
