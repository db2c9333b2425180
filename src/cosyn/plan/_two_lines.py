"""Effects that are said to change their sign."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from cosyn.plan._base import Name, Strict


class TwoLines(Strict):
    """Slopes of an outcome below and above a breakpoint (Simonsohn 2018), by construct scores.

    Attributes
    ----------
    outcome : str
        A construct.
    predictors : dict
        Construct -> whether the outcome is said to be highest in between (``peak``) or lowest.
    covariates : tuple of str
        Constructs held constant; the predictor itself is left out of them.
    """

    outcome: Name
    predictors: Annotated[dict[Name, Literal["peak", "valley"]], Field(min_length=1)]
    covariates: tuple[Name, ...] = ()
