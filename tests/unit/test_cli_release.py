"""`survey release` as it is typed: files, the file re-checked by pandas, refusals."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cosyn.cli import main
from cosyn.i18n import catalogue
from cosyn.study import bundled
from cosyn.workbook import masked

KEYS = ["wave", "language", "form", "BGRANK", "BGTENURE"]


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("study")
    for part in ("instrument", "analysis"):
        shutil.copytree(bundled() / part, root / part)
    assert run("simulate", "--departments", 12, "-q", "--study", root) == 0
    file = root / "data" / "simulated.csv"
    lines = pd.read_csv(file, dtype=str, encoding="utf-8-sig")
    lines.loc[::40, "BGRANK"] = "97"
    lines.loc[::30, "wave"] = "=1+1"
    lines.loc[[3, 5], "BGAGREE"] = "2"
    lines.to_csv(file, index=False)
    assert run("import", file, "-q", "--study", root) == 0
    return root


def run(*arguments: object) -> int:
    before, sys.argv = sys.argv, ["survey", *map(str, arguments)]
    try:
        main()
    except SystemExit as done:
        return done.code if isinstance(done.code, int) else 0
    finally:
        sys.argv = before
    return 0


def test_the_written_file_is_k_anonymous(filled: Path, tmp_path: Path) -> None:
    assert run("release", "-q", "--out", tmp_path, "--study", filled) == 0
    records = pd.read_csv(tmp_path / "records.csv", dtype=str, keep_default_na=False)
    assert records.groupby(KEYS).size().min() >= 5
    assert (records["BGAGREE"] != "2").all()
    assert not any(records[c].str.startswith(("=", "+", "-", "@")).any() for c in records)
    assert "suppressed" in set(records["BGRANK"])
    told = json.loads((tmp_path / "disclosure.json").read_text("utf-8"))
    assert told["summary"]["published"] == len(records)
    assert told["summary"]["screened_out"] == 2
    assert told["summary"]["attack_after"]["worst"] <= 0.2
    assert "data" not in told["digests"]
    for name in ("submission", "respondent", "seconds", "order"):
        assert name not in records.columns
    for tag in ("en", "zh-Hans"):
        assert (tmp_path / f"disclosure.{tag}.html").is_file()


def test_the_order_is_fresh_each_time(filled: Path, tmp_path: Path) -> None:
    made = []
    for name in ("a", "b"):
        assert run("release", "-q", "--out", tmp_path / name, "--study", filled) == 0
        made.append(pd.read_csv(tmp_path / name / "records.csv", dtype=str, keep_default_na=False))
    items = [column for column in made[0] if column not in {"id", *KEYS}]
    assert not made[0][items].equals(made[1][items])
    assert sorted(map(tuple, made[0][KEYS].to_numpy())) == sorted(
        map(tuple, made[1][KEYS].to_numpy())
    )
    source = pd.read_csv(filled / "data" / "simulated.csv", dtype=str, encoding="utf-8-sig")
    same = (source["IPG1"][: len(made[0])].to_numpy() == made[0]["IPG1"].to_numpy()).mean()
    assert same < 0.6
    assert made[0]["id"].tolist() == [str(i) for i in np.arange(1, len(made[0]) + 1)]


def test_what_cannot_be_had_exits_with_3_and_writes_nothing(
    filled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("release", "--k", 60, "--out", tmp_path / "x", "--study", filled) == 3
    said = capsys.readouterr().err
    assert "release.too-costly" in said
    assert "leaving out" in said
    assert run("release", "--k", 900, "--out", tmp_path / "x", "--study", filled) == 3
    assert "release.too-few" in capsys.readouterr().err
    assert not (tmp_path / "x").exists()


def test_a_dry_run_writes_nothing(
    filled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("release", "--dry-run", "--out", tmp_path / "x", "--json", "--study", filled) == 0
    assert json.loads(capsys.readouterr().out)["files"] == []
    assert not (tmp_path / "x").exists()


def test_faults_of_the_settings_have_a_line(
    filled: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    root = tmp_path / "study"
    shutil.copytree(filled, root)
    file = root / "analysis" / "release.yaml"
    text = file.read_text("utf-8")
    for old, new, code in (
        ("[[1, 2], [2, 3]]", "[[1, 3]]", "no-neighbours"),
        ("variable: BGRANK", "variable: NONE", "unlisted-quasi-identifier"),
        ("sensitive: []", "sensitive: [BGRANK]", "two-roles"),
        ("variable: wave", "variable: department", "department-twice"),
        ("version: 1", "versions: 1", "unknown-key"),
    ):
        file.write_text(text.replace(old, new, 1), "utf-8")
        assert run("release", "--study", root) == 3
        said = capsys.readouterr().err
        assert f"release.{code}" in said
        assert "analysis/release.yaml:" in said


def test_both_languages_have_the_same_phrases() -> None:
    phrases = [catalogue("cosyn.release", tag).phrases for tag in ("en", "zh-Hans")]
    assert phrases[0].keys() == phrases[1].keys()


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\t=1"])
def test_formulas_are_masked(text: str) -> None:
    assert masked(text) == f"'{text}"
    assert masked("科室=1") == "科室=1"
