"""The saturated model of incomplete rows at its maximum-likelihood moments."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.fiml import FIMLEvaluation, fiml_discrepancy
from cosyn.engine.lisrel import structures
from cosyn.engine.table import Parameter, ParameterTable, numbered

if TYPE_CHECKING:
    from cosyn.engine.moments import SampleMoments


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
