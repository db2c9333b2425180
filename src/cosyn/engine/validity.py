"""Convergent and discriminant validity: shared variance, and ratios of correlations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cosyn.engine._typing import Matrix
    from cosyn.engine.estimation import SemFit


def average_variance_extracted(fit: SemFit, group: int = 1) -> dict[str, float | None]:
    """Average variance extracted of each latent from its own indicators (Fornell & Larcker 1981).

    The common variance of the indicators over their total variance, in their own units; None
    where an indicator loads on several latents, or the fit may not be interpreted.
    """
    rows = fit.table.of_group(group)
    loadings = [row for row in rows if row.op == "=~" and row.rhs in fit.table.observed]
    uses = [row.rhs for row in loadings]
    found: dict[str, float | None] = {}
    implied = fit.implied[group - 1]
    common = np.einsum("ij,ij->i", implied.LV, fit.structures[group - 1].matrices(fit.x).Lambda)
    total = np.diag(implied.Sigma)
    for latent in dict.fromkeys(row.lhs for row in loadings):
        names = [row.rhs for row in loadings if row.lhs == latent]
        k = [fit.table.observed.index(name) for name in names]
        single = all(uses.count(name) == 1 for name in names)
        found[latent] = (
            float(common[k].sum() / total[k].sum()) if single and fit.status.ok else None
        )
    return found


def heterotrait_monotrait(
    R: Matrix,
    scales: Mapping[str, Sequence[int]],
    mean: Literal["geometric", "arithmetic"] = "geometric",
) -> Matrix:
    """Ratios of the correlations between to those within scales, shape (scales, scales).

    ``"arithmetic"``: HTMT (Henseler, Ringle & Sarstedt 2015). ``"geometric"``: HTMT2, which
    does not ask for equal loadings (Roemer, Schuberth & Henseler 2021). Of absolute correlations.

    Parameters
    ----------
    R : ndarray, shape (p, p)
        Correlations of the items.
    scales : mapping of str to sequence of int
        Places of each scale's items; at least two each.

    Returns
    -------
    ndarray
        1 on the diagonal.
    """
    size = np.abs(R)
    groups = [np.asarray(items, dtype=np.intp) for items in scales.values()]
    within = [_mean(size[np.ix_(k, k)][np.tril_indices(len(k), -1)], mean) for k in groups]
    found = np.eye(len(groups))
    for i, a in enumerate(groups):
        for j, b in enumerate(groups[:i]):
            between = _mean(size[np.ix_(a, b)].ravel(), mean)
            found[i, j] = found[j, i] = between / np.sqrt(within[i] * within[j])
    return found


def _mean(values: Matrix, kind: str) -> float:
    if kind == "arithmetic":
        return float(np.mean(values))
    return float(np.exp(np.mean(np.log(np.maximum(values, np.finfo(float).tiny)))))
