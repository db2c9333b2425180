"""The test of a model against the saturated one, standard and corrected for non-normality."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import chdtrc

from cosyn.engine.casewise import casewise
from cosyn.engine.discrepancy import MLEvaluation
from cosyn.engine.linalg import damped_inverse
from cosyn.engine.squared_trace import squared_moment_trace
from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine._typing import Matrix
    from cosyn.engine.casewise import Casewise
    from cosyn.engine.discrepancy import Likelihood
    from cosyn.engine.estimators import Test
    from cosyn.engine.moments import SampleMoments


@dataclass(frozen=True, slots=True)
class ChiSquare:
    """A chi-square statistic.

    Attributes
    ----------
    value : float
        A shift may make it negative where a model fits very well; its p-value is 1 then.
    df : float
        Whole but for the mean- and variance-adjusted statistic.
    pvalue : float or None
        None without degrees of freedom, or if the scaling is not positive.
    scaling : float
        Factor by which the statistic was divided, 1 if it was not. That of Yuan & Bentler, a
        difference of traces, can be negative in a small sample or far from the model: then there is
        no corrected statistic, whatever the value.
    shift : float
        What was added after that.
    mean : float
        Expected value of the unscaled statistic, per degree of freedom: tr(U Gamma) / df, on
        which robust indices rest.
    """

    value: float
    df: float
    pvalue: float | None
    scaling: float = 1.0
    shift: float = 0.0
    mean: float = 1.0


def chi_square(value: float, df: float) -> ChiSquare:
    """A statistic with its upper tail probability."""
    return ChiSquare(value, df, float(chdtrc(df, max(value, 0.0))) if df > 0 else None)


def corrected(
    test: Test,
    standard: ChiSquare,
    evaluation: Likelihood,
    groups: Sequence[SampleMoments],
    bread: Matrix | None = None,
    rows: Casewise | None = None,
) -> ChiSquare:
    """Correct a statistic for the distribution of the data.

    ``yuan_bentler_mplus``: Yuan & Bentler (2000) with the traces of the two models taken apart,
    as Mplus does. ``satorra_bentler``: Satorra & Bentler (1994). ``scaled_shifted``: Asparouhov
    & Muthén (2010). ``mean_var_adjusted``: Satterthwaite's, as in Satorra & Bentler (1994).

    Parameters
    ----------
    bread : ndarray, shape (q, q), optional
        Covariance of one respondent's parameters under the model; the inverse of the matching
        information if left out (give it where constraints restrict the parameters).
    rows : Casewise, optional
        What the rows tell, if it is known already: of scores that are centred unless the test is
        ``yuan_bentler_mplus``.
    """
    if test == "standard" or standard.df == 0:
        return standard
    if test == "yuan_bentler_mplus":
        bread = damped_inverse(evaluation.hessian()) if bread is None else bread
        found = rows or casewise((evaluation,), groups, centred=False)[0]
        return scaled(standard, found.trace - float(np.sum(bread * found.products)))
    if not isinstance(evaluation, MLEvaluation):
        raise IdentificationError(
            "estimator.incomplete",
            f"test {test!r}",
            "this correction does not exist for incomplete answers",
            "Use the estimator MLR, or complete answers",
        )
    found = rows or casewise((evaluation,), groups, centred=True)[0]
    bread = damped_inverse(evaluation.information()) if bread is None else bread
    EB = bread @ found.products
    trace = found.trace - float(np.trace(EB))
    if test == "satorra_bentler":
        return scaled(standard, trace)
    of_moments, mixed = squared_moment_trace(evaluation, groups)
    squared = of_moments - 2 * float(np.sum(bread * mixed)) + float(np.sum(EB * EB.T))
    adjust = shifted if test == "scaled_shifted" else adjusted
    return adjust(standard, trace, squared)


def scaled(standard: ChiSquare, trace: float) -> ChiSquare:
    """Divide by c = tr(U Gamma) / df."""
    c = trace / standard.df
    found = chi_square(standard.value / c, standard.df)
    pvalue = found.pvalue if c > 0 else None
    return ChiSquare(found.value, found.df, pvalue, scaling=c, mean=c)


def shifted(standard: ChiSquare, trace: float, squared: float) -> ChiSquare:
    """Scale and shift to the mean and variance of a chi-square with the model's df."""
    df = standard.df
    a = float(np.sqrt(df / squared))
    shift = df - a * trace
    found = chi_square(standard.value * a + shift, df)
    return ChiSquare(found.value, df, found.pvalue, scaling=1 / a, shift=shift, mean=trace / df)


def adjusted(standard: ChiSquare, trace: float, squared: float) -> ChiSquare:
    """Match mean and variance by fractional degrees of freedom."""
    df = trace**2 / squared
    c = trace / df
    found = chi_square(standard.value / c, df)
    return ChiSquare(found.value, df, found.pvalue, scaling=c, mean=trace / standard.df)
