"""Fit a model written in syntax to complete scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.engine.estimation import FitOptions, fit_sem
from cosyn.engine.moments import sample_moments
from cosyn.engine.partable import TableOptions, parameter_table
from cosyn.engine.standardize import standardized
from cosyn.engine.syntax import parse
from cosyn.synergy._types import Scores, SynergyResult

if TYPE_CHECKING:
    from cosyn.engine.estimation import SemFit
    from cosyn.engine.partable import ParameterTable


def table_of(scores: Scores, syntax: str, where: str, *, means: bool = False) -> ParameterTable:
    """Read model syntax against the names of the scores."""
    return parameter_table(parse(syntax, where), scores.names, TableOptions(means=means))


def fit(
    table: ParameterTable,
    scores: Scores,
    *,
    robust: bool = False,
    starts: int = FitOptions().starts,
) -> SemFit:
    """Fit to the variables that the model names, by maximum likelihood.

    Parameters
    ----------
    robust : bool
        With standard errors and tests for variables that are not normal, and for clusters.
    starts : int
        Points from which the search may begin.
    """
    cluster = scores.cluster if robust else None
    moments = sample_moments(scores.values, scores.names, cluster)
    options = FitOptions(estimator="MLR" if robust else "ML", starts=starts)
    return fit_sem(table, (moments.subset(table.observed),), options)


def estimate(scores: Scores, syntax: str, where: str, *, robust: bool = False) -> SynergyResult:
    """Fit and standardise a model."""
    means = robust and scores.cluster is not None
    fitted = fit(table_of(scores, syntax, where, means=means), scores, robust=robust)
    return SynergyResult(fitted, standardized(fitted) if fitted.status.converged else None)
