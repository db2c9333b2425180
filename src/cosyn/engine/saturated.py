"""The saturated model of incomplete rows at its maximum-likelihood moments."""

from __future__ import annotations

from itertools import combinations
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
    pairs = [(a, a) for a in names] + list(combinations(names, 2))
    rows = [Parameter(a, "~~", b) for a, b in pairs]
    rows += [Parameter(name, "~1", "") for name in names]
    table = ParameterTable(numbered(rows), names, (), means=True)
    place = {name: k for k, name in enumerate(names)}
    covariances = [group.cov[place[a], place[b]] for a, b in pairs]
    x = np.concatenate([covariances, group.mean])
    return fiml_discrepancy(structures(table), (group.incomplete,), (group.saturated,)).at(x)
