"""How models are estimated."""

from __future__ import annotations

from typing import Literal

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
    """

    estimator: Literal["ML", "MLR"] = "ML"
    clusters: Literal["none", "department"] = "none"
