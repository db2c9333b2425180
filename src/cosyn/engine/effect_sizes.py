"""How large differences between groups are: of items (dMACS) and of latent means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.inference import wald

if TYPE_CHECKING:
    from cosyn.engine.estimation import SemFit


@dataclass(frozen=True, slots=True)
class LatentMean:
    """Mean of a latent in one group, that of the first group being 0.

    Attributes
    ----------
    latent, group : str
    difference : float
        In the latent's standard deviation in the first group where that is fixed at 1.
    standard_error, pvalue : float or None
    d : float or None
        The difference over the standard deviation pooled over the two groups.
    """

    latent: str
    group: str
    difference: float
    standard_error: float | None
    pvalue: float | None
    d: float | None


@dataclass(frozen=True, slots=True)
class ItemDifference:
    """How far an item's expected answers in a group are from those of the first group.

    Attributes
    ----------
    item, group : str
    dmacs : float
        Root mean square of the difference over the group's latents, in pooled standard
        deviations of the item.
    """

    item: str
    group: str
    dmacs: float


def latent_means(fit: SemFit) -> tuple[LatentMean, ...]:
    """Means of the latents that are free, in the groups after the first."""
    found = []
    for row, result in zip(fit.table.rows, fit.rows(), strict=True):
        if row.op != "~1" or row.lhs not in fit.table.latent or not row.free or row.group < 2:
            continue
        if result.value is None:
            continue
        test = wald(result.value, result.standard_error)
        found.append(
            LatentMean(
                row.lhs,
                fit.table.groups[row.group - 1],
                result.value,
                result.standard_error,
                test.pvalue if test else None,
                _pooled(fit, row.lhs, row.group, result.value),
            )
        )
    return tuple(found)


def _pooled(fit: SemFit, latent: str, group: int, difference: float) -> float | None:
    k = fit.table.latent.index(latent)
    variances = [float(fit.covariance_of_latents(g)[k, k]) for g in (1, group)]
    sizes = [fit.groups[g - 1].n for g in (1, group)]
    variance = float(np.average(variances, weights=sizes))
    return difference / float(np.sqrt(variance)) if variance > 0 else None


def dmacs(fit: SemFit, item: str, group: int) -> ItemDifference | None:
    """Effect size of a continuous item's lack of invariance between the first and another group.

    Nye & Drasgow (2011), *Effect size indices for analyses of measurement equivalence*, Journal of
    Applied Psychology 96, eq. 3: the expected answer is linear in the latents, so that its mean
    square over the group's normal distribution has a closed form.

    Returns
    -------
    ItemDifference or None
        None if the item is ordinal.
    """
    if item in dict(fit.table.ordered):
        return None
    k = fit.table.observed.index(item)
    nu, slope = [], []
    for g in (1, group):
        matrices = fit.structures[g - 1].matrices(fit.x)
        nu.append(float(matrices.nu[k, 0]))
        slope.append(matrices.Lambda[k])
    implied = fit.implied[group - 1]
    tilt = slope[0] - slope[1]
    centre = nu[0] - nu[1] + float(tilt @ implied.eta)
    square = centre**2 + float(tilt @ implied.V @ tilt)
    degrees = np.array([fit.groups[g - 1].n - 1 for g in (1, group)])
    variances = np.array([fit.groups[g - 1].cov[k, k] for g in (1, group)])
    deviations = np.sqrt(variances * (degrees + 1) / degrees)
    pooled = float(degrees @ deviations / degrees.sum())
    return ItemDifference(item, fit.table.groups[group - 1], float(np.sqrt(square)) / pooled)
