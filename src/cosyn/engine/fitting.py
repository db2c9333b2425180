"""From a model and a table of answers to a fit."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from cosyn.engine.data import collect, group_names, numeric_columns, opened
from cosyn.engine.estimation import FitOptions, SemFit, fit_sem
from cosyn.engine.ordinal_fit import fit_ordinal
from cosyn.engine.partable import TableOptions, parameter_table
from cosyn.engine.requests import (
    Request,
    check_partial,
    check_request,
    check_size,
    listed,
    ordinal_names,
)
from cosyn.engine.syntax import parse_model
from cosyn.engine.twolevel_fitting import fit_levels

if TYPE_CHECKING:
    from cosyn.engine._effect_coding import Coded
    from cosyn.engine.data import Frame
    from cosyn.engine.streaming import Blocks, Source


def fit_table(model: str, data: Frame | Source, request: Request) -> tuple[SemFit, int]:
    """Fit a model; the result, and how many respondents were left out.

    Raises
    ------
    ModelSyntaxError
        If the model cannot be read.
    IdentificationError
        If the data do not allow estimation, or an argument is none.
    """
    check_request(model, data, request)
    described = parse_model(model, levels=request.cluster is not None)
    if described.two_level:
        return fit_levels(described, data, request)
    check_size(described.statements)
    ordered = request.ordered
    answers = opened(
        data,
        described.statements,
        ordered=ordered if isinstance(ordered, bool) else listed("ordered", ordered),
        group=request.group,
        cluster=request.cluster,
        missing=request.missing,
    )
    options = _options(answers, request)
    names = numeric_columns(answers)
    table = parameter_table(described.statements, names, options, described.constraints)
    found = collect(
        answers,
        table.observed,
        ordered=ordinal_names(table, names, ordered or ()),
        covariates=table.covariates,
        group=request.group,
        cluster=request.cluster,
        missing=request.missing,
    )
    usual = "WLSMV" if found.ordinal else "MLR" if request.cluster else "ML"
    how = FitOptions(
        request.estimator or usual,
        request.information,
        wishart=request.likelihood == "wishart",
        bounds=request.bounds,
    )
    if not found.ordinal:
        check_partial(table, options.partial)
        return fit_sem(table, found.samples, how), found.n_dropped
    theta = request.parameterization == "theta"
    options = replace(options, ordered=found.thresholds, theta=theta, means=True)
    table = parameter_table(described.statements, names, options, described.constraints)
    check_partial(table, options.partial)
    return fit_ordinal(table, found.ordinal, how), found.n_dropped


def _options(answers: Frame | Blocks, request: Request) -> TableOptions:
    coding = request.effect_coding
    coded: tuple[Coded, ...] = ("loadings", "intercepts")
    several = bool(request.group or request.cluster)
    return TableOptions(
        std_lv=request.std_lv,
        orthogonal=request.orthogonal,
        means=request.meanstructure or several or request.missing.startswith("fiml"),
        groups=group_names(answers, request.group),
        equal=frozenset(request.group_equal),
        partial=frozenset(map(_row, request.group_partial)),
        fixed_x=request.fixed_x,
        growth=request.growth,
        effect_coding=frozenset(coded if coding is True else coding or ()),
    )


def _row(text: str) -> tuple[str, str, str]:
    [statement] = parse_model(text).statements
    return statement.lhs, statement.op, statement.rhs
