"""Robust indices of incomplete answers equal lavaan's, with groups and constraints.

lavaan's own stop where the log-likelihood of the saturated moments changes by 1e-12 here, and it
weighs the information of these moments by what it holds numerically: one part in 1e4.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from semopy.examples import holzinger39
from tests.golden.golden_cases import FOLDER, expected

from cosyn.engine import sem

ROBUST = 1e-4
EXACT = 1e-6
FACTORS = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
CONSTRAINED = "visual =~ x1 + a*x2 + b*x3\ntextual =~ x4 + c*x5 + d*x6\na == c\nb + d == 2"
COVARIATES = FACTORS + "\nspeed ~ visual + ageyr\nvisual ~ ageyr + sex"
SCHOOLS = {"group": "school", "group_equal": ["loadings"]}
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "constraint": (CONSTRAINED, {}),
    "groups": (FACTORS, SCHOOLS),
    "groups_mlr": (FACTORS, {**SCHOOLS, "estimator": "MLR"}),
    "covariates": (COVARIATES, {}),
    "covariates_mlr": (COVARIATES, {"estimator": "MLR"}),
}


def with_gaps() -> pd.DataFrame:
    """As in lavaan's documentation: x5 is missing for low x1, x9 for the young."""
    frame = pd.DataFrame(holzinger39.get_data())
    age = frame["ageyr"] + frame["agemo"] / 12
    frame["x5"] = frame["x5"].where(frame["x1"] > np.quantile(frame["x1"], 0.3))
    frame["x9"] = frame["x9"].where(age > np.quantile(age, 0.3))
    return frame


@pytest.mark.parametrize("name", CASES)
def test_measures(name: str) -> None:
    model, arguments = CASES[name]
    found = sem(model, with_gaps(), missing="fiml", **arguments).fit_measures
    for theirs, wanted in expected(FOLDER / "cases" / "fiml_robust")[name].items():
        ours = theirs.replace(".ci.", ".").replace(".", "_")
        near = ROBUST if "robust" in ours else EXACT
        assert found[ours] == pytest.approx(wanted, rel=near), theirs
