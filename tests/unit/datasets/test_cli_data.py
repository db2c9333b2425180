"""`survey data` and `survey analyze --emit` as they are typed."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

import pytest

from cosyn import workflow
from cosyn.cli import main
from cosyn.study import bundled


@pytest.fixture(scope="module")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from cosyn.workflow import importing

    root = tmp_path_factory.mktemp("data") / "研究 study"
    for part in ("instrument", "analysis"):
        shutil.copytree(bundled() / part, root / part)
    drawn = workflow.simulate(root, departments=6)
    importing.import_(root, drawn.file)
    return root


def survey(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["survey", *map(str, arguments)])
    with pytest.raises(SystemExit) as caught:
        main()
    return caught.value.code if isinstance(caught.value.code, int) else 0


def test_data_are_written_and_described(
    study: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        survey(monkeypatch, "data", "--to", "csv, sav", "--lang", "zh-Hans", "--study", study) == 0
    )
    out = capsys.readouterr().out
    assert "survey release" in out
    folder = study / "results" / "data" / "zh-Hans"
    names = {file.name for file in folder.iterdir()}
    assert {
        "datapackage.json",
        "provenance.json",
        "cosyn-dynamics.csv",
        "cosyn-dynamics.sav",
        "cosyn-dynamics.csv.import.yaml",
        "cosyn-dynamics.sav.import.yaml",
    } <= names
    told = json.loads((folder / "provenance.json").read_text(encoding="utf-8"))
    assert told["simulated"] == "yes"
    assert told["versions"]["cosyn"]
    assert told["seed"]


def test_json_quiet_and_a_folder_of_ones_own(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert survey(monkeypatch, "data", "--json", "--out", tmp_path, "--study", study) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["schema"] == "cosyn.data-set/1"
    assert (tmp_path / "datapackage.json").is_file()
    assert survey(monkeypatch, "data", "--quiet", "--out", tmp_path, "--study", study) == 0
    assert capsys.readouterr().out == ""


def test_an_unknown_format_writes_nothing(
    study: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    assert survey(monkeypatch, "data", "--to", "csv,rds", "--out", out, "--study", study) == 3
    assert "datasets.unknown-name" in capsys.readouterr().err
    assert not out.exists()


def test_a_study_without_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for part in ("instrument", "analysis"):
        shutil.copytree(bundled() / part, tmp_path / part)
    assert survey(monkeypatch, "data", "--study", tmp_path) == 3
    assert "response.none" in capsys.readouterr().err
