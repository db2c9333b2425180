"""`survey panel` and `survey translate` as they are typed: what they print, how they exit."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pytest
from tests.unit.panel.panel_helpers import agreeing, fill

from cosyn.cli import main
from cosyn.instrument.load import load_instrument
from cosyn.panel.material import material
from cosyn.study import bundled


class Ran(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def study(tmp_path: Path) -> Path:
    root = tmp_path / "研究 study"
    for part in ("instrument", "analysis"):
        shutil.copytree(bundled() / part, root / part)
    return root


class Survey:
    """Runs `survey` in this process, on one study."""

    def __init__(
        self, study: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        self.study, self.monkeypatch, self.capsys = study, monkeypatch, capsys

    def __call__(self, *arguments: object) -> Ran:
        words = [*map(str, arguments), "--study", str(self.study)]
        self.monkeypatch.setattr(sys, "argv", ["survey", *words])
        self.capsys.readouterr()
        with pytest.raises(SystemExit) as caught:
            main()
        out, err = self.capsys.readouterr()
        return Ran(caught.value.code if isinstance(caught.value.code, int) else 0, out, err)


@pytest.fixture
def survey(
    study: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Survey:
    return Survey(study, monkeypatch, capsys)


def test_a_panel_from_workbooks_to_tables(survey: Survey, study: Path) -> None:
    ran = survey("panel", "write", "--experts", 2, "--form", "long", "--lang", "zh-Hans")
    assert (ran.code, ran.err) == (0, "")
    assert "each expert sorts 55 items and rates 70" in ran.out
    files = sorted((study / "panel").iterdir())
    judged = material(load_instrument(study / "instrument"), "long")
    for expert, file in enumerate(files, start=1):
        fill(file, judged, agreeing(judged, expert, "zh-Hans"))
    ran = survey("panel", "read", *files)
    assert (ran.code, ran.err) == (0, "")
    assert "2 experts (zh-Hans 2), form long" in ran.out
    book = openpyxl.load_workbook(study / "results" / "panel.xlsx")
    assert book.sheetnames == ["Items", "Facets and constructs", "Agreement", "About"]
    ran = survey("panel", "read", *files, "--json", "--lang", "zh-Hans", "--out", study / "p.xlsx")
    document = json.loads(ran.out)
    assert document["schema"] == "cosyn.panel/1"
    assert {item["verdict"] for item in document["items"]} == {"met"}
    assert openpyxl.load_workbook(study / "p.xlsx").sheetnames[0] == "题目"


def test_a_spoilt_workbook_exits_with_3_and_writes_nothing(survey: Survey, study: Path) -> None:
    survey("panel", "write", "--experts", 1, "--lang", "en", "--quiet")
    (file,) = (study / "panel").iterdir()
    book = openpyxl.load_workbook(file)
    book.worksheets[2]["C5"].value = "5"
    book.save(file)
    ran = survey("panel", "read", file)
    assert ran.code == 3
    assert f"{file.name}, sheet '2 Ratings', row 5: '5' is not on the list." in ran.err
    assert "[panel.impossible-value]" in ran.err
    assert not (study / "results").exists()


def test_a_translation_from_sheet_to_files(survey: Survey, study: Path) -> None:
    ran = survey("translate", "write", "--lang", "fr", "--out", study / "fr.xlsx")
    assert (ran.code, ran.err) == (0, "")
    assert "en to fr" in ran.out
    book = openpyxl.load_workbook(study / "fr.xlsx")
    book.worksheets[0]["E3"].value = "Coopérer"
    book.save(study / "fr.xlsx")
    ran = survey("translate", "read", study / "fr.xlsx")
    assert "  + Coopérer" in ran.out
    assert "add --apply" in ran.out
    assert not (study / "instrument" / "languages").exists()
    ran = survey("translate", "read", study / "fr.xlsx", "--apply", "--json")
    document = json.loads(ran.out)
    assert [change["new"] for change in document["changes"]] == ["Coopérer"]
    assert len(document["missing"]) > 100
    text = (study / "instrument" / "languages" / "fr.yaml").read_text(encoding="utf-8")
    assert text.endswith('texts:\n  title: "Coopérer"\n')
    assert survey("check").code == 0
