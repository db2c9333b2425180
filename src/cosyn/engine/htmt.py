"""Heterotrait-monotrait ratios of scales, with bootstrap intervals."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from cosyn.engine._ordinal_correlations import correlations
from cosyn.engine._ordinal_data import prepare
from cosyn.engine.contingency import contingency
from cosyn.engine.resampling import rows_of, sampling
from cosyn.engine.table import ParameterTable
from cosyn.engine.validity import heterotrait_monotrait
from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from cosyn.engine._typing import Flags, Indices, Matrix

Mean = Literal["geometric", "arithmetic"]
#: Share of replicates without a value beyond which the others tell no interval.
MOST_FAILED = 0.05
#: Products of answers held at a time.
_BLOCK = 2**20
#: Weights of respondents held at a time.
_WEIGHTS = 2**24


@dataclass(frozen=True, slots=True, eq=False)
class HTMT:
    """Ratios of the correlations between to those within scales.

    Attributes
    ----------
    names : tuple of str, length m
        The scales.
    ratios : ndarray, shape (m, m)
        1 on the diagonal.
    lower, upper : ndarray, shape (m, m), or None
        Percentile bootstrap interval; None if none was asked for or too many replicates failed.
    n : int
        Respondents who answered every item.
    replicates : int
        Bootstrap samples that gave ratios.
    failed : int
        Bootstrap samples in which an item did not vary.
    reason : str
        Why there is no interval, "" if there is or none was asked for.
    """

    names: tuple[str, ...]
    ratios: Matrix
    lower: Matrix | None
    upper: Matrix | None
    n: int
    replicates: int = 0
    failed: int = 0
    reason: str = ""


def htmt(
    X: Matrix,
    names: Sequence[str],
    scales: Mapping[str, Sequence[str]] | ParameterTable,
    *,
    ordered: Sequence[str] = (),
    mean: Mean = "geometric",
    cluster: Sequence[Any] | NDArray[Any] | None = None,
    replicates: int = 0,
    level: float = 0.95,
    seed: int = 1,
) -> HTMT:
    """HTMT2 or HTMT of several scales; see `cosyn.engine.validity.heterotrait_monotrait`.

    Parameters
    ----------
    X : ndarray, shape (n, p)
        Answers; respondents with a gap (NaN) in an item of a scale are left out.
    names : sequence of str, length p
    scales : mapping of str to sequence of str, or ParameterTable
        Items of each scale, at least two; of a table those of each latent in its first group.
    ordered : sequence of str
        Items that are ordinal: their correlations are polychoric or polyserial.
    mean : {"geometric", "arithmetic"}
        HTMT2, or HTMT.
    cluster : sequence, length n, optional
        Whose answers belong together: whole clusters are drawn.
    replicates : int
        Bootstrap samples.
    level : float
        Of the percentile interval.
    seed : int
        Of the bootstrap; one seed gives one result.

    Raises
    ------
    IdentificationError
        If a scale has fewer than two items or one that there are no data for, there are fewer than
        two scales, or an item does not vary.
    """
    items = _items(scales)
    chosen = list(dict.fromkeys(name for group in items.values() for name in group))
    _check(items, chosen, names)
    values = np.asarray(X, dtype=np.float64)
    if chosen != list(names):
        values = values[:, [list(names).index(name) for name in chosen]]
    kept = ~np.isnan(values).any(axis=1)
    if not kept.all():
        values = values[kept]
    ordinal = np.isin(chosen, list(ordered))
    places = {scale: [chosen.index(name) for name in group] for scale, group in items.items()}
    R = _correlations(values, chosen, ordinal)
    ratios = heterotrait_monotrait(R, places, mean)
    if not replicates:
        return HTMT(tuple(items), ratios, None, None, len(values))
    numbers = None if cluster is None else _numbers(np.asarray(cluster)[kept])
    drawn = [
        heterotrait_monotrait(each, places, mean)
        for each in _resampled(values, chosen, ordinal, replicates, seed, numbers)
        if each is not None
    ]
    failed = replicates - len(drawn)
    if failed > MOST_FAILED * replicates:
        reason = f"an item did not vary in {failed} of {replicates} bootstrap samples"
        return HTMT(tuple(items), ratios, None, None, len(values), len(drawn), failed, reason)
    tail = (1 - level) / 2
    lower, upper = np.quantile(drawn, [tail, 1 - tail], axis=0)
    return HTMT(tuple(items), ratios, lower, upper, len(values), len(drawn), failed)


def _items(scales: Mapping[str, Sequence[str]] | ParameterTable) -> dict[str, tuple[str, ...]]:
    if not isinstance(scales, ParameterTable):
        return {name: tuple(items) for name, items in scales.items()}
    found: dict[str, tuple[str, ...]] = {}
    for row in scales.of_group(1):
        if row.op == "=~" and row.rhs in scales.observed and (row.free or row.value):
            found[row.lhs] = (*found.get(row.lhs, ()), row.rhs)
    return found


def _check(items: Mapping[str, Sequence[str]], chosen: Sequence[str], names: Sequence[str]) -> None:
    unknown = [name for name in chosen if name not in names]
    if unknown:
        raise _refused(
            "data.no-column", f"there is no column `{unknown[0]}`", "Name one of the columns"
        )
    short = [scale for scale, group in items.items() if len(set(group)) < 2]
    if short or len(items) < 2:
        raise _refused(
            "data.scales",
            f"`{short[0]}` has fewer than two items" if short else "fewer than two scales",
            "Compare scales of two items or more",
        )


def _numbers(cluster: NDArray[Any]) -> Indices:
    return np.asarray(np.unique(cluster, return_inverse=True)[1], dtype=np.intp)


def _correlations(values: Matrix, names: Sequence[str], ordinal: Flags) -> Matrix:
    """Pearson's, polychoric and polyserial correlations of complete answers, shape (p, p)."""
    if len(values) < 2:
        raise _refused(
            "data.too-few-respondents", "fewer than two complete answers", "Collect more"
        )
    if not ordinal.any():
        constant = [
            n for n, spread in zip(names, np.ptp(values, axis=0), strict=True) if not spread
        ]
        if constant:
            what = f"everyone has the same value in `{constant[0]}`"
            raise _refused("data.constant-variable", what, "Leave it out")
        return np.asarray(np.corrcoef(values, rowvar=False))
    data = prepare(
        values, names, [n for n, o in zip(names, ordinal, strict=True) if o], "listwise", None, {}
    )
    counts = contingency(data.answers.codes, data.answers.tau.shape[1] + 1)
    rho, _ = correlations(data, counts)
    R = np.eye(len(names))
    R[data.layout.rows, data.layout.columns] = R[data.layout.columns, data.layout.rows] = rho
    return R


