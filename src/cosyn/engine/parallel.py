"""Parallel analysis: observed eigenvalues against those of independent variables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.extraction import smc
from cosyn.engine.polychoric_matrix import polychoric_of_codes

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cosyn.engine._typing import Flags, Matrix, Vector
    from cosyn.engine.contingency import Codes


@dataclass(frozen=True, slots=True, eq=False)
class ParallelAnalysis:
    """Eigenvalues in decreasing order, each array of shape (p,).

    Attributes
    ----------
    observed_pc, random_pc_mean, random_pc_quantile : ndarray
        Of correlation matrices (principal components).
    observed_fa, random_fa_mean, random_fa_quantile : ndarray
        Of correlation matrices with squared multiple correlations in the diagonal (common
        factors).
    n_components, n_factors : int
        Leading observed eigenvalues above the quantile of the random ones.
    """

    observed_pc: Vector
    random_pc_mean: Vector
    random_pc_quantile: Vector
    observed_fa: Vector
    random_fa_mean: Vector
    random_fa_quantile: Vector
    n_components: int
    n_factors: int


def parallel_analysis(
    R: Matrix, n: int, *, draws: int = 200, quantile: float = 0.95, seed: int = 1
) -> ParallelAnalysis:
    """Horn's (1965) parallel analysis with a quantile (Glorfeld 1995) instead of the mean.

    Correlation matrices of independent normal variables are drawn by Bartlett's decomposition of
    the Wishart distribution, so that the time does not grow with n.

    Parameters
    ----------
    R : ndarray, shape (p, p)
        Correlations of n respondents; not singular, n > p.
    """
    streams = np.random.SeedSequence(seed).spawn(draws)
    return _compared(R, (_random_correlations(len(R), n, stream) for stream in streams), quantile)


def parallel_analysis_of_codes(
    R: Matrix, codes: Codes, *, draws: int = 200, quantile: float = 0.95, seed: int = 1
) -> ParallelAnalysis:
    """Parallel analysis of polychoric correlations, against those of permuted answers.

    Each item's answers are permuted by themselves: its categories keep their shares, and nothing
    is left of how items go together (Buja & Eyuboglu 1992, *Multivariate Behavioral Research* 27;
    of polychoric correlations Timmerman & Lorenzo-Seva 2011, *Psychological Methods* 16). Normal
    variables would not do: polychoric correlations vary more than Pearson's.

    Parameters
    ----------
    R : ndarray, shape (p, p)
        Polychoric correlations of the answers; positive definite.
    codes : ndarray of int, shape (n, p)
        Categories from 0, none missing; n > p.
    """
    streams = np.random.SeedSequence(seed).spawn(draws)
    return _compared(R, (_permuted(codes, stream) for stream in streams), quantile)


def _compared(R: Matrix, random: Iterable[Matrix], quantile: float) -> ParallelAnalysis:
    eigenvalues = [(_components(matrix), _factors(matrix)) for matrix in random]
    pc, fa = (np.array([pair[kind] for pair in eigenvalues]) for kind in (0, 1))
    pc_quantile, fa_quantile = (np.quantile(e, quantile, axis=0) for e in (pc, fa))
    observed_pc, observed_fa = _components(R), _factors(R)
    return ParallelAnalysis(
        observed_pc,
        pc.mean(axis=0),
        pc_quantile,
        observed_fa,
        fa.mean(axis=0),
        fa_quantile,
        n_components=_leading(observed_pc > pc_quantile),
        n_factors=_leading(observed_fa > fa_quantile),
    )


def _permuted(codes: Codes, stream: np.random.SeedSequence) -> Matrix:
    generator = np.random.default_rng(stream)
    return polychoric_of_codes(generator.permuted(codes, axis=0))


def _random_correlations(p: int, n: int, stream: np.random.SeedSequence) -> Matrix:
    generator = np.random.default_rng(stream)
    T = np.tril(generator.standard_normal((p, p)), -1)
    T[np.diag_indices(p)] = np.sqrt(generator.chisquare(n - 1 - np.arange(p)))
    T /= np.linalg.norm(T, axis=1, keepdims=True)
    return T @ T.T


def _components(R: Matrix) -> Vector:
    return np.asarray(np.linalg.eigvalsh(R)[::-1])


def _factors(R: Matrix) -> Vector:
    reduced = R.copy()
    np.fill_diagonal(reduced, smc(R))
    return np.asarray(np.linalg.eigvalsh(reduced)[::-1])


def _leading(above: Flags) -> int:
    return int(np.cumprod(above).sum())
