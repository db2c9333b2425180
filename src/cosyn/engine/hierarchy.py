"""A general factor and what it leaves: second-order and bifactor models."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine._general_factor import general_factors, solution_of
from cosyn.engine.measurement import of_fit
from cosyn.engine.omega import MIXED, obstacle, own_share
from cosyn.engine.standardize import standardized
from cosyn.engine.validity import maximal_reliability

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from cosyn.engine._general_factor import Kind, Solution
    from cosyn.engine._typing import Analytic, Flags, Indices
    from cosyn.engine.composite import Scale, Share, True_
    from cosyn.engine.estimation import SemFit

NO_GENERAL = "no general factor: neither a second-order nor a bifactor model"
SEVERAL = "several general factors: name one"
#: A specific factor with less reliable variance than this of its items' sum has vanished.
_VANISHED = 0.1
#: Standard error of a standardized loading beyond which the data say nothing about it.
_UNCERTAIN = 0.5


@dataclass(frozen=True, slots=True)
class Subscale:
    """The items of one specific (or first-order) factor.

    Attributes
    ----------
    latent : str
    items : tuple of str
    total : Share
        Of the variance of the sum of its items, what all factors explain (omega_s).
    specific : Share
        What its own factor explains beyond the general one (omega_hs).
    ecv : float
        Share of its own factor in the common variance of its items (ECV_SS).
    replicability : float or None
        H of the specific factor.
    """

    latent: str
    items: tuple[str, ...]
    total: Share
    specific: Share
    ecv: float
    replicability: float | None


@dataclass(frozen=True, slots=True)
class Hierarchy:
    """What a general factor explains of the sum of all items.

    Attributes
    ----------
    general : str
        Name of the general factor, "" if there is none.
    kind : {"second-order", "bifactor"} or None
    total : Share or None
        Of the variance of the sum, what all factors explain (omega total).
    hierarchical : Share or None
        What the general factor explains (omega_h; omega_L1 of semTools for a second-order one).
    among_factors : float or None
        Of a second-order factor: reliability of the sum of the first-order factors (omega_L2).
    partial : float or None
        Of a second-order factor: omega_h with the first-order factors partialled out.
    ecv : float or None
        Explained common variance: the general factor's share in the common variance of
        standardized items.
    puc : float or None
        Share of the correlations that the general factor alone explains (uncontaminated).
    replicability : float or None
        H of the general factor; None where an item is explained wholly.
    subscales : tuple of Subscale
    warnings : tuple of str
        What makes the general or a specific factor questionable.
    reason : str
        Why there is nothing, "" if there is.
    """

    general: str = ""
    kind: Kind | None = None
    total: Share | None = None
    hierarchical: Share | None = None
    among_factors: float | None = None
    partial: float | None = None
    ecv: float | None = None
    puc: float | None = None
    replicability: float | None = None
    subscales: tuple[Subscale, ...] = ()
    warnings: tuple[str, ...] = ()
    reason: str = ""


def hierarchy(
    fit: SemFit, group: int = 1, *, general: str = "", scale: Scale = "answers"
) -> Hierarchy:
    """Omega hierarchical and its companions of a second-order or bifactor model.

    Omega total, omega hierarchical and subscales (Zinbarg, Revelle, Yovel & Li 2005; Reise,
    Bonifay & Haviland 2013), ECV and PUC (Rodriguez, Reise & Haviland 2016, eqs. 10 and 13), H
    (Hancock & Mueller 2001). A bifactor model is one in which every item loads on one latent and
    all latents are orthogonal; a second-order one is transformed after Schmid & Leiman (1957).

    Parameters
    ----------
    group : int
        From 1.
    general : str
        Name of the general factor, if there are several.
    scale : {"answers", "standardized"}
        What is summed, as `cosyn.engine.composite.share` says. ECV, PUC and H are of standardized
        items anyway.
    """
    found = of_fit(fit, group)
    candidates = general_factors(fit.table, found, group)
    names = [name for name in candidates if general in {"", name}]
    if len(names) != 1:
        return Hierarchy(reason=SEVERAL if names else NO_GENERAL)
    reason = obstacle(fit)
    if reason:
        return Hierarchy(names[0], candidates[names[0]], reason=reason)
    return _described(solution_of(fit, group, found, names[0], candidates[names[0]], scale))


def _described(solution: Solution) -> Hierarchy:
    fit, group, kind = solution.fit, solution.group, solution.kind
    every = np.ones(len(solution.items), dtype=np.bool_)
    true = own_share(fit, group, solution.found, solution.general, solution.items)
    hierarchical = solution.share(every, true)
    total = solution.share(every, _common(fit, group, solution.items))
    if hierarchical is None or total is None:
        return Hierarchy(solution.general, kind, reason=MIXED)
    subscales = tuple(_subscales(solution))
    squares = solution.loadings**2
    second = kind == "second-order"
    return Hierarchy(
        solution.general,
        kind,
        total,
        hierarchical,
        _among_factors(solution) if second else None,
        _partial(solution) if second else None,
        float(squares[:, 0].sum() / squares.sum()),
        _uncontaminated(solution.loadings[:, 1:] != 0),
        maximal_reliability(solution.loadings[:, 0]),
        subscales,
        tuple(_warnings(solution, subscales)),
    )


def _common(fit: SemFit, group: int, items: Indices) -> True_:
    """Covariances that all latents explain."""
    structure, block = fit.structures[group - 1], np.ix_(items, items)

    def true(x: Analytic) -> Analytic:
        return np.asarray((structure.implied(x).LV @ structure.matrices(x).Lambda.T)[block])

    return true


def _subscales(solution: Solution) -> Iterator[Subscale]:
    squares = solution.loadings**2
    for column, name in enumerate(solution.specifics, start=1):
        mine = solution.loadings[:, column] != 0
        if not mine.any():  # its variance is fixed at zero: the general factor is all there is
            continue
        items = solution.items[mine]

        def own(x: Analytic, column: int = column, mine: Flags = mine) -> Analytic:
            loadings = solution.columns(x)[mine, column]
            return np.asarray(np.outer(loadings, loadings))

        total = solution.share(mine, _common(solution.fit, solution.group, items))
        specific = solution.share(mine, own)
        if total is None or specific is None:
            continue
        yield Subscale(
            name,
            tuple(solution.fit.table.observed[k] for k in items),
            total,
            specific,
            float(squares[mine, column].sum() / squares[mine].sum()),
            maximal_reliability(solution.loadings[mine, column]),
        )


def _uncontaminated(contains: Flags) -> float | None:
    """PUC: pairs of items that share no specific factor; None for one item."""
    together = np.asarray((contains[:, None] & contains[None]).any(axis=2))
    pairs = np.tril_indices(len(contains), -1)
    return float(1 - together[pairs].mean()) if len(contains) > 1 else None


def _among_factors(solution: Solution) -> float:
    """Omega_L2 of semTools' ``reliabilityL2``: of the sum of the first-order factors."""
    structure = solution.fit.structures[solution.group - 1]
    matrices = structure.matrices(solution.fit.x)
    g = solution.found.latent.index(solution.general)
    k = [solution.found.latent.index(name) for name in solution.specifics]
    V = solution.fit.implied[solution.group - 1].V
    shared = matrices.Beta[k, g].sum() ** 2 * V[g, g]
    return float(shared / (shared + matrices.Psi[np.ix_(k, k)].sum()))


