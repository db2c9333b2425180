"""Convergent and discriminant validity: shared variance, and ratios of correlations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

from cosyn.engine.measurement import of_fit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cosyn.engine._typing import Indices, Matrix, Vector
    from cosyn.engine.estimation import SemFit
    from cosyn.engine.measurement import Measurement


def average_variance_extracted(fit: SemFit, group: int = 1) -> dict[str, float | None]:
    """Average variance extracted of each latent from its own indicators (Fornell & Larcker 1981).

    The common variance of the indicators over their total variance, in their own units, for
    ordinal items in those of the normal variables behind them; None where an indicator loads on
    several latents, or the fit may not be interpreted.
    """
    found = of_fit(fit, group)
    implied = fit.implied[group - 1]
    common = np.einsum("ij,ij->i", implied.LV, fit.structures[group - 1].matrices(fit.x).Lambda)
    total = np.diag(implied.Sigma)
    return {
        latent: float(common[k].sum() / total[k].sum()) if fit.status.ok and single else None
        for latent, k, single in _own_items(fit, found)
    }


def composite_reliability(fit: SemFit, group: int = 1) -> dict[str, float | None]:
    """CR of each latent, from its standardized loadings (Fornell & Larcker 1981, eq. 10).

    (sum l)^2 / ((sum l)^2 + sum(1 - l^2)). It differs from omega in what is summed, standardized
    items rather than the items as they are, and in that correlated residuals are taken for
    uncorrelated. None where an indicator loads on several latents, or the fit may not be
    interpreted.
    """
    found = of_fit(fit, group)
    loadings = standardized_loadings(fit, found, group)
    values: dict[str, float | None] = {}
    for latent, k, single in _own_items(fit, found):
        own = loadings[k, found.latent.index(latent)]
        shared, error = float(own.sum() ** 2), float(np.sum(1 - own**2))
        values[latent] = shared / (shared + error) if fit.status.ok and single else None
    return values


def replicability(fit: SemFit, group: int = 1) -> dict[str, float | None]:
    """H of each latent (Hancock & Mueller 2001): reliability of the best weighted sum.

    None of a loading of 1 or more, and where the fit may not be interpreted.
    """
    found = of_fit(fit, group)
    loadings = standardized_loadings(fit, found, group)
    return {
        latent: maximal_reliability(loadings[k, found.latent.index(latent)])
        if fit.status.ok
        else None
        for latent, k, _ in _own_items(fit, found)
    }


def maximal_reliability(loadings: Vector) -> float | None:
    """H of standardized loadings (k,); None where one is 1 or more (Hancock & Mueller 2001)."""
    squares = loadings**2
    if (squares >= 1).any():
        return None
    information = float(np.sum(squares / (1 - squares)))
    return information / (1 + information)


def standardized_loadings(fit: SemFit, found: Measurement, group: int = 1) -> Matrix:
    """Loadings of standardized items on standardized latents, shape (p, m).

    Parameters
    ----------
    found : Measurement
        Of the group.
    """
    implied = fit.implied[group - 1]
    Lambda = fit.structures[group - 1].matrices(fit.x).Lambda * found.direct
    with np.errstate(invalid="ignore"):
        sd = np.sqrt(np.diag(implied.Sigma)), np.sqrt(np.diag(implied.V))
    return np.asarray(Lambda * sd[1] / sd[0][:, None])


def _own_items(fit: SemFit, found: Measurement) -> Iterator[tuple[str, Indices, bool]]:
    """Latents with the places of their own items, and whether these measure nothing else."""
    for latent in fit.table.latent:
        items = np.flatnonzero(found.direct[:, found.latent.index(latent)])
        if len(items):
            yield latent, items, not len(found.shared(latent))


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
