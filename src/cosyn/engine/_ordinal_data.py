"""From a table of answers to category numbers, thresholds and standardized variables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from cosyn.engine._ordinal_layout import Answers, Layout, layout
from cosyn.engine._ordinal_regression import regressions
from cosyn.engine.categories import codes_of, levels_of
from cosyn.engine.contingency import BLOCK, margins
from cosyn.engine.covariates import Covariates, covariates_of
from cosyn.engine.polychoric import thresholds
from cosyn.engine.rows import slices
from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from cosyn.engine._typing import Flags, Indices, Matrix, Vector
    from cosyn.engine.contingency import Codes, Counts
    from cosyn.engine.sufficient import Tables

FaultKind = Literal["empty category", "sparse table", "filled cell", "correlation at bound"]
#: An ordinal item has no more values; the rest of the engine needs K^2 numbers for each pair.
MOST_CATEGORIES = 30


@dataclass(frozen=True, slots=True)
class OrdinalFault:
    """What makes statistics less trustworthy.

    Attributes
    ----------
    kind : str
    names : tuple of str
        The item, or the two variables.
    detail : str
    """

    kind: FaultKind
    names: tuple[str, ...]
    detail: str


@dataclass(frozen=True, slots=True, eq=False)
class Prepared:
    """The respondents who are used, and the statistics of single variables.

    Attributes
    ----------
    names : tuple of str, length p
        Without the covariates.
    values : ndarray, shape (n, p)
        Their answers as given.
    answers : Answers
    layout : Layout
    covariates : Covariates
    mean, sd : ndarray, shape (p,)
        Zero and one for ordinal items; `sd` with divisor n. Of continuous variables with
        covariates the intercepts and residual standard deviations.
    slopes : ndarray, shape (p, k)
        On the covariates.
    pair_counts : ndarray of int, shape (p, p)
    cluster : ndarray of int, shape (n,), or None
    faults : tuple of OrdinalFault
    """

    names: tuple[str, ...]
    values: Matrix
    answers: Answers
    layout: Layout
    covariates: Covariates
    mean: Vector
    sd: Vector
    slopes: Matrix
    pair_counts: Counts
    cluster: Indices | None
    faults: tuple[OrdinalFault, ...]

    def thresholds(self) -> tuple[Vector, ...]:
        """Thresholds of each item where covariates are zero, empty for a continuous variable."""
        plan, tau = self.layout, self.answers.tau
        moved = self.slopes @ self.covariates.mean
        parts = zip(plan.ordered, plan.place, plan.steps, moved, strict=True)
        return tuple(tau[k, :steps] + shift if o else np.empty(0) for o, k, steps, shift in parts)


def prepare(
    X: Matrix,
    names: Sequence[str],
    ordered: Sequence[str],
    missing: Literal["listwise", "pairwise"],
    cluster: Sequence[Any] | NDArray[Any] | None,
    known: Mapping[str, Sequence[float]],
    covariates: Sequence[str] = (),
) -> Prepared:
    """Check the data, leave out the respondents that cannot be used, and number the categories.

    Raises
    ------
    IdentificationError
        If the data determine no statistics.
    """
    given = np.isin(list(names), list(covariates))
    _check_roles(covariates, names, ordered)
    own = [name for name, g in zip(names, given, strict=True) if not g]
    Y, kept = X[:, ~given] if given.any() else X, _kept(X, given, missing)
    values = Y if kept.all() else Y[kept]
    is_ordered = np.isin(own, list(ordered))
    items = [name for name, o in zip(own, is_ordered, strict=True) if o]
    low, high = (each.reduce(values, axis=0, initial=np.nan) for each in (np.fmin, np.fmax))
    _check_range(len(values), own, low, high)
    _check_continuous(values[:, ~is_ordered], [n for n in own if n not in items])
    answered = values if is_ordered.all() else values[:, is_ordered]
    levels = levels_of(answered)
    check_levels(levels, items)
    codes = codes_of(answered, levels)
    pair_counts = _pair_counts(~np.isnan(values))
    _check_pairs(pair_counts, own)
    every = np.ones(len(own), dtype=np.intp)
    every[is_ordered] = [len(each) for each in levels]
    before = levels if kept.all() else levels_of(Y[:, is_ordered])
    found = covariates_of(X[kept][:, given], [n for n, g in zip(names, given, strict=True) if g])
    tau = thresholds(_margins(codes, max(2, *every)))
    first = _first_step(values, own, is_ordered, codes, tau, found)
    return Prepared(
        tuple(own),
        values,
        first.answers,
        layout(is_ordered, every, len(found.names)),
        found,
        first.mean,
        first.sd,
        first.slopes,
        pair_counts,
        _clusters(cluster, kept),
        tuple(empty_categories(before, levels, items, known)),
    )


def _kept(X: Matrix, given: Flags, missing: Literal["listwise", "pairwise"]) -> Flags:
    """Who has all the answers, or one; but all the covariates in either case."""
    present = ~np.isnan(X)
    enough = np.all if missing == "listwise" else np.any
    return np.asarray(enough(present[:, ~given], axis=1) & present[:, given].all(axis=1))


def _check_roles(covariates: Sequence[str], names: Sequence[str], ordered: Sequence[str]) -> None:
    both = [name for name in names if name in covariates and name in ordered]
    if both:
        raise _impossible(
            "ordered-covariate",
            f"{', '.join(f'`{name}`' for name in both)} explains others and nothing explains it: "
            "what a model takes as given has no distribution and so no thresholds",
            "Do not declare it as ordered; code it by numbers, or by a 0/1 variable a category",
        )


@dataclass(frozen=True, slots=True, eq=False)
class _FirstStep:
    """The answers and the statistics of single variables, as `Prepared` has them."""

    answers: Answers
    mean: Vector
    sd: Vector
    slopes: Matrix


def _first_step(
    values: Matrix,
    names: Sequence[str],
    ordered: Flags,
    codes: Codes,
    tau: Matrix,
    covariates: Covariates,
) -> _FirstStep:
    """Thresholds, means and variances of each variable, given the covariates if there are any."""
    y, X = values[:, ~ordered], covariates.standardized
    mean, sd = np.zeros(len(names)), np.ones(len(names))
    slopes = np.zeros((len(names), X.shape[1]))
    if not X.shape[1]:
        mean[~ordered], sd[~ordered] = np.nanmean(y, axis=0), np.nanstd(y, axis=0)
        z = (y - mean[~ordered]) / sd[~ordered]
        return _FirstStep(Answers(codes, z, tau, X, slopes[ordered].T), mean, sd, slopes)
    items = [name for name, o in zip(names, ordered, strict=True) if o]
    found = regressions(codes, tau, y, (items, [n for n in names if n not in items]), X)
    sd[~ordered] = found.sd
    slopes[ordered] = found.of_items.T / covariates.sd
    slopes[~ordered] = found.of_continuous.T / covariates.sd
    mean[~ordered] = found.mean - slopes[~ordered] @ covariates.mean
    z = (y - found.mean - X @ found.of_continuous) / found.sd
    return _FirstStep(Answers(codes, z, found.tau, X, found.of_items), mean, sd, slopes)


def prepared_from_tables(tables: Tables, names: Sequence[str]) -> Prepared:
    """The same for ordinal items of which there are two-way tables; without the respondents.

    Raises
    ------
    IdentificationError
        If the data determine no statistics.
    """
    p = len(names)
    _check_range(
        tables.n,
        names,
        np.array([each[0] if len(each) else np.nan for each in tables.levels]),
        np.array([each[-1] if len(each) else np.nan for each in tables.levels]),
    )
    check_levels(tables.levels, names)
    pair_counts = np.asarray(np.einsum("iajb->ij", tables.counts))
    _check_pairs(pair_counts, names)
    nothing = np.zeros((0, 0))
    codes, tau = np.zeros((0, p), dtype=np.int8), thresholds(margins(tables.counts))
    nobody = Answers(codes, nothing, tau, nothing, np.zeros((0, p)))
    categories = np.array([len(each) for each in tables.levels], dtype=np.intp)
    return Prepared(
        tuple(names),
        np.zeros((0, p)),
        nobody,
        layout(np.ones(p, dtype=np.bool_), categories),
        Covariates((), nothing, np.zeros(0), nothing),
        np.zeros(p),
        np.ones(p),
        np.zeros((p, 0)),
        pair_counts,
        None,
        tuple(empty_categories(tables.levels, tables.levels, names, {})),
    )


def _check_range(n: int, names: Sequence[str], low: Vector, high: Vector) -> None:
    if n < 2 or n <= len(names):
        raise _impossible(
            "too-few-respondents",
            f"{n} respondents answered what is needed of {len(names)} variables",
            f"Collect at least {max(2, len(names) + 1)} responses, or analyse fewer variables",
        )
    for name, lowest, highest in zip(names, low, high, strict=True):
        if np.isinf(lowest) or np.isinf(highest):
            raise _impossible(
                "missing-values", f"infinite values in `{name}`", "Leave those respondents out"
            )
        if np.isnan(lowest) or lowest == highest:
            raise _impossible(
                "constant-variable",
                f"everyone has the same value in `{name}`",
                "Leave it out: what does not vary cannot covary",
            )


def _check_continuous(values: Matrix, names: Sequence[str]) -> None:
    for name, column in zip(names, values.T, strict=True):
        if len(np.unique(column[~np.isnan(column)])) == 2:
            raise _impossible(
                "two-values",
                f"`{name}` has two different values only: its mean determines its variance",
                "Declare it as ordered",
            )


def _check_pairs(pair_counts: Counts, names: Sequence[str]) -> None:
    for i, j in np.argwhere(np.tril(pair_counts < 2)):
        raise _impossible(
            "no-pairs",
            f"fewer than two respondents have both `{names[j]}` and `{names[i]}`",
            "Analyse one of them at a time",
        )


def check_levels(levels: Sequence[Vector], items: Sequence[str]) -> None:
    """Refuse items with more values than answers to a question have.

    Raises
    ------
    IdentificationError
        If there is one.
    """
    for name, each in zip(items, levels, strict=True):
        if len(each) > MOST_CATEGORIES:
            raise _impossible(
                "too-many-categories",
                f"the ordinal item `{name}` has {len(each)} different values",
                f"Analyse it as continuous, or join categories to at most {MOST_CATEGORIES}",
            )


def _margins(codes: Codes, most: int) -> Counts:
    """Answers in each category, shape (items, K)."""
    return np.array([(codes == k).sum(axis=0) for k in range(most)], dtype=np.int64).T


def _pair_counts(present: Flags) -> Counts:
    p = present.shape[1]
    if present.all():
        return np.full((p, p), len(present), dtype=np.int64)
    total = np.zeros((p, p))
    for here in slices(len(present), BLOCK):
        seen = present[here].astype(np.float64)
        total += seen.T @ seen
    return np.asarray(total.astype(np.int64))


def _clusters(cluster: Sequence[Any] | NDArray[Any] | None, kept: Flags) -> Indices | None:
    if cluster is None:
        return None
    found, numbers = np.unique(np.asarray(cluster)[kept], return_inverse=True)
    if len(found) < 2:
        raise _impossible(
            "too-few-clusters", "fewer than two clusters", "Leave the clusters out of account"
        )
    return np.asarray(numbers, dtype=np.intp)


def empty_categories(
    before: Sequence[Vector],
    after: Sequence[Vector],
    items: Sequence[str],
    known: Mapping[str, Sequence[float]],
) -> Iterator[OrdinalFault]:
    """Categories that nobody chose of those who are left, from the values of each item."""
    for name, old, new in zip(items, before, after, strict=True):
        every = old[np.isfinite(old)]
        if (every == np.round(every)).all():
            every = np.arange(every[0], every[-1] + 1)
        every = np.union1d(every, known.get(name, ()))
        for value in np.setdiff1d(every, new):
            detail = f"nobody chose {value:g}: it has no threshold"
            yield OrdinalFault("empty category", (name,), detail)


def _impossible(code: str, what: str, fix: str) -> IdentificationError:
    return IdentificationError(f"data.{code}", "the data", what, fix)
