"""Effects of factors and products on an outcome in the standard deviations of the factors."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.estimates import row_values
from cosyn.engine.inference import jacobian
from cosyn.engine.probing import standardised_product
from cosyn.engine.standardize import standardized
from cosyn.synergy._probes import Coefficients
from cosyn.synergy._types import Effect, SynergyResult

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from cosyn.engine._typing import Analytic, Matrix, Vector
    from cosyn.engine.estimates import Estimate
    from cosyn.engine.fit import SemFit
    from cosyn.engine.table import ParameterTable
    from cosyn.synergy._interactions import InteractionResult


def coefficients(
    table: ParameterTable,
    x: Vector,
    vcov: Matrix,
    variances: Callable[[Analytic], Mapping[str, Analytic]],
    what: tuple[str, Mapping[str, tuple[str, str]]],
) -> Coefficients | None:
    """Standardised effects with their covariance by the delta method.

    Parameters
    ----------
    table : ParameterTable
        With a row for each effect.
    x : ndarray, shape (q,)
    vcov : ndarray, shape (q, q)
    variances : callable
        From parameters, real or complex, to the variances of the latents by name.
    what : (str, mapping)
        The outcome, and what each product is made of; the row of a product bears its name, or
        those of its factors with a colon between.

    Returns
    -------
    Coefficients or None
        None if a variance is not positive.
    """
    outcome, products = what
    rows = [k for k, row in enumerate(table.rows) if row.op == "~" and row.lhs == outcome]
    alias = _aliases(products)
    names = tuple(alias.get(table.rows[k].rhs, table.rows[k].rhs) for k in rows)

    one = np.ones(())

    def scaled(z: Analytic) -> Analytic:
        values, spread = row_values(table, z), variances(z)
        found = []
        for k, name in zip(rows, names, strict=True):
            first, second = products.get(name, (name, ""))
            sides = spread[first], spread[second] if second else one
            found.append(standardised_product(values[k], *sides, spread[outcome]))
        return np.array(found)

    if any(not value > 0 for value in variances(x).values()):
        return None
    J = jacobian(scaled, x)
    return Coefficients(outcome, names, scaled(x), J @ vcov @ J.T)


def _aliases(products: Mapping[str, tuple[str, str]]) -> dict[str, str]:
    return {f"{first}:{second}": name for name, (first, second) in products.items()}


def named(
    rows: Iterable[Estimate], products: Mapping[str, tuple[str, str]]
) -> tuple[Estimate, ...]:
    """Rows with the products' own names in the place of their factors'."""
    alias = _aliases(products)
    return tuple(replace(row, rhs=alias.get(row.rhs, row.rhs)) for row in rows)


def beside(additive: SemFit, interaction: InteractionResult) -> SynergyResult:
    """The result of a method without measures of fit, beside the additive model's."""
    return SynergyResult(
        fit=additive,
        standard=standardized(additive) if additive.status.converged else None,
        gain=interaction.gain,
        effects=as_effects(interaction),
        interaction=interaction,
    )


def as_effects(interaction: InteractionResult) -> tuple[Effect, ...]:
    """The products' effects without their intervals."""
    return tuple(
        Effect(e.outcome, e.product, e.value, e.standard_error) for e in interaction.effects
    )
