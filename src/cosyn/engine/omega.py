"""Omega of each latent of a fit: the reliability of the sum of its items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.composite import share
from cosyn.engine.measurement import of_fit, total_loadings
from cosyn.engine.status import NOT_CONVERGED, NOT_IDENTIFIED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.engine._typing import Analytic, Indices
    from cosyn.engine.composite import Scale, True_
    from cosyn.engine.estimation import SemFit
    from cosyn.engine.measurement import Measurement

ONE_ITEM = "one item"
GIVEN_COVARIATES = "ordinal items are modelled given covariates"
TWO_ITEMS = "two items alone do not determine their loadings: see Spearman-Brown"
MIXED = "ordinal and continuous items have no common unit"


@dataclass(frozen=True, slots=True)
class Omega:
    """Reliability of the sum of a latent's items.

    Attributes
    ----------
    implied : float or None
        With the model's variance of the sum as denominator (omega2 of semTools' ``reliability``).
    standard_error : float or None
        Of `implied`, by the delta method.
    observed : float or None
        With the sample's variance of the sum as denominator (omega3 there, and the default of
        ``compRelSEM``).
    reason : str
        Why there is none, "" if there is.
    latent : str
    group : int
        From 1.
    items : tuple of str
    warnings : tuple of str
        What makes the value questionable.
    """

    implied: float | None
    standard_error: float | None
    observed: float | None
    reason: str = ""
    latent: str = ""
    group: int = 1
    items: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def omega(fit: SemFit) -> Omega:
    """Omega of a one-factor model of one group (McDonald 1999, eq. 6.20b)."""
    if len(fit.groups) != 1 or len(fit.table.latent) != 1:
        return Omega(None, None, None, "not a one-factor model of one group")
    [found] = omegas(fit)
    return found


def omegas(fit: SemFit, scale: Scale = "answers") -> tuple[Omega, ...]:
    """Omega of every latent that items measure, group by group.

    The latent's own share of the variance of the sum of its items: of continuous items the
    squared sum of the loadings times the latent's variance, over the variance of the sum, in which
    correlated residuals and what an item owes to other latents count as error (Raykov 2001;
    McDonald 1999, eq. 6.20b); of ordinal ones the same for the sum of category numbers (Green &
    Yang 2009). A latent of latents is measured by the items of these: its omega is the
    hierarchical one.

    Parameters
    ----------
    scale : {"answers", "standardized"}
        What is summed, as `cosyn.engine.composite.share` says.
    """
    return tuple(_of_groups(fit, scale))


def _of_groups(fit: SemFit, scale: Scale) -> Iterator[Omega]:
    for group in range(1, len(fit.groups) + 1):
        found = of_fit(fit, group)
        for latent in fit.table.latent:
            items = found.items(latent)
            if len(items):
                yield _of_latent(fit, group, found, latent, items, scale)


def _of_latent(
    fit: SemFit, group: int, found: Measurement, latent: str, items: Indices, scale: Scale
) -> Omega:
    names = tuple(fit.table.observed[k] for k in items)
    reason = obstacle(fit, len(items)) or (ONE_ITEM if len(items) == 1 else "")
    if reason:
        return Omega(None, None, None, reason, latent, group, names)
    shared = share(fit, group, items, own_share(fit, group, found, latent, items), scale)
    if shared is None:
        return Omega(None, None, None, MIXED, latent, group, names)
    warnings = tuple(_warnings(fit, group, found, latent))
    return Omega(
        shared.implied,
        shared.standard_error,
        shared.observed,
        "",
        latent,
        group,
        names,
        warnings,
    )


def own_share(fit: SemFit, group: int, found: Measurement, latent: str, items: Indices) -> True_:
    """Covariances of items that they owe to one latent, as a function of the parameters."""
    structure, k = fit.structures[group - 1], found.latent.index(latent)

    def true(x: Analytic) -> Analytic:
        loadings = total_loadings(fit, group, found, x)[items, k]
        return np.asarray(np.outer(loadings, loadings) * structure.implied(x).V[k, k])

    return true


def obstacle(fit: SemFit, items: int = 0) -> str:
    """Why a fit says nothing about a sum of so many items, "" if it does."""
    if fit.ordinal and fit.table.covariates:
        return GIVEN_COVARIATES
    if fit.status.ok:
        return ""
    undetermined = {NOT_IDENTIFIED, NOT_CONVERGED} & set(fit.status.reasons) or fit.table.df < 0
    if items == 2 and undetermined:
        return TWO_ITEMS
    return ", ".join(fit.status.reasons)


def _warnings(fit: SemFit, group: int, found: Measurement, latent: str) -> Iterator[str]:
    k = found.latent.index(latent)
    loadings = total_loadings(fit, group, found, fit.x)[:, k]
    turned = np.flatnonzero(loadings * np.sign(loadings.sum() or 1.0) < 0)
    if len(turned):
        yield f"loadings of both signs: {_named(fit, turned)} may have to be reverse-keyed"
    shared = found.shared(latent)
    if len(shared):
        yield f"{_named(fit, shared)} measure other latents too, whose share counts as error"


def _named(fit: SemFit, places: Indices) -> str:
    return ", ".join(f"`{fit.table.observed[k]}`" for k in places)
