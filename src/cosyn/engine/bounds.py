"""Bounds of parameters, as De Jonckheere and Rosseel set them.

De Jonckheere & Rosseel (2022), *Using bounded estimation to avoid nonconvergence in small sample
structural equation modeling*, Structural Equation Modeling 29, 412-427: residual variances between
0 and the variance of the variable, variances of latents between what a marker of reliability .1
leaves and that marker's variance, and what follows for loadings and covariances; ``wide`` lets all
of them out a little.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cosyn.engine._typing import Vector
    from cosyn.engine.moments import SampleMoments
    from cosyn.engine.status import FitStatus
    from cosyn.engine.table import Parameter, ParameterTable

Bounds = Literal["pos_var", "pos_ov_var", "pos_lv_var", "standard", "wide", "wide_zerovar"]
Kind = Literal["ov_var", "lv_var", "loadings", "covariances"]

BOUND_REACHED = "bound reached"
#: Distance from a bound, relative to its size, at which an estimate is on it.
_ON = 1e-7
_RELIABILITY = 0.1
#: Least residual variance of latents that something explains.
_UNEXPLAINED = 0.005


@dataclass(frozen=True, slots=True)
class _Rule:
    """By how much ranges are stretched below and above; None: no bound there."""

    lower: Mapping[Kind, float]
    upper: Mapping[Kind, float]
    reliability: float = 0.0
    unexplained: float = 0.0


_ALL: tuple[Kind, ...] = ("ov_var", "lv_var", "loadings", "covariances")
_RULES: dict[Bounds, _Rule] = {
    "pos_var": _Rule({"ov_var": 1.0, "lv_var": 1.0}, {}),
    "pos_ov_var": _Rule({"ov_var": 1.0}, {}),
    "pos_lv_var": _Rule({"lv_var": 1.0}, {}),
    "standard": _Rule(
        dict(zip(_ALL, (1.0, 1.0, 1.0, 0.999), strict=True)),
        dict(zip(_ALL, (1.0, 1.0, 1.0, 0.999), strict=True)),
        _RELIABILITY,
        _UNEXPLAINED,
    ),
    "wide": _Rule(
        dict(zip(_ALL, (1.05, 1.0, 1.1, 1.0), strict=True)),
        dict(zip(_ALL, (1.2, 1.3, 1.1, 1.0), strict=True)),
        _RELIABILITY,
        _UNEXPLAINED,
    ),
    "wide_zerovar": _Rule(
        dict(zip(_ALL, (1.0, 1.0, 1.1, 1.0), strict=True)),
        dict(zip(_ALL, (1.2, 1.3, 1.1, 1.0), strict=True)),
        _RELIABILITY,
        _UNEXPLAINED,
    ),
}


def with_bounds(
    table: ParameterTable, groups: Sequence[SampleMoments], bounds: Bounds | None
) -> ParameterTable:
    """The table with bounds of its free rows.

    Parameters
    ----------
    groups : sequence of SampleMoments
        Of the table's observed variables.

    Raises
    ------
    IdentificationError
        If there are no bounds of this name.
    """
    if bounds is None:
        return table
    if bounds not in _RULES:
        raise IdentificationError(
            "estimator.bounds",
            f"bounds {bounds!r}",
            "there are no such bounds",
            f"Use one of: {', '.join(_RULES)}",
        )
    rule = _RULES[bounds]
    ranges = [_Ranges.of(table, sample, k + 1, rule) for k, sample in enumerate(groups)]
    rows = [_bounded(row, ranges[row.group - 1], rule) if row.free else row for row in table.rows]
    return replace(table, rows=tuple(rows))


@dataclass(frozen=True, slots=True)
class _Ranges:
    """What the variables of one group may vary by.

    Attributes
    ----------
    observed : mapping of str to float
        Sample variances.
    residual : mapping of str to (float, float)
        Bounds of variances, of observed variables and of latents, stretched.
    least : mapping of str to float
        Least variance that a latent may have in all.
    """

    observed: Mapping[str, float]
    residual: Mapping[str, tuple[float, float]]
    least: Mapping[str, float]

    @classmethod
    def of(cls, table: ParameterTable, sample: SampleMoments, group: int, rule: _Rule) -> _Ranges:
        rows = table.of_group(group)
        observed = dict(zip(sample.names, np.diag(sample.cov).tolist(), strict=True))
        markers = _markers(rows)
        residual = {
            name: _stretched(
                0.0,
                (1 - rule.reliability if name in markers.values() else 1.0) * variance,
                rule,
                "ov_var",
            )
            for name, variance in observed.items()
        }
        explained = {row.lhs for row in rows if row.op == "~"}
        explained |= {row.rhs for row in rows if row.op == "=~"}
        unit = {r.lhs for r in rows if r.is_variance and r.lhs in table.latent and r.value == 1.0}
        least = {}
        for name in table.latent:
            marker = observed.get(markers.get(name, ""))
            low = 0.0 if marker is None else rule.reliability * marker
            high = max(observed.values()) if marker is None else marker
            least[name] = 1.0 if name in unit else low
            lowest = rule.unexplained if name in explained else low
            residual[name] = _stretched(lowest, high, rule, "lv_var")
        return cls(observed, residual, least)


def _markers(rows: Sequence[Parameter]) -> dict[str, str]:
    """The indicator of each latent whose loading is 1."""
    found: dict[str, str] = {}
    for row in rows:
        if row.op == "=~" and row.value == 1.0:
            found.setdefault(row.lhs, row.rhs)
    return found


def _stretched(low: float, high: float, rule: _Rule, kind: Kind) -> tuple[float, float]:
    size = high - max(low, 0.0) if kind.endswith("var") else high - low
    if not np.isfinite(size):
        return low, high
    below, above = rule.lower.get(kind, 1.0) - 1, rule.upper.get(kind, 1.0) - 1
    if kind.endswith("var"):
        below, above = abs(below), abs(above)
    return low - below * size, high + above * size


def _bounded(row: Parameter, ranges: _Ranges, rule: _Rule) -> Parameter:
    found = _range_of(row, ranges, rule)
    if found is None:
        return row
    kind, (low, high) = found
    return replace(
        row,
        lower=low if kind in rule.lower else row.lower,
        upper=high if kind in rule.upper else row.upper,
    )


def _range_of(
    row: Parameter, ranges: _Ranges, rule: _Rule
) -> tuple[Kind, tuple[float, float]] | None:
    if row.is_variance:
        return ("ov_var" if row.lhs in ranges.observed else "lv_var"), ranges.residual[row.lhs]
    if row.op == "=~" and row.rhs in ranges.observed:
        least = ranges.least[row.lhs]
        high = float(np.sqrt(ranges.observed[row.rhs] / least)) if least > 0 else np.inf
        return "loadings", _stretched(-high, high, rule, "loadings")
    if row.op == "~~":
        uppers = ranges.residual[row.lhs][1], ranges.residual[row.rhs][1]
        high = float(np.sqrt(uppers[0]) * np.sqrt(uppers[1]))
        return "covariances", _stretched(-high, high, rule, "covariances")
    return None


def telling_bounds(state: FitStatus, table: ParameterTable, x: Vector) -> FitStatus:
    """The status of a converged fit with the bounds that its estimates reached, if any."""
    found: dict[int, str] = {}
    for row in table.rows:
        for bound in (row.lower, row.upper) if row.free else ():
            near = np.isfinite(bound) and abs(x[row.free - 1] - bound) < _ON * max(1.0, abs(bound))
            if near:
                where = table.where(row.group)
                found.setdefault(
                    row.free, f"{BOUND_REACHED}: `{row.name}` is at its bound {bound:.4g}{where}"
                )
    if not (found and state.converged):
        return state
    return replace(
        state,
        reasons=(*state.reasons, BOUND_REACHED),
        messages=(*state.messages, *found.values()),
    )
