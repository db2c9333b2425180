"""From standardised effects of factors and products to what a report shows of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc

from cosyn.engine.probing import (
    POINTS,
    critical_value,
    johnson_neyman,
    prediction_band,
    simple_slopes,
    slope_band,
)
from cosyn.synergy._interactions import Comparison, Probe, ProductEffect

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from cosyn.engine._typing import Matrix, Vector
    from cosyn.engine.probing import Band
    from cosyn.engine.table import ParameterTable
    from cosyn.synergy._interactions import InteractionResult

#: Values of the moderator at which slopes and lines are shown, and how far figures reach, in
#: standard deviations.
SHOWN = (-1.0, 0.0, 1.0)
FAR = 3.0
NEAR = 2.0


@dataclass(frozen=True, slots=True, eq=False)
class Coefficients:
    """Standardised effects on an outcome: of factors and of products, by name.

    Attributes
    ----------
    names : tuple of str, length k
    values : ndarray, shape (k,)
    vcov : ndarray, shape (k, k)
    """

    outcome: str
    names: tuple[str, ...]
    values: Vector
    vcov: Matrix

    def part(self, design: Mapping[str, float | Vector]) -> Matrix:
        """Rows (points, k) that combine coefficients, those not named by 0."""
        points = max(np.size(value) for value in design.values())
        rows = np.zeros((points, len(self.names)))
        for name, value in design.items():
            if name in self.names:
                rows[:, self.names.index(name)] += value
        return rows


def wald_comparison(
    table: ParameterTable,
    x: Vector,
    vcov: Matrix | None,
    effects: Collection[tuple[str, str]],
    reason: str,
) -> Comparison:
    """Wald's test of some effects together, as far as the table has them free.

    Parameters
    ----------
    x : ndarray, shape (q,)
    vcov : ndarray, shape (q, q), or None
        None for the reason given.
    effects : collection of (outcome, predictor)
    """
    if vcov is None:
        return Comparison(None, None, None, "Wald", reason)
    rows = (row for row in table.rows if row.op == "~" and (row.lhs, row.rhs) in effects)
    free = sorted({row.free - 1 for row in rows if row.free})
    if not free:
        return Comparison(None, None, None, "Wald", "no product's effect is free")
    chisq = float(x[free] @ np.linalg.solve(vcov[np.ix_(free, free)], x[free]))
    return Comparison(chisq, len(free), float(chdtrc(len(free), chisq)), "Wald")


def probed(
    result: InteractionResult,
    found: Coefficients | None,
    products: Mapping[str, tuple[str, str]],
    level: float,
) -> InteractionResult:
    """The result with effects and probes; with the reason if there are no coefficients."""
    if found is None:
        return replace(result, problem="a latent's variance is not positive")
    effects = _product_effects(found, products, level)
    return replace(result, effects=effects, probes=_probes(found, products, level))


def _product_effects(
    found: Coefficients, products: Mapping[str, tuple[str, str]], level: float
) -> tuple[ProductEffect, ...]:
    """The products' effects."""
    critical = critical_value(level)
    effects = []
    for product, factors in products.items():
        if product in found.names:
            k = found.names.index(product)
            value, se = float(found.values[k]), float(np.sqrt(max(found.vcov[k, k], 0.0)))
            ends = value - critical * se, value + critical * se
            effects.append(ProductEffect(found.outcome, product, factors, value, se, *ends))
    return tuple(effects)


def _probes(
    found: Coefficients, products: Mapping[str, tuple[str, str]], level: float
) -> tuple[Probe, ...]:
    """Every product from both sides."""
    made = []
    for product, (first, second) in products.items():
        if product in found.names:
            sides = {(first, second), (second, first)}
            ordered = sorted(sides, key=lambda pair: pair != (first, second))
            made += [_probe(found, products, product, pair, level) for pair in ordered]
    return tuple(made)


def _probe(
    found: Coefficients,
    products: Mapping[str, tuple[str, str]],
    product: str,
    pair: tuple[str, str],
    level: float,
) -> Probe:
    predictor, moderator = pair
    twice = 2.0 if predictor == moderator else 1.0
    turn = np.vstack([found.part({predictor: 1.0}), found.part({product: twice})])
    line, V = turn @ found.values, turn @ found.vcov @ turn.T
    return Probe(
        found.outcome,
        predictor,
        moderator,
        simple_slopes(line, V, SHOWN, level=level),
        johnson_neyman(line, V, level=level),
        slope_band(line, V, low=-FAR, high=FAR, level=level),
        _lines(found, products, product, pair, level),
    )


def _lines(
    found: Coefficients,
    products: Mapping[str, tuple[str, str]],
    product: str,
    pair: tuple[str, str],
    level: float,
) -> tuple[Band, ...]:
    predictor, moderator = pair
    x = np.linspace(-NEAR, NEAR, POINTS)
    squares = {factors[0]: name for name, factors in products.items() if factors[0] == factors[1]}
    if predictor == moderator:
        designs = [{predictor: x, product: x**2}]
    else:
        curved = {squares[predictor]: x**2} if predictor in squares else {}
        designs = [
            {predictor: x, moderator: np.full(POINTS, w), product: w * x, **curved} for w in SHOWN
        ]
        if moderator in squares:
            for design, w in zip(designs, SHOWN, strict=True):
                design[squares[moderator]] = np.full(POINTS, w**2)
    return tuple(
        prediction_band(x, found.part(design), found.values, found.vcov, level=level)
        for design in designs
    )