def _resampled(
    values: Matrix,
    names: Sequence[str],
    ordinal: Flags,
    replicates: int,
    seed: int,
    cluster: Indices | None,
) -> Iterator[Matrix | None]:
    """Correlations of each bootstrap sample, None where an item does not vary."""
    n = len(values)
    plan = sampling([n], [cluster])
    step = max(1, _WEIGHTS // n)
    for start in range(0, replicates, step):
        numbers = range(start, min(start + step, replicates))
        weights = np.array([plan.drawn(seed, number) for number in numbers])
        if not ordinal.any():
            yield from _pearson(values, weights.astype(np.float64))
            continue
        for each in weights:
            [rows] = rows_of([n], each)
            try:
                yield _correlations(values[rows], names, ordinal)
            except IdentificationError:
                yield None


def _pearson(values: Matrix, weights: Matrix) -> Iterator[Matrix | None]:
    """Correlations of all samples of a batch by one product of matrices."""
    p = values.shape[1]
    centre = values.mean(axis=0)
    squares = np.zeros(p)
    rows, columns = np.tril_indices(p)
    step = max(1, _BLOCK // len(rows))
    sums = np.zeros((len(weights), p + len(rows)))
    for start in range(0, len(values), step):
        part = values[start : start + step] - centre
        squares += np.einsum("ij,ij->j", part, part)
        products = np.hstack([part, part[:, rows] * part[:, columns]])
        sums += weights[:, start : start + step] @ products
    n = weights.sum(axis=1)
    mean = sums[:, :p] / n[:, None]
    cov = np.empty((len(weights), p, p))
    cov[:, rows, columns] = cov[:, columns, rows] = sums[:, p:] / n[:, None]
    cov -= mean[:, :, None] * mean[:, None, :]
    variances = np.einsum("rii->ri", cov)
    least = 1e-12 * squares / len(values)
    for each, variance in zip(cov, variances, strict=True):
        sd = np.sqrt(np.maximum(variance, least))
        yield each / np.outer(sd, sd) if (variance > least).all() else None


def _refused(code: str, what: str, fix: str) -> IdentificationError:
    return IdentificationError(code, "the data", what, fix)
