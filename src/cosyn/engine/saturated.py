"""The saturated model of incomplete rows at its maximum-likelihood moments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.casewise import score_products
from cosyn.engine.fiml import FIMLEvaluation, fiml_discrepancy
from cosyn.engine.lisrel import structures
from cosyn.engine.table import Parameter, ParameterTable, numbered

if TYPE_CHECKING:
    from cosyn.engine._typing import Matrix
    from cosyn.engine.moments import SampleMoments


@dataclass(frozen=True, slots=True, eq=False)
class SaturatedInformation:
    """What one incomplete respondent tells of the moments, on average.

    Of the means, then the lower triangle of the covariances row by row.

    Attributes
    ----------
    observed : ndarray, shape (moments, moments)
        Observed information.
    products : ndarray, shape (moments, moments)
        Cross-products of the scores, of their sums where there are clusters; the observed
        information itself where normality is taken for granted.
    """

    observed: Matrix
    products: Matrix


def saturated_information(group: SampleMoments, *, robust: bool) -> SaturatedInformation:
    """Information of the saturated model where it fits best.

    Parameters
    ----------
    group : SampleMoments
        Of incomplete rows.
    robust : bool
        Whether to take the cross-products of the scores.
    """
    here = saturated_evaluation(group)
    observed = here.hessian()
    return SaturatedInformation(observed, score_products(here, (group,)) if robust else observed)


def saturated_evaluation(group: SampleMoments) -> FIMLEvaluation:
    """Evaluate the model in which every mean and covariance is free, where it fits best.

    Parameters
    ----------
    group : SampleMoments
        Of incomplete rows: its mean and covariance are the estimates.
    """
    assert group.incomplete is not None
    names = group.names
    a, b = np.tril_indices(len(names))
    rows = [Parameter(name, "~1", "") for name in names]
    rows += [Parameter(names[i], "~~", names[j]) for i, j in zip(a, b, strict=True)]
    table = ParameterTable(numbered(rows), names, (), means=True)
    x = np.concatenate([group.mean, group.cov[a, b]])
    return fiml_discrepancy(structures(table), (group.incomplete,), (group.saturated,)).at(x)
