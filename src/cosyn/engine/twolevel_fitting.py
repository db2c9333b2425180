"""From a model of two levels and a table of answers to a fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.cluster_moments import cluster_moments
from cosyn.engine.columns import Frame, numbers, numeric_columns
from cosyn.engine.data import cluster_codes
from cosyn.engine.fit import FitOptions
from cosyn.engine.partable import TableOptions
from cosyn.engine.requests import Request, check_size
from cosyn.engine.respondents import nobody, used_rows
from cosyn.engine.twolevel_fit import fit_two_level
from cosyn.engine.twolevel_table import two_level_table
from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from cosyn.engine.fit import SemFit
    from cosyn.engine.streaming import Source
    from cosyn.engine.syntax import Model

#: Points that are tried; where clusters are few no other leads further.
_STARTS = 4
#: Arguments that a model of two levels has no use for yet; each must be as it is by default.
_UNUSED = (
    "ordered",
    "missing",
    "group",
    "group_equal",
    "group_partial",
    "likelihood",
    "parameterization",
    "effect_coding",
    "growth",
)


def fit_levels(model: Model, data: Frame | Source, request: Request) -> tuple[SemFit, int]:
    """Fit a model of two levels; the result, and how many respondents were left out.

    Raises
    ------
    ModelSyntaxError
        If the levels make no sense.
    IdentificationError
        If the data do not allow estimation, or an argument is for models of one level.
    """
    _check_arguments(request)
    if not isinstance(data, Frame):
        raise IdentificationError(
            "data.blocks-levels",
            "the data",
            "models of two levels need all rows at once",
            "Give all the answers in one table",
        )
    check_size(model.statements)
    options = TableOptions(
        std_lv=request.std_lv, orthogonal=request.orthogonal, fixed_x=request.fixed_x
    )
    table = two_level_table(model, numeric_columns(data), options)
    assert request.cluster is not None
    X, clusters = numbers(data, table.observed), cluster_codes(data, request.cluster)
    kept = used_rows(X, np.zeros(len(X), dtype=np.intp), clusters, "listwise")
    if not kept.any():
        raise nobody("")
    moments = cluster_moments(
        X[kept],
        table.observed,
        clusters[kept],
        table.levels[0].observed,
        table.levels[1].observed,
    )
    how = FitOptions(
        request.estimator or "ML", request.information, starts=_STARTS, bounds=request.bounds
    )
    return fit_two_level(table, moments, how), len(X) - int(kept.sum())


def _check_arguments(request: Request) -> None:
    plain = Request()
    for name in _UNUSED:
        given = getattr(request, name)
        if given != getattr(plain, name) and not (given is False or given == []):
            raise IdentificationError(
                "request.argument",
                f"argument `{name}`",
                "models of two levels do without it yet",
                "Leave it out, or fit a model of one level",
            )
