"""Everything that a fit says of the reliability of its latents, one row a latent and group."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.measurement import of_fit
from cosyn.engine.omega import omegas
from cosyn.engine.reliability import alpha, spearman_brown
from cosyn.engine.validity import (
    average_variance_extracted,
    composite_reliability,
    replicability,
)

if TYPE_CHECKING:
    from cosyn.engine._typing import Indices, Matrix
    from cosyn.engine.estimation import SemFit
    from cosyn.engine.omega import Omega


@dataclass(frozen=True, slots=True)
class LatentReliability:
    """Reliability of a latent's items in one group. What does not exist is None.

    Attributes
    ----------
    latent : str
    group : str
        Name of the group, "" if there is one only.
    n_items : int
    omega_implied, omega_implied_se : float or None
        Over the model's variance of the sum of the answers; see `cosyn.engine.omega`. Of ordinal
        items it is the categorical omega of Green & Yang (2009).
    omega_observed : float or None
        Over the sample's variance of that sum.
    omega_latent_responses_implied, omega_latent_responses_observed : float or None
        Of ordinal items: the same for the sum of the normal variables behind them, which is not
        the reliability of any score that exists.
    alpha : float or None
        Coefficient alpha of the answers, for comparison; none where some items are ordinal and
        others are not.
    alpha_latent_responses : float or None
        Of ordinal items: alpha of their polychoric correlations ("ordinal alpha").
    spearman_brown : float or None
        Of two items.
    composite_reliability, ave, replicability : float or None
        CR, average variance extracted and H; see `cosyn.engine.validity`.
    reason : str
        Why there is no omega, "" if there is.
    warnings : tuple of str
    """

    latent: str
    group: str
    n_items: int
    omega_implied: float | None
    omega_implied_se: float | None
    omega_observed: float | None
    omega_latent_responses_implied: float | None
    omega_latent_responses_observed: float | None
    alpha: float | None
    alpha_latent_responses: float | None
    spearman_brown: float | None
    composite_reliability: float | None
    ave: float | None
    replicability: float | None
    reason: str
    warnings: tuple[str, ...]


def reliabilities(fit: SemFit) -> tuple[LatentReliability, ...]:
    """Reliability of every latent that items measure, group by group.

    Raises
    ------
    IdentificationError
        If the model has two levels.
    """
    fit.check_one_level()
    behind: tuple[Omega, ...] = omegas(fit, "standardized") if fit.ordinal else ()
    places = {(each.group, each.latent): each for each in behind}
    groups = range(1, len(fit.groups) + 1)
    validity = {
        group: (
            composite_reliability(fit, group),
            average_variance_extracted(fit, group),
            replicability(fit, group),
        )
        for group in groups
    }
    return tuple(
        _row(fit, each, places.get((each.group, each.latent)), validity[each.group])
        for each in omegas(fit)
    )


def _row(
    fit: SemFit,
    found: Omega,
    behind: Omega | None,
    validity: tuple[dict[str, float | None], ...],
) -> LatentReliability:
    items = of_fit(fit, found.group).items(found.latent)
    kinds = fit.ordinal[found.group - 1].ordered[items] if fit.ordinal else np.zeros(1)
    ordinal, mixed = bool(kinds.any()), bool(kinds.any() and not kinds.all())
    S = None if mixed else _answers(fit, found.group, items)
    cr, ave, h = (each.get(found.latent) for each in validity)
    return LatentReliability(
        found.latent,
        fit.table.groups[found.group - 1],
        len(items),
        found.implied,
        found.standard_error,
        found.observed,
        behind.implied if behind and ordinal else None,
        behind.observed if behind and ordinal else None,
        None if S is None else alpha(S),
        _alpha_behind(fit, found.group, items) if ordinal else None,
        _pair(S) if S is not None and len(items) == 2 else None,
        cr,
        ave,
        h,
        found.reason,
        found.warnings,
    )


def _answers(fit: SemFit, group: int, items: Indices) -> Matrix | None:
    """Covariances of the answers, of respondents who gave all of them where items are ordinal."""
    if not fit.ordinal:
        return fit.groups[group - 1].cov[np.ix_(items, items)]
    values = fit.ordinal[group - 1].values
    if values is None:
        return None
    complete = values[:, items]
    complete = complete[~np.isnan(complete).any(axis=1)]
    return np.atleast_2d(np.cov(complete, rowvar=False)) if len(complete) > 1 else None


def _alpha_behind(fit: SemFit, group: int, items: Indices) -> float | None:
    return alpha(fit.ordinal[group - 1].correlation[np.ix_(items, items)])


def _pair(S: Matrix) -> float | None:
    scale = float(S[0, 0] * S[1, 1])
    return spearman_brown(float(S[0, 1]) / scale**0.5) if scale > 0 else None
