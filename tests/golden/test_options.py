"""Groups, constraints, covariates, robust estimators: the numbers of lavaan.

Where the script beside the case could polish lavaan's solution, both stand at the same minimum
and only rounding is left. Under constraints lavaan's own search stops earlier, up to 1e-4 of an
estimate before the minimum, whose chi-square is then as much too high as the square of that.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from semopy.examples import holzinger39, political_democracy
from tests.golden.golden_cases import FOLDER, expected

from cosyn.engine.estimation import FitOptions, fit_sem
from cosyn.engine.moments import sample_moments
from cosyn.engine.partable import TableOptions, parameter_table
from cosyn.engine.standardize import standardized
from cosyn.engine.syntax import parse_model

if TYPE_CHECKING:
    from cosyn.engine.estimation import SemFit

POLISHED = 1e-6
SEARCHED = 2e-4
TRUTH = expected(FOLDER / "cases" / "options")["cases"]
CONSTRAINED = {"linear", "nonlinear", "inequality", "groups_constraint"}
SCHOOLS = ("Pasteur", "Grant-White")
NAMES = {"bic2": "sabic"}


@pytest.fixture(scope="module", params=TRUTH)
def case(request: pytest.FixtureRequest) -> tuple[str, SemFit, dict[str, Any]]:
    truth = TRUTH[request.param]
    args = truth.get("args") or {}
    frame = holzinger39.get_data() if truth["data"] == "HS" else political_democracy.get_data()
    frame = frame.select_dtypes("number") if "group" not in args else frame
    grouped = "group" in args
    equal = args.get("group.equal", [])
    equal = [equal] if isinstance(equal, str) else equal
    options = TableOptions(
        std_lv=args.get("std.lv", False),
        means=args.get("meanstructure", grouped),
        groups=SCHOOLS if grouped else ("",),
        equal=frozenset(name.replace(".", "_") for name in equal),
    )
    model = parse_model(truth["model"])
    names = [name for name in frame.columns if frame[name].dtype.kind in "if"]
    table = parameter_table(model.statements, names, options, model.constraints)
    values = frame[list(table.observed)].to_numpy(dtype=float, copy=True)
    parts = [values[frame["school"] == name] for name in SCHOOLS] if grouped else [values]
    samples = tuple(sample_moments(part, table.observed) for part in parts)
    fit = FitOptions(args.get("estimator", "ML"), wishart=args.get("likelihood") == "wishart")
    return request.param, fit_sem(table, samples, fit), truth


def group_of(row: dict[str, Any]) -> int:
    """lavaan names the group where the syntax does."""
    found = row.get("group") or 1
    return SCHOOLS.index(found) + 1 if isinstance(found, str) else found


def test_rows(case: tuple[str, SemFit, dict[str, Any]]) -> None:
    name, fit, truth = case
    near = SEARCHED if name in CONSTRAINED else POLISHED
    assert fit.status.converged, fit.status
    assert fit.standard_errors is not None
    std = standardized(fit).estimates
    assert len(fit.table.rows) == len(truth["rows"])
    for row in truth["rows"]:
        at = fit.table.index(row["lhs"], row["op"], row["rhs"], group_of(row))
        assert fit.estimates[at] == pytest.approx(row["est"], rel=near, abs=near), row
        if row.get("se") is not None:
            wanted = pytest.approx(row["se"], rel=2 * near, abs=near)
            assert fit.standard_errors[at] == wanted, row
        if row["op"] != ":=":
            assert std[at] == pytest.approx(row["std"], rel=near, abs=near), row


def test_rows_stand_in_lavaans_order(case: tuple[str, SemFit, dict[str, Any]]) -> None:
    _, fit, truth = case
    ours = [(r.lhs, r.op, r.rhs, r.group) for r in fit.table.rows if r.op != ":="]
    theirs = [(r["lhs"], r["op"], r["rhs"], group_of(r)) for r in truth["rows"] if r["op"] != ":="]
    assert ours == theirs


def test_measures(case: tuple[str, SemFit, dict[str, Any]]) -> None:
    _, fit, truth = case
    assert fit.measures is not None
    for theirs, wanted in truth["measures"].items():
        found = getattr(
            fit.measures, NAMES.get(theirs, theirs.replace(".ci.", ".").replace(".", "_"))
        )
        rel = 1e-4 if ".ci." in theirs else 1e-5
        if isinstance(wanted, float | int) and np.isfinite(wanted):
            assert found == pytest.approx(wanted, rel=rel, abs=1e-6), theirs
