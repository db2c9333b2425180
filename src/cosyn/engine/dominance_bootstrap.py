"""How reproducible dominance is over resampled cases.

Azen & Budescu (2003, *Psychological Methods* 8, 129-148).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.dominance import complete_cases, dominance_of
from cosyn.engine.resampling import bootstrap_statistic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._typing import Indices, Matrix, Vector
    from cosyn.engine.dominance import Dominance

NO_REPLICATE = "no replicate could be computed"


@dataclass(frozen=True, slots=True, eq=False)
class Reproducibility:
    """How often replicates repeat a relation of dominance; arrays of shape (p, p).

    Attributes
    ----------
    mean : ndarray
        Of the relation (1, 0.5 or 0) over replicates.
    dominates, dominated, undecided : ndarray
        Shares of replicates in which it is 1, 0 and 0.5.
    reproduced : ndarray
        Share of replicates in which it is what it is in the sample; 1 on the diagonal.
    """

    mean: Matrix
    dominates: Matrix
    dominated: Matrix
    undecided: Matrix
    reproduced: Matrix


@dataclass(frozen=True, slots=True, eq=False)
class DominanceBootstrap:
    """Dominance over resampled cases; None where `reason` says why.

    Attributes
    ----------
    general_se, general_lower, general_upper : ndarray, shape (p,), or None
        Standard errors and percentile intervals of the general contributions.
    complete, conditionally, generally : Reproducibility or None
    replicates, failed : int
        Computed, and those that could not be.
    """

    general_se: Vector | None
    general_lower: Vector | None
    general_upper: Vector | None
    complete: Reproducibility | None
    conditionally: Reproducibility | None
    generally: Reproducibility | None
    replicates: int
    failed: int
    reason: str = ""


def dominance_bootstrap(
    X: Matrix,
    y: Vector,
    names: Sequence[str],
    *,
    replicates: int = 1000,
    seed: int = 1,
    cluster: Indices | None = None,
    level: float = 0.95,
) -> DominanceBootstrap:
    """How reproducible dominance is.

    Parameters
    ----------
    X, y
        As of `dominance_of`.
    cluster : ndarray of int, shape (n,), optional
        Number of the cluster of each case; clusters are drawn as wholes.

    Raises
    ------
    IdentificationError
        If the level is not between 0 and 1.
    """
    D, names = complete_cases(X, y), tuple(names)
    sample = dominance_of(D[:, :-1], D[:, -1], names)
    if sample.general is None:
        return DominanceBootstrap(None, None, None, None, None, None, 0, 0, sample.reason)
    p = len(names)
    undefined = np.full(p + 3 * p * p, np.nan)

    def again(drawn: Matrix) -> Vector:
        found = dominance_of(drawn[:, :-1], drawn[:, -1], names)
        return undefined if found.general is None else _flat(found)

    known = np.isfinite(np.column_stack([X, y])).all(axis=1)
    clusters = () if cluster is None else (np.asarray(cluster)[known],)
    drawn = bootstrap_statistic(again, [D], replicates=replicates, seed=seed, clusters=clusters)
    used = np.isfinite(drawn.replicates[:, 0])
    if not used.any():
        return DominanceBootstrap(None, None, None, None, None, None, 0, replicates, NO_REPLICATE)
    ends = drawn.intervals(level)
    assert ends.standard_errors is not None
    relations = drawn.replicates[used, p:].reshape(-1, 3, p, p)
    in_sample = drawn.estimates[p:].reshape(3, p, p)
    complete, conditionally, generally = (
        _reproducibility(relations[:, k], in_sample[k]) for k in range(3)
    )
    return DominanceBootstrap(
        ends.standard_errors[:p],
        None if ends.lower is None else ends.lower[:p],
        None if ends.upper is None else ends.upper[:p],
        complete,
        conditionally,
        generally,
        int(used.sum()),
        int((~used).sum()),
    )


def _flat(found: Dominance) -> Vector:
    assert found.general is not None
    assert found.complete is not None
    assert found.conditionally is not None
    assert found.generally is not None
    relations = (found.complete, found.conditionally, found.generally)
    return np.concatenate([found.general, *(each.ravel() for each in relations)])


def _reproducibility(relations: Matrix, sample: Matrix) -> Reproducibility:
    return Reproducibility(
        relations.mean(axis=0),
        (relations == 1).mean(axis=0),
        (relations == 0).mean(axis=0),
        (relations == 0.5).mean(axis=0),
        (relations == sample).mean(axis=0),
    )