def _partial(solution: Solution) -> float:
    """Partial omega_L1 of semTools' ``reliabilityL2``: residuals of items the only error."""
    matrices = solution.fit.structures[solution.group - 1].matrices(solution.fit.x)
    Theta = solution.fit.implied[solution.group - 1].Sigma - _common(
        solution.fit, solution.group, np.arange(len(matrices.Theta))
    )(solution.fit.x)
    shared = solution.columns(solution.fit.x)[:, 0].sum() ** 2
    return float(shared / (shared + Theta[np.ix_(solution.items, solution.items)].sum()))


def _warnings(solution: Solution, subscales: Iterable[Subscale]) -> Iterator[str]:
    if solution.kind == "second-order" and len(solution.specifics) == 3:
        yield (
            "three first-order factors just identify a second-order one: "
            "the fit is that of correlated factors and no evidence for it"
        )
    for part in subscales:
        if part.specific.implied < _VANISHED:
            yield (
                f"`{part.latent}` has all but vanished beside `{solution.general}` "
                f"(omega_hs {part.specific.implied:.2f}): try a model without it (S-1)"
            )
    for name, column in zip(
        (solution.general, *solution.specifics), solution.loadings.T, strict=True
    ):
        if column.min() < 0 < column.max():
            yield f"loadings of both signs on `{name}`"
    yield from _uncertain(solution)


def _uncertain(solution: Solution) -> Iterator[str]:
    found = standardized(solution.fit)
    if found.standard_errors is None:
        return
    for row, error in zip(solution.fit.table.rows, found.standard_errors, strict=True):
        if row.op == "=~" and row.group == solution.group and error > _UNCERTAIN:
            yield f"`{row.name}` is all but undetermined (standard error {error:.2f})"
