"""Summaries of residuals are those of lavaan's lavResiduals.

lavaan's search stops up to 2e-5 of an estimate before the minimum (but for ML, which the script
carries there), and residuals move with the estimates themselves.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import pandas as pd
import pytest
from semopy.examples import holzinger39
from tests.golden.golden_cases import FOLDER, expected

from cosyn.engine import Fitted, sem
from cosyn.engine.residual_summary import residual_summary

TRUTH = expected(FOLDER / "cases" / "residual_summaries")
FACTORS = "visual =~ x1 + x2 + x3\ntextual =~ x4 + x5 + x6\nspeed =~ x7 + x8 + x9"
MEANS = FACTORS + "\nx1 ~ 4.9*1\nx4 ~ m*1\nx6 ~ m*1"
KINDS: dict[str, Any] = {"raw": "rmr", "cor.bentler": "srmr", "cor.bollen": "crmr"}
PARTS: dict[str, Any] = {"cov": "covariances", "mean": "means", "total": "all"}
POLISHED, SEARCHED = 1e-6, 2e-4


def fitted(model: str, estimator: str) -> Fitted:
    return sem(model, pd.DataFrame(holzinger39.get_data()), estimator=estimator)


@pytest.mark.parametrize("estimator", TRUTH["fits"])
def test_summaries(estimator: str) -> None:
    fit = fitted(MEANS, estimator).result
    near = POLISHED if estimator == "ML" else SEARCHED
    for type_, kind in KINDS.items():
        for column, part in PARTS.items():
            found = asdict(residual_summary(fit, kind, part=part))
            wanted = TRUTH["fits"][estimator][type_][column]
            for name, value in zip(TRUTH["names"], wanted, strict=True):
                close = pytest.approx(value, rel=near, abs=near)
                assert found[name] == close, (kind, part, name)


def test_summary_of_lavaan_07() -> None:
    found = residual_summary(fitted(FACTORS, "ML").result)
    wanted = {
        row["_row"]: row["cov"]
        for row in expected(FOLDER / "cases" / "lavaan_07")["extra"]["resid_sum"]
    }
    assert found.value == pytest.approx(wanted["srmr"], rel=1e-6)
    assert found.standard_error == pytest.approx(wanted["srmr.se"], rel=1e-6)
    assert found.exact_z == pytest.approx(wanted["srmr.exactfit.z"], rel=1e-6)
    assert found.unbiased == pytest.approx(wanted["usrmr"], rel=1e-6)
    assert found.lower == pytest.approx(wanted["usrmr.ci.lower"], rel=1e-6)
    assert found.upper == pytest.approx(wanted["usrmr.ci.upper"], rel=1e-6)
    assert found.close_pvalue == pytest.approx(wanted["usrmr.closefit.pvalue"], rel=1e-6)


@pytest.mark.parametrize("estimator", ["MLM", "GLS"])
def test_z_statistics(estimator: str) -> None:
    found = fitted(MEANS, estimator).residuals("z").to_numpy()
    wanted = np.array(TRUTH["fits"][estimator]["z"])
    off = ~np.eye(9, dtype=bool)
    np.testing.assert_allclose(found[off], wanted[off], atol=1e-2)


def test_ordinal_items_have_none() -> None:
    frame = pd.DataFrame(holzinger39.get_data()).round()
    fit = sem("f =~ x1 + x2 + x3 + x4", frame, ordered=True)
    with pytest.raises(Exception, match="complete continuous answers only"):
        residual_summary(fit.result)
