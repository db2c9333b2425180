"""The model within clusters and between them: whether what holds of persons holds of departments.

A department's part of an answer and a person's own are told apart by random intercepts (Muthén
1994, *Sociological Methods & Research* 22); equal loadings make the latents the same at both
levels (Mehta & Neale 2005, *Psychological Methods* 10), so that their slopes can be compared.
Variances between clusters are small and are often estimated below 0 where clusters are few. They
are then fixed at 0, the one farthest below first, and the model is fitted again (Hox, Moerbeek &
van de Schoot 2018, chapter 14): the result says so.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.cluster_moments import cluster_moments
from cosyn.engine.difference import chi_square_difference
from cosyn.engine.estimation import FitOptions
from cosyn.engine.inference import wald
from cosyn.engine.standardize import standardized
from cosyn.engine.syntax import parse_model
from cosyn.engine.table import numbered, with_sample_values
from cosyn.engine.twolevel_fit import fit_two_level
from cosyn.engine.twolevel_models import saturated_model
from cosyn.engine.twolevel_table import two_level_table
from cosyn.errors import PlanError
from cosyn.synergy._types import LevelEstimate, Levels, Scores, Synergy, SynergyResult, Task

if TYPE_CHECKING:
    from cosyn.engine.cluster_moments import ClusterMoments
    from cosyn.engine.estimates import Estimate
    from cosyn.engine.estimation import SemFit
    from cosyn.engine.standardize import Standardized
    from cosyn.engine.table import Parameter, ParameterTable
    from cosyn.engine.twolevel_models import ComparedModel

_BETWEEN = 2


def run(scores: Scores, task: Task) -> SynergyResult:
    """Fit the model of both levels, and test it against its null if it has one.

    The null has the same variances fixed, so that the difference is of the slopes alone.

    Raises
    ------
    PlanError
        If the scores have no clusters.
    IdentificationError
        If the data do not allow estimation of two levels.
    """
    table = _table(scores, task.syntax, task.where)
    data = _data(table, scores, task)
    saturated = saturated_model(with_sample_values(table, (data.total, data.of_clusters)), data)
    free = _fit(table, data, task, saturated)
    fit, fixed = _without_negative_variances(free, data, task, saturated)
    standard = standardized(fit) if fit.status.converged else None
    null = difference = None
    if task.null:
        restricted = _table(scores, task.null, task.null_where)
        for name in fixed:
            restricted = _variance_at_zero(restricted, name)
        null = _fit(restricted, _data(restricted, scores, task), task)
        difference = chi_square_difference(restricted=null, full=fit)
    levels = Levels(
        _estimates(fit, standard, task.level),
        data.clusters,
        data.clusters < task.enough_clusters,
        fixed,
        free,
        "; ".join(fit.status.messages),
    )
    return SynergyResult(fit, standard, null, difference, levels=levels)


def _table(scores: Scores, syntax: str, where: str) -> ParameterTable:
    return two_level_table(parse_model(syntax, where, levels=True), scores.names)


def _data(table: ParameterTable, scores: Scores, task: Task) -> ClusterMoments:
    if scores.cluster is None:
        raise PlanError(
            "synergy.no-clusters",
            task.where,
            "a model of two levels, but nobody's cluster is known",
            "Record the department of each respondent, or fit a model of one level",
        )
    within, between = (level.observed for level in table.levels)
    return cluster_moments(scores.values, scores.names, scores.cluster, within, between)


def _fit(
    table: ParameterTable,
    data: ClusterMoments,
    task: Task,
    saturated: ComparedModel | None = None,
) -> SemFit:
    return fit_two_level(table, data, FitOptions("MLR" if task.robust else "ML"), saturated)


def _without_negative_variances(
    fit: SemFit, data: ClusterMoments, task: Task, saturated: ComparedModel
) -> tuple[SemFit, tuple[str, ...]]:
    """The fit with no negative variance between clusters, and those that were fixed for it."""
    fixed: list[str] = []
    while fit.status.converged:
        name = _farthest_below(fit)
        if not name:
            break
        fixed.append(name)
        fit = _fit(_variance_at_zero(fit.table, name), data, task, saturated)
    return fit, tuple(fixed)


def _farthest_below(fit: SemFit) -> str:
    """The variable whose variance between clusters is lowest, relative to its total; "" if none.

    Latents have no scale of their own at this level: theirs is what they have within clusters.
    """
    scale = dict(zip(fit.structures[0].latent, np.diag(fit.implied[0].V), strict=True))
    scale |= dict(zip(fit.structures[0].observed, np.diag(fit.implied[0].Sigma), strict=True))
    found = {
        row.lhs: value / max(float(scale.get(row.lhs, 1.0)), np.finfo(float).tiny)
        for row, value in zip(fit.table.rows, fit.estimates, strict=True)
        if row.group == _BETWEEN and row.is_variance and row.free and value < 0
    }
    return min(found, key=found.__getitem__, default="")


def _variance_at_zero(table: ParameterTable, name: str) -> ParameterTable:
    """The table with a variable's variance between clusters fixed at 0, and its covariances."""
    rows = [_fixed(row) if _concerns(row, name) else row for row in table.rows]
    return replace(table, rows=numbered(rows))


def _concerns(row: Parameter, name: str) -> bool:
    return row.group == _BETWEEN and row.op == "~~" and name in {row.lhs, row.rhs}


def _fixed(row: Parameter) -> Parameter:
    """A label that others share would fix them too: it goes."""
    return replace(row, value=0.0, label="")


def _estimates(
    fit: SemFit, standard: Standardized | None, level: float
) -> tuple[LevelEstimate, ...]:
    if fit.vcov is None or standard is None:
        return ()
    rows = zip(fit.table.rows, fit.rows(), standard.rows(), strict=True)
    return tuple(_estimate(fit, row, plain, std, level) for row, plain, std in rows)


def _estimate(
    fit: SemFit, row: Parameter, plain: Estimate, standard: Estimate, level: float
) -> LevelEstimate:
    return LevelEstimate(
        fit.table.groups[row.group - 1] if row.group else "",
        row.lhs,
        row.op,
        row.rhs,
        row.label,
        *_with_interval(plain, level),
        *_with_interval(standard, level),
    )


def _with_interval(
    found: Estimate, level: float
) -> tuple[float | None, float | None, float | None]:
    if found.value is None:
        return None, None, None
    test = wald(found.value, found.standard_error, level)
    return (found.value, test.lower, test.upper) if test else (found.value, None, None)


SYNERGY = Synergy("two_level", run, null_is_restricted=True, two_levels=True)
