"""The rows that lavaan's ``cfa()`` and ``sem()`` add, and the metric they give the latents."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

from cosyn.engine.table import Parameter

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from cosyn.engine._roles import Roles


def default_rows(
    roles: Roles,
    given: Collection[tuple[str, str, str]],
    *,
    means: bool,
    fixed_x: bool = True,
    growth: bool = False,
) -> list[Parameter]:
    """Variances of all variables and the covariances that are free unless said otherwise.

    With a mean structure also the intercepts, free for observed variables and 0 for latents.

    Parameters
    ----------
    given : collection of (lhs, op, rhs)
        Rows of the syntax; these are not added again.
    fixed_x : bool
        Whether moments of covariates are exogenous; else they are free.
    growth : bool
        Whether intercepts are 0 for observed variables, also for covariates that are not
        exogenous, and free for latents (lavaan's ``growth()``).
    """
    covariates = roles.covariates
    others = [name for name in roles.observed if name not in covariates]
    pairs = [(name, name) for name in (*others, *roles.latent)]
    pairs += combinations(roles.exogenous_latents, 2)
    pairs += combinations(roles.terminal, 2)
    taken = [(a, b) for k, a in enumerate(covariates) for b in covariates[k:]]
    rows = [Parameter(a, "~~", b) for a, b in pairs]
    rows += [Parameter(a, "~~", b, exogenous=fixed_x) for a, b in taken]
    if means:
        of_observed, of_latent = (0.0, None) if growth else (None, 0.0)
        of_covariates = None if fixed_x else of_observed
        rows += [Parameter(name, "~1", "", value=of_observed) for name in others]
        rows += [
            Parameter(name, "~1", "", value=of_covariates, exogenous=fixed_x) for name in covariates
        ]
        rows += [Parameter(name, "~1", "", value=of_latent) for name in roles.latent]
    return [
        row
        for row in rows
        if (row.lhs, row.op, row.rhs) not in given and (row.rhs, row.op, row.lhs) not in given
    ]


def ordinal_rows(
    rows: Sequence[Parameter],
    roles: Roles,
    ordered: Mapping[str, int],
    *,
    theta: bool,
) -> list[Parameter]:
    """Add what ordinal items have: thresholds and scaling factors, and no mean or variance.

    With the delta parameterisation scaling factors are 1 and residual variances follow from the
    rest; with theta it is the other way round (Muthén & Asparouhov 2002).

    Parameters
    ----------
    ordered : mapping of str to int
        Numbers of thresholds.
    """
    items = [name for name in roles.observed if name in ordered]
    given = {(row.lhs, row.op, row.rhs) for row in rows}
    thresholds = [
        Parameter(name, "|", f"t{k}")
        for name in items
        for k in range(1, ordered[name] + 1)
        if (name, "|", f"t{k}") not in given
    ]
    scales = [
        Parameter(name, "~*~", name, value=None if theta else 1.0, derived=theta)
        for name in items
        if (name, "~*~", name) not in given
    ]
    plain = [_of_item(row, ordered, theta=theta) for row in rows]
    user = [row for row in plain if row.user]
    means = [row for row in plain if not row.user and row.op == "~1"]
    rest = [row for row in plain if not row.user and row.op != "~1"]
    return [*user, *thresholds, *rest, *scales, *means]


def _of_item(row: Parameter, ordered: Collection[str], *, theta: bool) -> Parameter:
    if row.lhs not in ordered:
        return row
    if row.op == "~1" and not row.user:
        return replace(row, value=0.0)
    if row.is_variance and not row.user:
        return replace(row, value=1.0 if theta else None, derived=not theta)
    return row


def with_metric(
    rows: Iterable[Parameter],
    roles: Roles,
    *,
    std_lv: bool,
    orthogonal: bool,
    effect_coding: bool = False,
) -> list[Parameter]:
    """Fix what identifies the latents' metric, before modifiers speak.

    The first loading at 1 (or each latent's variance, `std_lv`, or neither, `effect_coding`, whose
    constraints come later), the residual variance of an
    indicator that alone measures a latent at 0, and, if `orthogonal`, latent covariances at 0.
    """
    fixed = {} if effect_coding else dict(_fixed_metric(roles, std_lv=std_lv))
    fixed |= {("~~", name, name): 0.0 for name in _single_indicators(roles)}
    return [_fix(row, fixed, roles, orthogonal=orthogonal) for row in rows]


def _fixed_metric(roles: Roles, *, std_lv: bool) -> Iterator[tuple[tuple[str, str, str], float]]:
    for name, indicators in roles.factors:
        yield (("~~", name, name) if std_lv else ("=~", name, indicators[0])), 1.0


def _single_indicators(roles: Roles) -> Iterator[str]:
    uses = Counter(name for _, indicators in roles.factors for name in indicators)
    for _, indicators in roles.factors:
        if len(indicators) == 1 and uses[indicators[0]] == 1:
            yield indicators[0]


def _fix(
    row: Parameter,
    fixed: dict[tuple[str, str, str], float],
    roles: Roles,
    *,
    orthogonal: bool,
) -> Parameter:
    if row.op == "~1":
        return row
    value = fixed.get((row.op, row.lhs, row.rhs))
    latents = row.lhs in roles.latent and row.rhs in roles.latent
    if row.user and row.is_variance and row.lhs in roles.observed:
        value = None
    if orthogonal and row.op == "~~" and latents and row.lhs != row.rhs and not row.user:
        value = 0.0
    return replace(row, value=value)
