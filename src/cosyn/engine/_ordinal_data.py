"""From a table of answers to category numbers, thresholds and standardized variables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from cosyn.engine._ordinal_layout import Answers, Layout, layout
from cosyn.engine._ordinal_regression import regressions
from cosyn.engine.contingency import BLOCK
from cosyn.engine.covariates import Covariates, covariates_of
from cosyn.engine.polychoric import thresholds
from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from numpy.typing import NDArray

    from cosyn.engine._typing import Flags, Indices, Matrix, Vector
    from cosyn.engine.contingency import Codes, Counts

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
    levels: Mapping[str, Sequence[float]],
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
    _check(values, own)
    _check_continuous(values[:, ~is_ordered], [n for n in own if n not in items])
    codes, categories = _coded(values[:, is_ordered], items)
    pair_counts = _pair_counts(~np.isnan(values))
    _check_pairs(pair_counts, own)
    every = np.ones(len(own), dtype=np.intp)
    every[is_ordered] = categories
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
        tuple(_empty(Y[:, is_ordered], values[:, is_ordered], items, levels)),
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


def _check(values: Matrix, names: Sequence[str]) -> None:
    if len(values) < 2:
        raise _impossible(
            "too-few-respondents",
            f"{len(values)} respondents answered what is needed",
            "Collect more responses, or analyse fewer variables",
        )
    for name, column in zip(names, values.T, strict=True):
        found = column[~np.isnan(column)]
        if np.isinf(found).any():
            raise _impossible(
                "missing-values", f"infinite values in `{name}`", "Leave those respondents out"
            )
        if not len(found) or found.min() == found.max():
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


def _coded(values: Matrix, items: Sequence[str]) -> tuple[Codes, list[int]]:
    """Category numbers (n, items), and how many categories each item has."""
    codes = np.empty(values.shape, dtype=np.int8)
    categories = []
    for k, name in enumerate(items):
        column = values[:, k]
        levels = np.unique(column[~np.isnan(column)])
        if len(levels) > MOST_CATEGORIES:
            raise _impossible(
                "too-many-categories",
                f"the ordinal item `{name}` has {len(levels)} different values",
                f"Analyse it as continuous, or join categories to at most {MOST_CATEGORIES}",
            )
        codes[:, k] = np.where(np.isnan(column), -1, np.searchsorted(levels, column))
        categories.append(len(levels))
    return codes, categories


def _margins(codes: Codes, most: int) -> Counts:
    """Answers in each category, shape (items, K)."""
    return np.array([(codes == k).sum(axis=0) for k in range(most)], dtype=np.int64).T


def _pair_counts(present: Flags) -> Counts:
    total = np.zeros((present.shape[1],) * 2)
    for start in range(0, len(present), BLOCK):
        seen = present[start : start + BLOCK].astype(np.float64)
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


def _empty(
    before: Matrix, after: Matrix, items: Sequence[str], levels: Mapping[str, Sequence[float]]
) -> Iterator[OrdinalFault]:
    """Categories that nobody chose of those who are left."""
    for name, old, new in zip(items, before.T, after.T, strict=True):
        known = np.unique(old[np.isfinite(old)])
        if (known == np.round(known)).all():
            known = np.arange(known[0], known[-1] + 1)
        known = np.union1d(known, levels.get(name, ()))
        for value in np.setdiff1d(known, new):
            detail = f"nobody chose {value:g}: it has no threshold"
            yield OrdinalFault("empty category", (name,), detail)


def _impossible(code: str, what: str, fix: str) -> IdentificationError:
    return IdentificationError(f"data.{code}", "the data", what, fix)
