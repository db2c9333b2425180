"""Structure after measurement: factors are measured block by block, then related.

The local method of Rosseel & Loh (2022), *A structural after measurement approach to structural
equation modeling*, Psychological Methods, 29, 561-588, and its extension to products and squares
of latents (Rosseel, Burghgraeve, Loh & Schermelleh-Engel 2025, Behavior Research Methods, 57).
Misfit of one part does not spread to another, and products need no indicators of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations
from typing import TYPE_CHECKING, Literal

import numpy as np
from scipy.linalg import block_diag

from cosyn.engine import _sam_errors as errors_of
from cosyn.engine._sam_blocks import blocks_of
from cosyn.engine._sam_moments import (
    Pairs,
    casewise,
    corrected,
    reliabilities,
    scores,
    shrinkage_of,
)
from cosyn.engine.estimates import standard_errors
from cosyn.engine.estimation import FitOptions, fit_sem
from cosyn.engine.moments import SampleMoments
from cosyn.engine.product_terms import check_terms
from cosyn.engine.table import Parameter, ParameterTable, numbered, with_sample_values

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._sam_blocks import Block
    from cosyn.engine._sam_moments import Scores, Shrinkage
    from cosyn.engine._typing import Matrix, Vector
    from cosyn.engine.estimates import Estimate
    from cosyn.engine.fit import SemFit
    from cosyn.engine.product_terms import ProductTerm

Errors = Literal["twostep", "robust"]


@dataclass(frozen=True, slots=True, eq=False)
class SamFit:
    """A model fitted in two steps.

    Attributes
    ----------
    measurement : tuple of SemFit
        The first step, one a block.
    names : tuple of str, length k
        Latents, observed variables of regressions, products.
    reliability : dict
        Of the Bartlett scores of each latent: share of their variance that is not error.
    shrinkage : float
        By what the error's moments were multiplied so that latents keep definite covariances
        (Fuller 1987); 1 if there was no need.
    path : SemFit or None
        The second step: its estimates are right; its standard errors and tests ignore the first.
    vcov : ndarray, shape (q, q), or None
        Covariance of the free parameters of the second step, the first's uncertainty included.
    rows : tuple of Estimate
        Of the second step, with these standard errors.
    problem : str
        Why there is no second step, "" if there is one.
    """

    measurement: tuple[SemFit, ...]
    names: tuple[str, ...]
    reliability: dict[str, float]
    shrinkage: float
    path: SemFit | None
    vcov: Matrix | None
    rows: tuple[Estimate, ...]
    problem: str = ""

    def row(self, lhs: str, op: str, rhs: str = "") -> Estimate:
        """One row of the second step.

        Raises
        ------
        KeyError
            If there is no such row.
        """
        if self.path is None:
            raise KeyError(f"{lhs} {op} {rhs}".rstrip())
        return self.rows[self.path.table.index(lhs, op, rhs)]


def fit_sam(
    table: ParameterTable,
    sample: SampleMoments,
    terms: Sequence[ProductTerm] = (),
    *,
    errors: Errors = "twostep",
    together: Sequence[Sequence[str]] = (),
) -> SamFit:
    """Fit a model of latents and their products in two steps.

    Parameters
    ----------
    table : ParameterTable
        The linear part, with means and one group; it may hold observed predictors and outcomes.
    sample : SampleMoments
        Of complete rows.
    terms : sequence of ProductTerm
    errors : {"twostep", "robust"}
        Without products ``"twostep"`` takes the expected information of the joint model, with
        products the spread of respondents' moments plus that of the first step, as if the two were
        independent: so lavaan has it. ``"robust"`` takes what each respondent, or cluster, moves
        in both steps together, and assumes no distribution but for the errors of measurement.
    together : sequence of sequence of str
        Latents measured in one block, such as one of two indicators with another that identifies
        it; by default each has its own unless they share indicators or residual covariances.

    Raises
    ------
    IdentificationError
        If the model is not one of these, or the sample has only moments.
    """
    check_terms(table, terms)
    sample = replace(sample.subset(table.observed), covariates=table.covariates)
    table = with_sample_values(table, (sample,))
    blocks = blocks_of(table, sample, together)
    measured = tuple(block.fit for block in blocks if block.fit is not None)
    problems = "; ".join(filter(None, (block.problem() for block in blocks)))
    if problems:
        return SamFit(measured, (), {}, 1.0, None, None, (), problems)
    return _second_step(table, sample, blocks, terms, errors)


def _second_step(
    table: ParameterTable,
    sample: SampleMoments,
    blocks: tuple[Block, ...],
    terms: Sequence[ProductTerm],
    errors: Errors,
) -> SamFit:
    measured = tuple(block.fit for block in blocks if block.fit is not None)
    simple = tuple(name for block in blocks for name in block.latent)
    path = _path_table(table, simple, terms)
    pairs = _pairs(path.observed, simple, terms)
    x = np.concatenate([np.zeros(0), *(fit.x for fit in measured)])
    there = scores(blocks, x)
    reliable = dict(zip(simple, map(float, reliabilities(there)), strict=True))
    shrinkage = shrinkage_of(there, pairs)
    mean, cov = corrected(there, pairs, shrinkage)
    found = SamFit(measured, path.observed, reliable, shrinkage.products, None, None, ())
    second = fit_sem(
        path,
        (SampleMoments(sample.n, path.observed, mean, cov),),
        FitOptions(compute_baseline=False),
    )
    if not (second.status.converged and second.status.identified):
        problem = "; ".join(second.status.messages or second.status.reasons)
        return replace(found, path=second, rows=second.rows(), problem=problem)
    first = _FirstStep(blocks, x, there, pairs, shrinkage)
    vcov = _vcov(table, sample, first, second, bool(terms), errors)
    told = replace(second, standard_errors=standard_errors(path, second.x, vcov), vcov=vcov)
    return replace(found, path=second, vcov=vcov, rows=told.rows())


@dataclass(frozen=True, slots=True, eq=False)
class _FirstStep:
    blocks: tuple[Block, ...]
    x: Vector
    scores: Scores
    pairs: Pairs
    shrinkage: Shrinkage


def _vcov(
    table: ParameterTable,
    sample: SampleMoments,
    first: _FirstStep,
    second: SemFit,
    products: bool,  # noqa: FBT001
    errors: Errors,
) -> Matrix:
    measured = [block.fit for block in first.blocks if block.fit is not None]
    spread = np.asarray(block_diag(*(fit.vcov for fit in measured if fit.vcov is not None)))
    if errors == "twostep" and not products:
        return errors_of.of_joint_information(table, sample, measured, second, spread)
    slopes = errors_of.slopes(first.blocks, first.x, first.pairs, first.shrinkage)
    moved = casewise(first.scores, first.pairs, first.shrinkage)
    if errors == "twostep":
        Gamma = moved.T @ moved / sample.n + sample.n * slopes @ spread @ slopes.T
    else:
        Gamma = errors_of.of_respondents(moved, measured, slopes, sample)
    weights = errors_of.weights_of_moments(second)
    return np.asarray(weights @ Gamma @ weights.T / sample.n)


def _path_table(
    table: ParameterTable, simple: Sequence[str], terms: Sequence[ProductTerm]
) -> ParameterTable:
    """The relations of latents and products, as if all had been observed.

    Products bring a mean structure, saturated because it tells nothing of effects.
    """
    products = tuple(dict.fromkeys(term.name for term in terms))
    inside = set(simple)
    rows = [
        row
        for row in table.rows
        if (row.op in {"~", "~~"} and {row.lhs, row.rhs} <= inside) or row.op == ":="
    ]
    rows += [Parameter(term.outcome, "~", term.name) for term in terms]
    if terms:
        rows = [replace(row, exogenous=False, value=None) if row.exogenous else row for row in rows]
        caused = {row.lhs for row in rows if row.op == "~"}
        causes = [name for name in simple if name not in caused]
        given = {frozenset((row.lhs, row.rhs)) for row in rows if row.op == "~~"}
        rows += [Parameter(name, "~~", name) for name in products]
        rows += [
            Parameter(a, "~~", b)
            for a, b in combinations([*causes, *products], 2)
            if frozenset((a, b)) not in given
        ]
        rows += [Parameter(name, "~1", "") for name in (*simple, *products)]
    return ParameterTable(
        numbered(rows),
        (*simple, *products),
        (),
        means=bool(terms),
        modelled_covariates=table.modelled_covariates,
    )


def _pairs(names: Sequence[str], simple: Sequence[str], terms: Sequence[ProductTerm]) -> Pairs:
    place = {name: k for k, name in enumerate(simple, start=1)}
    sides = {term.name: (place[term.first], place[term.second]) for term in terms}
    sides |= {name: (k, 0) for name, k in place.items()}
    first, second = np.array([sides[name] for name in names], dtype=np.intp).T
    return Pairs(first, second)
