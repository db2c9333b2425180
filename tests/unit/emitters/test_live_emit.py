"""The script that `survey analyze --emit lavaan` writes gives lavaan's numbers for our findings.

Estimates and standard errors agree to 1e-4 of themselves, or to 1e-5 where they are near 0: lavaan
stops where the discrepancy no longer changes, which is up to that far from the minimum (standard
errors of the demonstration's estimates are about 0.05). Fit measures vary with the square of that
distance and agree to 1e-6. Models that we call inadmissible are left out: lavaan may find no
solution for them at all.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from cosyn import workflow
from cosyn.findings import Finding, Statistic
from cosyn.study import demonstration
from cosyn.workflow import importing

OPERATORS = {
    Statistic.LOADING: "=~",
    Statistic.PATH: "~",
    Statistic.COVARIANCE: "~~",
    Statistic.DEFINED: ":=",
}
MEASURES = {
    Statistic.CHI_SQUARE: "chisq",
    Statistic.CFI: "cfi",
    Statistic.TLI: "tli",
    Statistic.RMSEA: "rmsea",
    Statistic.SRMR: "srmr",
    Statistic.LOG_LIKELIHOOD: "logl",
    Statistic.N_PARAMETERS: "npar",
}


@pytest.mark.live_r
def test_lavaan_gives_our_findings(tmp_path: Path) -> None:
    if shutil.which("Rscript") is None:
        pytest.skip("R is not installed")
    root = demonstration(tmp_path / "演示 demo").root
    importing.import_(root, workflow.simulate(root).file)
    done = workflow.analyze(root, languages=["en"], emit=["lavaan"])
    script = root / "results" / "emit" / "lavaan" / "lavaan.R"
    run = subprocess.run(
        ["Rscript", str(script), str(tmp_path / "found.json")],
        check=False,
        capture_output=True,
        text=True,
    )
    if lacking := re.search(r"there is no package called .(\w+)", run.stderr):
        pytest.skip(f"the R package {lacking[1]} is not installed")
    assert run.returncode == 0, run.stderr
    found = json.loads((tmp_path / "found.json").read_text(encoding="utf-8"))
    models = {model["model"]: model for model in found["models"]}
    statuses = {row.model: row.label for row in done.findings.select(statistic=Statistic.STATUS)}
    sound = {model for model, label in statuses.items() if label == "ok"}
    assert len(sound) >= 9
    # Of two levels, or of categories within clusters: the scripts leave them out and say so.
    assert all(model == "g" or model.endswith("-WLSMV") for model in sound - models.keys())
    compared = 0
    for row in done.findings.rows:
        if row.analysis in {"measurement", "structure"} and row.model in sound & models.keys():
            compared += compare(row, models[row.model])
    assert compared > 400


def compare(row: Finding, theirs: dict[str, Any]) -> int:
    """Whether this finding is one that lavaan has, and then that it agrees."""
    if row.statistic in MEASURES:
        assert theirs["measures"][MEASURES[row.statistic]] == pytest.approx(
            row.value, rel=1e-6, abs=1e-6
        )
        return 1
    if row.statistic not in OPERATORS:
        return 0
    found = next(e for e in theirs["estimates"] if is_of(e, OPERATORS[row.statistic], row.subject))
    assert found["est"] == pytest.approx(row.value, rel=1e-4, abs=1e-5), row
    if row.se is not None:
        assert found["se"] == pytest.approx(row.se, rel=1e-4, abs=1e-5), row
    return 1


def is_of(estimate: dict[str, Any], op: str, subject: tuple[str, ...]) -> bool:
    if estimate["op"] != op:
        return False
    pair = [estimate["lhs"], estimate["rhs"]]
    if op == ":=":
        return bool(estimate["lhs"] == subject[0])
    return sorted(pair) == sorted(subject) if op == "~~" else pair == list(subject)
