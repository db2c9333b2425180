"""Groups weighed by their respondents, where the discrepancy weighs them by n - 1."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from cosyn.engine.discrepancy import NormalEvaluation
from cosyn.engine.least_squares import LeastSquaresEvaluation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.engine.discrepancy import Evaluation

E = TypeVar("E", bound="Evaluation")


def by_respondents(evaluation: E, sizes: Sequence[int]) -> E:
    """The same point with each group weighed by its share of the respondents.

    Information and what follows from it is taken there, as lavaan has it; it makes a difference
    to several groups of different size alone, of the order of 1 / n.

    Parameters
    ----------
    sizes : sequence of int
        Respondents of each group.
    """
    if len(sizes) == 1:
        return evaluation
    shares = np.array(sizes, dtype=float) / sum(sizes)
    here: Any = evaluation
    if isinstance(evaluation, LeastSquaresEvaluation):
        there = replace(here.discrepancy, shares=shares).at(evaluation.x)
    elif isinstance(evaluation, NormalEvaluation):
        there = replace(here.discrepancy, weights=shares).at(evaluation.x)
    else:  # incomplete rows are weighed so anyway
        return evaluation
    assert isinstance(there, type(evaluation))
    return there
