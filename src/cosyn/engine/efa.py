"""Exploratory factor analysis of a correlation matrix: extraction, rotation, fit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from cosyn.engine.chisquare import chi_square
from cosyn.engine.extraction import Extraction, Method, extract, smc
from cosyn.engine.fit_indices import rmsea, tli
from cosyn.engine.rotation import (
    communalities,
    explained_variances,
    order_and_reflect,
    rotate,
)

if TYPE_CHECKING:
    from cosyn.engine._typing import Matrix, Vector
    from cosyn.engine.chisquare import ChiSquare
    from cosyn.engine.fit_indices import Rmsea
    from cosyn.engine.rotation import Method as RotationMethod
    from cosyn.engine.rotation import Rotation, RotationOptions

__all__ = [
    "Efa",
    "EfaTest",
    "Extraction",
    "Method",
    "communalities",
    "explained_variances",
    "explore",
    "extract",
    "order_and_reflect",
    "smc",
]

#: Of what the matrix holds the correlations: answers, or what is thought to underlie them.
Correlations = Literal["pearson", "polychoric"]


@dataclass(frozen=True, slots=True)
class EfaTest:
    """Likelihood-ratio test of k factors.

    Attributes
    ----------
    model, baseline : ChiSquare
        Of k factors and of none, both by Bartlett's (1951) factor for k factors, which
        ``factanal`` and ``psych::fa`` report of the model.
    rmsea : Rmsea
        With n - 1, as psych's interval; psych's point estimate takes n in one of its two places.
    tli : float
        Tucker & Lewis (1973), not clipped.
    """

    model: ChiSquare
    baseline: ChiSquare
    rmsea: Rmsea
    tli: float


@dataclass(frozen=True, slots=True, eq=False)
class Efa:
    """An exploratory factor solution.

    Attributes
    ----------
    loadings, structure : ndarray, shape (p, k)
        Pattern loadings L, and correlations L Phi of variables with factors.
    Phi : ndarray, shape (k, k)
        Correlations of the factors.
    communalities, uniquenesses : ndarray, shape (p,)
        diag(L Phi L') and what is left of 1.
    explained : ndarray, shape (k,)
        Share of all variance that each factor explains: diag(Phi L'L) / p.
    rmsr : float
        Root mean square of the residual correlations off the diagonal.
    test : EfaTest or None
        Of maximum likelihood alone.
    untested : str
        Why there is no test, "" if there is one.
    extraction : Extraction
    rotation : Rotation
    """

    loadings: Matrix
    structure: Matrix
    Phi: Matrix
    communalities: Vector
    uniquenesses: Vector
    explained: Vector
    rmsr: float
    test: EfaTest | None
    untested: str
    extraction: Extraction
    rotation: Rotation

    @property
    def converged(self) -> bool:
        """Whether both extraction and rotation ended at a minimum."""
        return self.extraction.converged and self.rotation.converged

    @property
    def reasons(self) -> tuple[str, ...]:
        """What is wrong with the extraction and with the rotation."""
        return tuple(filter(None, (self.extraction.reason, self.rotation.reason)))


def explore(
    R: Matrix,
    n: int | None,
    k: int,
    method: Method = "minres",
    rotation: RotationMethod = "oblimin",
    seed: int = 1,
    *,
    options: RotationOptions | None = None,
    correlations: Correlations = "pearson",
) -> Efa:
    """Extract k factors, rotate them and describe the solution.

    An extraction that is impossible gives loadings of zero and says why.

    Parameters
    ----------
    R : ndarray, shape (p, p)
        Pearson or polychoric correlations.
    n : int, optional
        Respondents; without them no test.
    seed : int
        Of the rotation's random starts.
    correlations : str
        The likelihood is that of Pearson correlations: polychoric ones have no test here.
    """
    extraction = extract(R, k, method)
    found = extraction.loadings.any()
    rotated = rotate(extraction.loadings, rotation if found else "none", options, seed)
    L, Phi = rotated.loadings, rotated.Phi
    shared = communalities(L, Phi)
    untested = _untested(extraction, n, method, correlations)
    return Efa(
        loadings=L,
        structure=L @ Phi,
        Phi=Phi,
        communalities=shared,
        uniquenesses=1 - shared,
        explained=explained_variances(L, Phi) / len(R),
        rmsr=_rmsr(R - L @ Phi @ L.T),
        test=None if untested or n is None else _test(R, n, extraction),
        untested=untested,
        extraction=extraction,
        rotation=rotated,
    )


def _untested(
    extraction: Extraction, n: int | None, method: Method, correlations: Correlations
) -> str:
    if method != "ml":
        return "least squares have no likelihood"
    if correlations != "pearson":
        return "polychoric correlations have another distribution than Pearson's"
    if not extraction.converged:
        return extraction.reason
    p, k = extraction.loadings.shape
    if _degrees_of_freedom(p, k) < 0:
        return "negative degrees of freedom"
    if n is None or _bartlett(n, p, k) <= 0:
        return "too few respondents, or an unknown number"
    return ""


def _test(R: Matrix, n: int, extraction: Extraction) -> EfaTest:
    p, k = extraction.loadings.shape
    factor = _bartlett(n, p, k)
    model = chi_square(factor * extraction.objective, _degrees_of_freedom(p, k))
    baseline = chi_square(-factor * float(np.linalg.slogdet(R)[1]), p * (p - 1) / 2)
    return EfaTest(model, baseline, rmsea(model, n - 1), tli(model, baseline))


def _degrees_of_freedom(p: int, k: int) -> float:
    return ((p - k) ** 2 - p - k) / 2


def _bartlett(n: int, p: int, k: int) -> float:
    return n - 1 - (2 * p + 5) / 6 - 2 * k / 3


def _rmsr(residual: Matrix) -> float:
    return float(np.sqrt(np.mean(residual[np.tril_indices(len(residual), -1)] ** 2)))
