"""Where the search starts: loadings from principal components, and points to try after it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cosyn.engine._typing import Matrix, Vector
    from cosyn.engine.moments import SampleMoments
    from cosyn.engine.table import Parameter, ParameterTable

#: Share of a variance that is taken for residual.
_RESIDUAL = 0.5
#: Smallest loading, in standard deviations, that a marker is started from.
_SMALLEST_MARKER = 0.3
#: Covariances of latents, relative to those of their proxies.
_SHRUNKEN = 0.5
#: Variances of latents in the cautious start, relative to the first.
_LITTLE = 0.1
#: Growth of the jitter, in logarithms, from one point to the next.
_SPREAD = 0.1


def starting_points(
    table: ParameterTable, groups: Sequence[SampleMoments], *, seed: int, count: int
) -> Iterator[Vector]:
    """Points to start from, the best guess first.

    The first comes from the principal component of each latent's indicators; the second has
    its covariances at zero and little variance of the latents, much as lavaan starts; the others
    are jittered and leave out the starting values of the syntax.

    Parameters
    ----------
    groups : sequence of SampleMoments
        Of the table's observed variables, in its order.
    count : int
        How many points.

    Yields
    ------
    ndarray, shape (q,)
    """
    guesses = _guesses(table, groups)
    cautious = [_cautious(row, x, table) for row, x in zip(table.rows, guesses, strict=True)]
    for values in (guesses, cautious):
        yield _free_part(
            table, [_hinted(row, x) for row, x in zip(table.rows, values, strict=True)]
        )
    base = _free_part(table, guesses)
    random = np.random.default_rng(seed)
    for number in range(2, count):
        yield base * np.exp(_SPREAD * number * random.standard_normal(len(base)))


def _free_part(table: ParameterTable, values: Sequence[float]) -> Vector:
    """Values of the free parameters, each from the first of its rows."""
    x = np.zeros(table.n_free)
    for row, value in reversed(list(zip(table.rows, values, strict=True))):
        if row.free:
            x[row.free - 1] = value
    return x


def _hinted(row: Parameter, value: float) -> float:
    return value if row.start is None else row.start


def _cautious(row: Parameter, value: float, table: ParameterTable) -> float:
    if row.is_variance:
        return _LITTLE * value if row.lhs in table.latent else value
    return 0.0 if row.op == "~~" else value


def _guesses(table: ParameterTable, groups: Sequence[SampleMoments]) -> list[float]:
    """A value for each row."""
    uses = [
        Counter(row.rhs for row in table.of_group(k + 1) if row.op == "=~")
        for k in range(len(groups))
    ]
    proxies = [_proxies(table, sample.cov, k + 1) for k, sample in enumerate(groups)]
    return [
        _guess(row, table, groups[row.group - 1], proxies[row.group - 1], uses[row.group - 1])
        if row.group
        else 0.0
        for row in table.rows
    ]


def _guess(
    row: Parameter,
    table: ParameterTable,
    sample: SampleMoments,
    proxies: Mapping[str, Vector],
    uses: Mapping[str, int],
) -> float:
    if row.op == "~1":
        names = table.observed_of(row.group)
        return float(sample.mean[names.index(row.lhs)]) if row.lhs in names else 0.0
    S, a, b = sample.cov, proxies.get(row.lhs), proxies.get(row.rhs)
    if a is None or b is None or row.op == "~":
        return 0.0
    if row.op == "=~":
        return float(a @ S @ b / (a @ S @ a) / np.sqrt(uses[row.rhs]))
    if row.is_variance:
        partly = uses[row.lhs] > 0 or row.lhs in table.observed
        return float(a @ S @ a) * (_RESIDUAL if partly else 1.0)
    by_default = {row.lhs, row.rhs} <= set(table.latent) and not row.user
    return _SHRUNKEN * float(a @ S @ b) if by_default else 0.0


def _proxies(table: ParameterTable, S: Matrix, group: int) -> dict[str, Vector]:
    """Weights of a composite of the observed variables that stands for each variable."""
    found = dict(zip(table.observed_of(group), np.eye(len(S)), strict=True))
    waiting = {
        name: [row for row in table.of_group(group) if row.op == "=~" and row.lhs == name]
        for name in table.latent_of(group)
    }
    while waiting:
        ready = [f for f, rows in waiting.items() if all(row.rhs in found for row in rows)]
        if not ready:
            break
        for name in ready:
            variance = table.rows[table.index(name, "~~", name, group)].value
            found[name] = _composite(waiting.pop(name), variance, found, S)
    return found


def _composite(
    rows: list[Parameter], variance: float | None, known: Mapping[str, Vector], S: Matrix
) -> Vector:
    """First principal component of the indicators, in the metric the table gives the latent."""
    parts = np.array([known[row.rhs] for row in rows])
    sd = np.sqrt(np.einsum("ij,jk,ik->i", parts, S, parts))
    R = parts @ S @ parts.T / np.outer(sd, sd)
    component = np.linalg.eigh(R)[1][:, -1]
    weights = (component / sd) @ parts
    weights /= np.sqrt(weights @ S @ weights)
    loadings = parts @ S @ weights
    for row, loading, deviation in zip(rows, loadings, sd, strict=True):
        if row.value:
            size = max(abs(loading), _SMALLEST_MARKER * deviation)
            return np.asarray(weights * np.copysign(size, loading) / row.value)
    size = np.sqrt(abs(variance or 1.0))
    return np.asarray(weights * np.copysign(size, loadings.sum()))
