"""Models of several products equal those of semTools' indProd and lavaan.

Standardised errors are compared with numerical derivatives in R, estimates with lavaan's polished
to the minimum.
"""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from tests.golden.golden_cases import FOLDER, csv, expected

from cosyn.synergy import (
    SYNERGIES,
    InteractionResult,
    Scores,
    SynergyResult,
    Task,
)

TRUTH = expected(FOLDER / "cases" / "interactions")
#: Both stand at the same minimum, which for weak products is flat.
ESTIMATES = 1e-6
NUMERICAL = 1e-5

MEASURED = "\n".join(
    f"{f} =~ {' + '.join(f'{f.lower()}{k}' for k in range(1, 5))}" for f in "ABCDY"
)
ADDITIVE = MEASURED + "\nY ~ A + B + C + D"
AC = {"AxC": ("A", "C")}
TASKS = {
    "several": Task(
        ADDITIVE,
        "additive.lav",
        "Y",
        products={"AxB": ("A", "B"), **AC, "BxC": ("B", "C"), "AxD": ("A", "D")},
    ),
    "quadratic": Task(ADDITIVE, "additive.lav", "Y", products=AC, quadratic=True),
    "reversed": Task(ADDITIVE, "additive.lav", "Y", products=AC, matching="reversed"),
    "rotated": Task(
        ADDITIVE, "additive.lav", "Y", products={**AC, "AxA": ("A", "A")}, matching="rotated"
    ),
}


@cache
def ran(name: str, *, robust: bool = False) -> SynergyResult:
    data = csv("facets")
    task = replace(TASKS[name], robust=robust)
    return SYNERGIES["interaction"].run(Scores(data.names, data.values), task)


def interaction(name: str, *, robust: bool = False) -> InteractionResult:
    found = ran(name, robust=robust).interaction
    assert found is not None
    assert found.problem == ""
    return found


@pytest.mark.parametrize("name", list(TASKS))
def test_product_indicators(name: str) -> None:
    truth, found = TRUTH[name], interaction(name)
    for wanted, row in zip(truth["rows"], found.estimates, strict=True):
        assert (row.lhs, row.op, row.rhs) == (wanted["lhs"], wanted["op"], wanted["rhs"])
        assert row.value == pytest.approx(wanted["est"], rel=ESTIMATES)
        assert row.standard_error == pytest.approx(wanted["se"], rel=ESTIMATES)
    values = np.atleast_1d(truth["standardised"])
    np.testing.assert_allclose([e.value for e in found.effects], values, rtol=ESTIMATES)
    errors = [e.standard_error for e in found.effects]
    np.testing.assert_allclose(errors, np.atleast_1d(truth["errors"]), rtol=NUMERICAL)
    assert found.comparison.chisq == pytest.approx(truth["chisq"], rel=ESTIMATES)
    assert found.comparison.df == truth["df"]
    assert found.gain == pytest.approx(truth["gain"], rel=ESTIMATES)


@pytest.mark.parametrize("name", list(TASKS))
def test_robust_errors(name: str) -> None:
    result = interaction(name, robust=True)
    found = [row.standard_error for row in result.estimates][4:]
    np.testing.assert_allclose(
        np.array(found, dtype=float), np.atleast_1d(TRUTH[name]["robust"]), rtol=ESTIMATES
    )


def test_robust_comparison_is_walds() -> None:
    """Of one product, the squared estimate over the robust standard error that lavaan has too."""
    found = interaction("reversed", robust=True).comparison
    wanted = (TRUTH["reversed"]["rows"][4]["est"] / TRUTH["reversed"]["robust"]) ** 2
    assert found.chisq == pytest.approx(wanted, rel=1e-5)
    assert (found.df, found.method) == (1, "Wald")
    difference = ran("reversed", robust=True).difference
    assert difference is not None
    assert difference.method == "satorra2000"
    assert difference.chisq is not None
    assert 0.7 < difference.chisq / wanted < 1.6
