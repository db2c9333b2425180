"""The rows that lavaan's ``cfa()`` and ``sem()`` add, and the metric they give the latents."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

from cosyn.engine.table import Parameter

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from cosyn.engine._roles import Roles


def default_rows(roles: Roles, given: Collection[tuple[str, str, str]]) -> list[Parameter]:
    """Variances of all variables and the covariances that are free unless said otherwise.

    Parameters
    ----------
    given : collection of (lhs, op, rhs)
        Rows of the syntax; these are not added again.
    """
    pairs = [(name, name) for name in (*roles.observed, *roles.latent)]
    pairs += combinations(roles.exogenous_latents, 2)
    pairs += combinations(roles.terminal, 2)
    return [
        Parameter(a, "~~", b)
        for a, b in pairs
        if (a, "~~", b) not in given and (b, "~~", a) not in given
    ]


def with_metric(
    rows: Iterable[Parameter], roles: Roles, *, std_lv: bool, orthogonal: bool
) -> list[Parameter]:
    """Fix what identifies the latents' metric, before modifiers speak.

    The first loading at 1 (or each latent's variance, `std_lv`), the residual variance of an
    indicator that alone measures a latent at 0, and, if `orthogonal`, latent covariances at 0.
    """
    fixed = dict(_fixed_metric(roles, std_lv=std_lv))
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
    value = fixed.get((row.op, row.lhs, row.rhs))
    latents = row.lhs in roles.latent and row.rhs in roles.latent
    if row.user and row.is_variance and row.lhs in roles.observed:
        value = None
    if orthogonal and row.op == "~~" and latents and row.lhs != row.rhs and not row.user:
        value = 0.0
    return replace(row, value=value)
