"""Answers and plans that cannot bear the analysis: it goes on with what can be run, says what could
not be and why, and exits with the documented code.
"""

from __future__ import annotations

import csv
import html
import io
import json
import re
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from cosyn import workflow
from cosyn.cli import main
from cosyn.study import create

Rows = list[dict[str, str]]
KEPT = {"M4", "M6", "a", "b", "c"}


@dataclass(frozen=True, slots=True)
class Ran:
    """What `survey analyze` left."""

    code: int
    err: str
    findings: list[dict[str, Any]]
    warnings: set[str]
    report: dict[str, str]

    def labels(self, statistic: str) -> dict[str, tuple[str, str]]:
        """Label and reason of a statistic's rows, by model."""
        rows = [f for f in self.findings if f["statistic"] == statistic]
        return {f.get("model", ""): (f.get("label", ""), f.get("reason", "")) for f in rows}

    def decisions(self) -> dict[str, tuple[str, str]]:
        """Decision and reason, by hypothesis."""
        rows = [f for f in self.findings if f["statistic"] == "decision"]
        return {f["subject"][0]: (f["label"], f.get("reason", "")) for f in rows}

    def value(self, analysis: str, statistic: str, *subject: str) -> object:
        """A value; KeyError if the finding has none."""
        found = [
            f for f in self.findings
            if (f["analysis"], f["statistic"], tuple(f.get("subject", ()))) == (analysis, statistic, subject)
        ]  # fmt: skip
        return found[0]["value"]

    def steps(self) -> set[str]:
        """Steps that found something."""
        return {f["analysis"] for f in self.findings}


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a study of twenty-five departments with fewer models, and a file of answers."""
    root = create(tmp_path_factory.mktemp("bad") / "study").root
    file = root / "analysis" / "plan.yaml"
    plan = yaml.safe_load(file.read_text(encoding="utf-8"))
    plan["steps"] = [s for s in plan["steps"] if s not in {"robustness", "comparison"}]
    del plan["comparison"], plan["invariance"]["categories"]
    plan["measurement"]["nested"] = [["M6", "M4"]]
    for section in ("measurement", "structure"):
        plan[section]["models"] = [m for m in plan[section]["models"] if m["id"] in KEPT]
    rules = plan["hypotheses"]
    rules["tests"] = [t for t in rules["tests"] if t.get("model") in KEPT]
    file.write_text(yaml.safe_dump(plan, allow_unicode=True), encoding="utf-8")
    workflow.simulate(root, departments=25)
    return root


@pytest.fixture
def study(origin: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(origin, tmp_path / "study"))


@pytest.fixture
def analyze(
    study: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[[Callable[[Rows], Rows]], Ran]:
    """Change the answers, import and analyse them in a hurry, and read what was written."""

    def survey(*arguments: object) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["survey", *map(str, arguments), "--study", str(study)])
        with pytest.raises(SystemExit) as caught:
            main()
        return int(caught.value.code or 0), capsys.readouterr().err

    def go(change: Callable[[Rows], Rows]) -> Ran:
        source = study / "data" / "simulated.csv"
        rows = change(list(csv.DictReader(io.StringIO(source.read_text(encoding="utf-8-sig")))))
        changed = study / "data" / "changed.csv"
        with changed.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.DictWriter(stream, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        assert survey("import", changed, "--quiet")[0] == 0
        code, err = survey("analyze", "--quick", "--quiet")
        assert "Traceback" not in err
        results = study / "results"
        if not (results / "findings.json").is_file():
            return Ran(code, err, [], set(), {})
        found = json.loads((results / "findings.json").read_bytes())
        pages = {
            language: html.unescape(
                re.sub(r"<[^>]+>", " ", (results / f"report.{language}.html").read_text("utf-8"))
            )
            for language in ("en", "zh-Hans")
        }
        warned = {w["code"] for w in found["warnings"]}
        return Ran(code, err, found["findings"], warned, pages)

    return go


def without(*beginnings: str) -> Callable[[Rows], Rows]:
    return lambda rows: [
        {name: value for name, value in row.items() if not name.startswith(beginnings)}
        for row in rows
    ]


def answering(value: str, *beginnings: str) -> Callable[[Rows], Rows]:
    """Everybody gives the same answer to some items."""
    return lambda rows: [
        {n: value if n.startswith(beginnings) and n[-1].isdigit() else v for n, v in row.items()}
        for row in rows
    ]


FACETS = (
    "IPG",
    "IPB",
    "IPT",
    "IPV",
    "INS",
    "ING",
    "IND",
    "INM",
    "EPL",
    "EPE",
    "EPR",
    "EPM",
    "ENA",
    "ENS",
    "ENV",
    "ENC",
)
OUTCOME = ("CSW", "CSR", "CSI", "CSX")


def test_no_outcome_items(analyze: Any) -> None:
    """The dynamics are measured; whatever needs the outcome says that there are no data for it."""
    ran = analyze(without(*OUTCOME))
    assert ran.code == 4
    assert ran.labels("status")["M6"][0] == "ok"
    assert ran.labels("status")["a"][0] == "not estimated"
    assert "CSW" in ran.labels("status")["a"][1]
    assert set(ran.decisions().values()) == {("not_tested", "not estimated")}
    assert "items_left_out" in ran.warnings
    assert "CSW1" in ran.report["en"]
    assert "CSW1" in ran.report["zh-Hans"]


def test_a_cell_without_items(analyze: Any) -> None:
    """One of the four cells was not asked about: models of it are named, the rest is run."""
    ran = analyze(without("INS", "ING", "IND", "INM"))
    assert ran.code == 4
    statuses = ran.labels("status")
    assert statuses["M6"] == ("not estimated", statuses["M6"][1])
    assert "ING" in statuses["a"][1]
    assert ran.value("balance", "r_squared", "CS", "IP", "EP")
    assert ran.value("reliability", "alpha", "IP")
    assert {"items", "departments", "coupling", "necessity"} <= ran.steps()


def test_one_department(analyze: Any) -> None:
    """No cluster to allow for: models are fitted without, nothing is said of departments."""
    ran = analyze(lambda rows: [{**row, "department": "D1"} for row in rows])
    statuses = ran.labels("status")
    assert statuses["a"][0] == "ok"
    iccs = [f for f in ran.findings if f["statistic"] == "icc1"]
    assert iccs
    assert all("value" not in f and f["reason"] for f in iccs)
    assert "few_departments" in ran.warnings
    assert ran.code in {0, 4}
    assert (ran.code == 4) == any(statuses[m][0] != "ok" for m in ("M6", "a", "b", "c"))


def test_twelve_respondents(analyze: Any) -> None:
    ran = analyze(lambda rows: rows[:12])
    assert ran.code == 4
    assert ran.value("sample", "count", "respondents") == 12
    for model in ("M4", "M6", "a", "b", "c"):
        label, reason = ran.labels("status")[model]
        assert label != "ok"
        assert reason
    assert {label for label, _ in ran.decisions().values()} == {"not_tested"}
    assert all(reason for _, reason in ran.decisions().values())


def test_an_outcome_that_does_not_vary(analyze: Any) -> None:
    ran = analyze(answering("5", *OUTCOME))
    assert ran.code == 4
    statuses = ran.labels("status")
    assert statuses["M6"][0] == "ok"
    assert "everyone has the same value in `CSW`" in statuses["a"][1]
    assert {label for label, _ in ran.decisions().values()} == {"not_tested"}
    assert "constant_items" in ran.warnings


def test_everybody_at_the_ceiling(analyze: Any) -> None:
    ran = analyze(answering("7", *FACETS, *OUTCOME))
    assert ran.code == 4
    assert ran.value("items", "ceiling", "IPG1") == 1
    assert all(label != "ok" and why for label, why in ran.labels("status").values())
    assert {label for label, _ in ran.decisions().values()} == {"not_tested"}
    assert {"ceiling", "constant_items"} <= ran.warnings


def test_a_group_of_two_people(analyze: Any) -> None:
    """Two answered in English: they are not shown apart, and no invariance is claimed of them."""

    def two(rows: Rows) -> Rows:
        return [{**row, "language": "en" if k < 2 else "zh-Hans"} for k, row in enumerate(rows)]

    ran = analyze(two)
    counts = [f for f in ran.findings if f["statistic"] == "count" and f.get("subject") == ["language", "en"]]  # fmt: skip
    assert {(f.get("value"), f["reason"]) for f in counts} == {(None, "below the minimum cell")}
    invariance = [
        f for f in ran.findings
        if f["analysis"] == "invariance" and f.get("subject", [""])[0] == "language"
        and f["statistic"] != "count"
    ]  # fmt: skip
    assert invariance
    assert all("value" not in f and f["reason"] for f in invariance)
    assert ran.labels("status")["a"][0] == "ok"


def test_a_plan_that_names_an_item_that_does_not_exist(study: Path, analyze: Any) -> None:
    """Nothing is run: a slip in a model is an error of the plan, with its file and line."""
    file = study / "analysis" / "models" / "measurement" / "m4_four_cells.lav"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("IP =~ IPG1 + IPG2 + NOSUCH1\nEP =~ EPL1 + EPL3 + EPE1\n", encoding="utf-8")
    ran = analyze(lambda rows: rows)
    assert ran.code == 3
    assert "NOSUCH1" in ran.err
    assert "m4_four_cells.lav" in ran.err
    assert not ran.findings


def test_a_model_that_does_not_converge(study: Path, analyze: Any) -> None:
    """Results are written and marked; hypotheses that need the model stay undecided."""
    file = study / "analysis" / "models" / "structure" / "additive.lav"
    text = file.read_text(encoding="utf-8")
    file.write_text(f"{text}\nCSW ~~ -3*CSW\n", encoding="utf-8")
    ran = analyze(lambda rows: rows)
    assert ran.code == 4
    assert ran.labels("status")["a"][0] == "not converged"
    assert ran.labels("status")["M6"][0] == "ok"
    assert ran.decisions()["H1"] == ("undecided", "not converged")
    assert "not_converged" in ran.warnings
    assert "Model a cannot be relied on: not converged" in ran.report["en"]
    assert "模型a的结果不可采信：未收敛" in ran.report["zh-Hans"]
    assert not [
        f for f in ran.findings if f.get("model") == "a" and f["statistic"] in {"cfi", "path"}
    ]
