"""`survey screen` as it is typed, and the step of the plan beside it."""

from __future__ import annotations

import csv
import json
import shutil
import sys
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from cosyn import workflow
from cosyn.cli import main
from cosyn.findings import Statistic, read_findings
from cosyn.store import read
from cosyn.study import bundled
from cosyn.workflow import importing, screening


class Ran(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("screen") / "study"
    for part in ("instrument", "analysis"):
        shutil.copytree(bundled() / part, root / part)
    plan = root / "analysis" / "plan.yaml"
    text = plan.read_text(encoding="utf-8")
    steps = text[text.index("steps: [") : text.index("]", text.index("steps: [")) + 1]
    plan.write_text(text.replace(steps, "steps: [sample, screening]"), encoding="utf-8")
    drawn = workflow.simulate(root, departments=40)
    importing.import_(root, drawn.file)
    rules = root / "analysis" / "screening.yaml"
    text = rules.read_text(encoding="utf-8")
    rules.write_text(text.replace('roster: ""', 'roster: "data/roster.csv"'), encoding="utf-8")
    (root / "data" / "roster.csv").write_text(roster_from(2), encoding="utf-8")
    return root


def roster_from(first: int) -> str:
    return "department\n" + "\n".join(f"D{k:02}" for k in range(first, 41))


def survey(
    study: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], *words: str
) -> Ran:
    monkeypatch.setattr(sys, "argv", ["survey", *words, "--study", str(study)])
    capsys.readouterr()
    with pytest.raises(SystemExit) as caught:
        main()
    out, err = capsys.readouterr()
    return Ran(caught.value.code if isinstance(caught.value.code, int) else 0, out, err)


def test_flags_agreement_and_changes(
    answered: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = len(read(answered / "data" / "responses.sqlite").submissions)
    ran = survey(answered, monkeypatch, capsys, "screen")
    assert ran.code == 0
    for words in (
        "SIMULATED",
        "instructed *",
        "no times recorded",
        "Nobody was deleted",
        "alpha, largest change",
    ):
        assert words in ran.out
    assert len(read(answered / "data" / "responses.sqlite").submissions) == before
    with (answered / "results" / "screening.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == before
    assert not any("department" in name for name in rows[0])
    assert "D01" not in (answered / "results" / "screening.csv").read_text(encoding="utf-8")
    assert all((row["seconds"] == "") == (row["seconds_why"] != "") for row in rows)
    document = json.loads(survey(answered, monkeypatch, capsys, "screen", "--json").out)
    assert document["schema"] == "cosyn.screen/1"
    assert document["respondents"] == before
    assert document["excluded"] == sum(row["excluded"] == "1" for row in rows) > 0
    by_rule = {rule["rule"]: rule for rule in document["rules"]}
    assert by_rule["even_odd"]["flagged"] == sum(row["even_odd"] == "1" for row in rows)
    changes = {(c["statistic"], *c["subject"]): c for c in document["changes"]}
    assert changes["count", "respondents"]["kept"] == before - document["excluded"]


def test_it_says_how_far_it_has_come(answered: Path) -> None:
    told: list[tuple[str, float]] = []

    def tell(step: str, done: float | None = None, /) -> None:
        assert done is not None, "a bar needs the share"
        told.append((step, done))

    screening.screen(answered, progress=tell)
    shares = [done for _, done in told]
    assert [step for step, _ in told][:2] == ["reading the responses", "screening instructed"]
    assert told[-1][0] == "writing"
    assert shares[0] == 0
    assert np.all(np.diff(shares) > 0)
    assert shares[-1] == pytest.approx(1 - 1 / len(told))


def test_a_roster_is_the_frame(
    answered: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    roster = tmp_path / "roster.csv"
    roster.write_text(roster_from(3), encoding="utf-8")
    document = json.loads(
        survey(answered, monkeypatch, capsys, "screen", "--json", "--roster", str(roster)).out
    )
    frame = next(rule for rule in document["rules"] if rule["rule"] == "frame")
    assert frame["reason"] == ""
    known = read(answered / "data" / "responses.sqlite").submissions.particulars["department"]
    assert frame["flagged"] == sum(name in {"D01", "D02"} for name in known) > 0
    assert document["frame"] == str(roster)
    ran = survey(answered, monkeypatch, capsys, "screen")
    assert "Asked were the departments of data/roster.csv." in ran.out


def test_a_study_without_rules(
    answered: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    study = Path(shutil.copytree(answered, tmp_path / "study"))
    (study / "analysis" / "screening.yaml").unlink()
    ran = survey(study, monkeypatch, capsys, "screen")
    assert ran.code == 3
    assert "[screening.none]" in ran.err
    done = workflow.analyze(study, languages=["en"], hurried=True)
    [row] = done.findings.select(analysis="screening")
    assert row.reason == "the study has no rules of screening"
    page = (study / "results" / "report.en.html").read_text(encoding="utf-8")
    assert "were not screened for: the study has no rules" in page


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_the_report_says_with_and_without(answered: Path, language: str) -> None:
    workflow.analyze(answered, languages=[language], hurried=True)
    findings = read_findings(answered / "results" / "findings.json")
    kept = findings.find(Statistic.CFI, ("M6", "kept"), analysis="screening")
    effects = list(findings.select(analysis="screening", statistic=Statistic.PATH_STD))
    assert kept is not None
    assert {r.subject[-1] for r in effects} == {"all", "kept"}
    assert all(r.model == "" for r in findings.select(analysis="screening"))
    outside = findings.find(Statistic.FLAGGED, ("frame",), analysis="screening")
    known = read(answered / "data" / "responses.sqlite").submissions.particulars["department"]
    assert outside is not None
    assert outside.value == sum(name == "D01" for name in known) > 0
    page = (answered / "results" / f"report.{language}.html").read_text(encoding="utf-8")
    section = page[page.index('<section id="screening"') :]
    assert {"en": "nobody was removed", "zh-Hans": "未删除任何人"}[language] in section
