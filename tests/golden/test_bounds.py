"""Bounds and what is estimated within them are those of lavaan.

The script fixes what lavaan puts on a bound there, goes on to the minimum, and takes the standard
errors of that model, as ours hold such parameters; lavaan computes them as if it had no bounds.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from semopy.examples import holzinger39
from tests.golden.golden_cases import FOLDER, expected

from cosyn.engine import Fitted, sem
from cosyn.engine.boundary import boundary_test
from cosyn.engine.bounds import BOUND_REACHED

TRUTH = expected(FOLDER / "cases" / "bounds")["cases"]
POLISHED, SEARCHED = 1e-6, 1e-4
HEYWOOD = "f =~ x1 + x3 + x5 + x7"


def data(name: str | None = None) -> pd.DataFrame:
    frame = pd.DataFrame(holzinger39.get_data())
    if name == "Gaps":
        frame["x3"] = frame["x3"].where(np.arange(301) % 7 != 1)
    return frame.iloc[:40] if name == "Few" else frame


def fitted(case: dict[str, Any], **more: Any) -> Fitted:
    args = {key.replace(".", "_"): x for key, x in (case["args"] or {}).items()}
    bounds = case["bounds"].replace(".", "_")
    return sem(case["model"], data(case["data"] or None), **{"bounds": bounds, **args, **more})


@pytest.fixture(scope="module", params=TRUTH)
def pair(request: pytest.FixtureRequest) -> tuple[Fitted, dict[str, Any]]:
    return fitted(TRUTH[request.param]), TRUTH[request.param]


def test_bounds(pair: tuple[Fitted, dict[str, Any]]) -> None:
    found, case = pair
    table = found.result.table
    for row in case["rows"]:
        mine = table.rows[table.index(row["lhs"], row["op"], row["rhs"], row["group"])]
        for ours, wanted in ((mine.lower, row.get("lower")), (mine.upper, row.get("upper"))):
            expected_bound = (
                pytest.approx(wanted, rel=1e-9, abs=1e-12) if wanted is not None else None
            )
            assert (ours if np.isfinite(ours) else None) == expected_bound, row


def test_estimates(pair: tuple[Fitted, dict[str, Any]]) -> None:
    found, case = pair
    fit = found.result
    assert fit.standard_errors is not None
    near = SEARCHED if case["searched"] else POLISHED
    assert found.fit_measures["chisq"] == pytest.approx(case["chisq"], rel=POLISHED)
    assert found.fit_measures["df"] == case["df"]
    for row in case["rows"]:
        at = fit.table.index(row["lhs"], row["op"], row["rhs"], row["group"])
        assert fit.estimates[at] == pytest.approx(row["est"], rel=near, abs=near), row
        if row.get("se") is None:
            continue
        assert fit.standard_errors[at] == pytest.approx(row["se"], rel=POLISHED, abs=1e-8), row


def test_reached_bounds_are_told(pair: tuple[Fitted, dict[str, Any]]) -> None:
    found, case = pair
    told = [message for message in found.status.messages if BOUND_REACHED in message]
    assert len(told) == case["reached"]
    assert (BOUND_REACHED in found.status.reasons) == bool(told)


def test_without_bounds_it_stays_a_heywood_case() -> None:
    found = sem(HEYWOOD, data())
    assert not found.status.admissible
    assert BOUND_REACHED not in found.status.reasons


def test_boundary_test() -> None:
    """Half the tail of chi-square with one degree of freedom at the gain: 4.2134 - 3.7509."""
    bounded, free = sem(HEYWOOD, data(), bounds="pos_var"), sem(HEYWOOD, data())
    found = boundary_test(bounded.result, free.result)
    assert found.chisq == pytest.approx(4.213441 - 3.750950, abs=2e-6)
    assert found.pvalue == pytest.approx(
        0.2482304, abs=1e-5
    )  # pchisq(0.462491, 1, lower = FALSE) / 2
    assert (
        "several"
        in boundary_test(sem(HEYWOOD, data(), bounds="standard").result, free.result).reason
    )
    robust = [sem(HEYWOOD, data(), bounds=b, estimator="MLR").result for b in ("pos_var", None)]
    assert "MLR" in boundary_test(robust[0], robust[1]).reason
    inner = [sem("f =~ x4 + x5 + x6", data(), bounds=b).result for b in ("pos_var", None)]
    assert boundary_test(inner[0], inner[1]).pvalue == 1.0


def test_unknown_bounds_are_refused() -> None:
    with pytest.raises(Exception, match="there are no such bounds"):
        sem(HEYWOOD, data(), bounds="tight")  # type: ignore[arg-type]
