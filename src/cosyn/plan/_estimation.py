"""How models are estimated."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from cosyn.plan._base import Strict


class Estimation(Strict):
    """How every model of the plan is estimated.

    Attributes
    ----------
    estimator : "ML" or "MLR"
        Maximum likelihood; with standard errors and tests that hold for answers that are not
        normal (Yuan & Bentler 2000), or only for those that are.
    clusters : "none" or "department"
        Whether respondents of one department may be alike; MLR's standard errors and tests then
        allow for it.
    starts : int
        Points from which the search for a measurement model's estimates may begin, one after the
        other until one leads to a minimum.
    """

    estimator: Literal["ML", "MLR"] = "ML"
    clusters: Literal["none", "department"] = "none"
    starts: Annotated[int, Field(ge=1, le=100)] = 10
