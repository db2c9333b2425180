"""Where the search starts: loadings from principal components, and points to try after it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from cosyn.engine._typing import Matrix, Vector
    from cosyn.engine.table import Parameter, ParameterTable

#: Share of a variance that is taken for residual.
_RESIDUAL = 0.5
#: Smallest loading, in standard deviations, that a marker is started from.
_SMALLEST_MARKER = 0.3
_SHRUNKEN = 0.5
#: Growth of the jitter, in logarithms, from one point to the next.
_SPREAD = 0.1


def starting_points(table: ParameterTable, S: Matrix, *, seed: int, count: int) -> Iterator[Vector]:
    """Points to start from, the best guess first.

    The first comes from the principal component of each latent's indicators; the second has
    its covariances at zero; the others are jittered.

    Parameters
    ----------
    S : ndarray, shape (p, p)
        Sample covariance in the table's order.
    count : int
        How many points.

    Yields
    ------
    ndarray, shape (q,)
    """
    rows = _row_starts(table, S)
    first = _free_part(table, rows)
    yield first
    yield _free_part(table, list(map(_uncorrelated, table.rows, rows)))
    random = np.random.default_rng(seed)
    for number in range(2, count):
        yield first * np.exp(_SPREAD * number * random.standard_normal(len(first)))


def _free_part(table: ParameterTable, rows: list[float]) -> Vector:
    x = np.zeros(table.n_free)
    for row, value in reversed(list(zip(table.rows, rows, strict=True))):
        if row.free:
            x[row.free - 1] = value if row.start is None else row.start
    return x


def _uncorrelated(row: Parameter, value: float) -> float:
    return 0.0 if row.op == "~~" and not row.is_variance else value


def _row_starts(table: ParameterTable, S: Matrix) -> list[float]:
    proxies = _proxies(table, S)
    uses = Counter(row.rhs for row in table.rows if row.op == "=~")
    return [_row_start(row, table, S, proxies, uses) for row in table.rows]


def _row_start(
    row: Parameter,
    table: ParameterTable,
    S: Matrix,
    proxies: Mapping[str, Vector],
    uses: Mapping[str, int],
) -> float:
    if row.value is not None:
        return row.value
    a, b = proxies.get(row.lhs), proxies.get(row.rhs)
    if a is None or b is None or row.op == "~":
        return 0.0
    if row.op == "=~":
        return float(a @ S @ b / (a @ S @ a) / np.sqrt(uses[row.rhs]))
    if row.lhs == row.rhs:
        return float(a @ S @ a) * (_RESIDUAL if uses[row.lhs] or row.lhs in table.observed else 1.0)
    exogenous = row.lhs in table.latent and row.rhs in table.latent and not row.user
    return _SHRUNKEN * float(a @ S @ b) if exogenous else 0.0


def _proxies(table: ParameterTable, S: Matrix) -> dict[str, Vector]:
    """Weights of a composite of the observed variables that stands for each variable."""
    found = dict(zip(table.observed, np.eye(len(table.observed)), strict=True))
    waiting = {
        name: [row for row in table.rows if row.op == "=~" and row.lhs == name]
        for name in table.latent
    }
    while waiting:
        ready = [f for f, rows in waiting.items() if all(row.rhs in found for row in rows)]
        if not ready:
            break
        for name in ready:
            variance = table.rows[table.index(name, "~~", name)].value
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
