"""Data sets read back by other programs hold the same answers, reasons and labels."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyreadstat
import pytest
from frictionless import Package
from lxml import etree
from tests.ddi_schemas import fault
from tests.unit.datasets.answers import (
    HOSTILE,
    IDENTITY,
    delivered,
    instrument,
    mixed,
    reasons,
    table,
)

from cosyn.datasets import DATASETS, Part, delivery, provenance
from cosyn.datasets._codes import LETTERS
from cosyn.errors import ExtraError
from cosyn.instrument.types import Missing

DDI = "{ddi:codebook:2_5}"


def written(folder: Path, name: str, language: str = "en") -> tuple[Part, Path]:
    made = delivered(language)
    for file, content in DATASETS[name].write(made).files.items():
        (folder / file).write_bytes(content)
    return made.parts[0], folder


@pytest.mark.parametrize("name", DATASETS.names())
def test_the_same_answers_are_the_same_files(name: str) -> None:
    if name == "parquet":
        pytest.importorskip("pyarrow")
    first, again = (DATASETS[name].write(delivered()).files for _ in range(2))
    assert first == again


def test_csv_holds_hostile_texts_and_is_valid_for_frictionless(tmp_path: Path) -> None:
    part, _ = written(tmp_path, "csv")
    text = (tmp_path / f"{part.name}.csv").read_bytes().decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert tuple(row["department"] for row in rows) == HOSTILE
    assert [[float(row[item]) for item in part.items] for row in rows] == part.codes.tolist()
    package = Package(str(tmp_path / "datapackage.json"))
    report = package.validate()
    assert report.valid, report.flatten(["fieldName", "note"])
    resource: Any = package.resources[0]
    read = resource.read_rows()
    gaps = [[row[item] is None for item in part.items] for row in read]
    assert gaps == (part.missing > 0).tolist()


def test_frictionless_refuses_a_code_that_is_none(tmp_path: Path) -> None:
    part, _ = written(tmp_path, "csv")
    file = tmp_path / f"{part.name}.csv"
    lines = file.read_bytes().decode().split("\r\n")
    lines[1] = lines[1].rsplit(",", 1)[0] + ",77"
    file.write_text("\r\n".join(lines), encoding="utf-8", newline="")
    assert not Package(str(tmp_path / "datapackage.json")).validate().valid


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_sav_keeps_reasons_and_labels(tmp_path: Path, language: str) -> None:
    part, _ = written(tmp_path, "sav", language)
    frame, meta = pyreadstat.read_sav(tmp_path / f"{part.name}.sav", user_missing=True)
    assert frame[list(part.items)].to_numpy().tolist() == part.codes.tolist()
    assert tuple(frame["department"]) == HOSTILE
    plain, _ = pyreadstat.read_sav(tmp_path / f"{part.name}.sav")
    assert (
        np.isnan(plain[list(part.items)].to_numpy(dtype=float)).tolist()
        == (part.missing > 0).tolist()
    )
    question = next(q for q in part.asked.questions if q.id == "IPG1")
    assert meta.column_names_to_labels["IPG1"] == question.text[language]
    labels = meta.variable_value_labels["IPG1"]
    options = {
        **{o.code: o.label for o in question.response_format.options},
        **{m.code: m.label for m in question.response_format.missing},
    }
    assert labels == {code: label[language] for code, label in options.items()}
    assert any(IDENTITY["digest"] in note for note in meta.notes)


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
def test_dta_keeps_reasons_as_letters(tmp_path: Path, language: str) -> None:
    part, _ = written(tmp_path, "dta", language)
    frame, meta = pyreadstat.read_dta(tmp_path / f"{part.name}.dta", user_missing=True)
    for j, item in enumerate(part.items):
        expected: list[Any] = [
            part.codes[i, j] if why is Missing.ANSWERED else LETTERS[why]
            for i, why in enumerate(row[j] for row in reasons(part.missing))
        ]
        assert frame[item].tolist() == expected
    assert tuple(frame["department"]) == HOSTILE
    labels = meta.variable_value_labels["IPG1"]
    assert set(LETTERS.values()) <= set(labels)
    assert frame["seconds"][0] == 12.5
    assert np.isnan(frame["seconds"][1])


def test_xlsx_masks_what_looks_like_a_formula(tmp_path: Path) -> None:
    part, _ = written(tmp_path, "xlsx")
    book = openpyxl.load_workbook(tmp_path / f"{part.name}.xlsx")
    sheet = book["data"]
    heads = [cell.value for cell in sheet[1]]
    place = heads.index("department")
    cells = [row[place] for row in sheet.iter_rows(min_row=2)]
    assert tuple(cell.value or "" for cell in cells) == HOSTILE
    assert all(cell.data_type == "s" for cell in cells if cell.value)
    masked = [
        cell.quotePrefix for cell in cells if str(cell.value or "").startswith(("=", "+", "-", "@"))
    ]
    assert len(masked) == 3
    assert all(masked)
    first = heads.index(part.items[0])
    numbers = [
        [cell.value for cell in row[first : first + len(part.items)]]
        for row in sheet.iter_rows(min_row=2)
    ]
    assert [row for row in numbers if any(row)] == part.codes.tolist()
    assert len(book.sheetnames) > 4


def test_parquet_keeps_reasons_beside_numbers(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    part, _ = written(tmp_path, "parquet")
    read = parquet.read_table(tmp_path / f"{part.name}.parquet")
    for j, item in enumerate(part.items):
        gaps = part.missing[:, j] > 0
        assert read[item].to_pylist() == [
            None if gap else value
            for gap, value in zip(gaps, part.codes[:, j].tolist(), strict=True)
        ]
        whys = [row[j] for row in reasons(part.missing)]
        assert read[f"{item}_missing"].to_pylist() == [
            None if why is Missing.ANSWERED else str(why) for why in whys
        ]
    assert tuple(read["department"].to_pylist()) == HOSTILE
    assert json.loads(read.schema.metadata[b"cosyn"]) == IDENTITY
    assert read.schema.field("IPG1").metadata[b"label:zh-Hans"].decode()


def test_parquet_without_its_library_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    with pytest.raises(ExtraError) as caught:
        DATASETS["parquet"].write(delivered())
    assert caught.value.code == "extra.not-installed"
    assert "cosyn[parquet]" in caught.value.fix


def test_ddi_is_valid_and_sums_up(tmp_path: Path) -> None:
    part, _ = written(tmp_path, "ddi")
    content = (tmp_path / f"{part.name}.ddi.xml").read_bytes()
    assert fault("2.5", content) == ""
    assert (tmp_path / f"{part.name}.csv").is_file()
    root = etree.fromstring(content)
    assert root.findtext(f".//{DDI}caseQnty") == str(part.n)
    variable = root.find(f".//{DDI}var[@name='IPG1']")
    assert variable is not None
    told = {e.get("type"): float(e.text or "nan") for e in variable.findall(f"{DDI}sumStat")}
    j = part.items.index("IPG1")
    answers = part.codes[part.missing[:, j] == 0, j]
    assert (told["vald"], told["invd"]) == (len(answers), part.n - len(answers))
    assert told["mean"] == pytest.approx(answers.mean(), rel=1e-12)
    counts = {
        int(c.findtext(f"{DDI}catValu") or ""): int(c.findtext(f"{DDI}catStat") or "")
        for c in variable.findall(f"{DDI}catgry")
    }
    assert sum(counts.values()) == part.n
    # Departments are counted, never named.
    assert "😀" not in content.decode()


def test_two_parts_are_two_files_in_every_format() -> None:
    made = delivery(instrument(), mixed(), "en", IDENTITY)
    for name in ("csv", "sav", "dta", "xlsx", "ddi"):
        files = DATASETS[name].write(made).files
        assert all(any(file.startswith(f"{part.name}.") for file in files) for part in made.parts)


def test_provenance_names_digests_and_codes() -> None:
    made = delivery(instrument(), table(), "en", IDENTITY)
    files = {"a.csv": b"x"}
    told = json.loads(provenance(made, files, {"cosyn": "0"}))
    assert told["digest"] == IDENTITY["digest"]
    assert set(told["reserved"]) == {str(reason) for reason in LETTERS}
    assert len(told["files"]["a.csv"]) == 64


def test_numbers_of_too_many_digits_are_named() -> None:
    found = table()
    values = found.values.copy()
    values[found.missing[:, 0] == 0, 0] = 148.99109536982868
    made = delivery(instrument(), replace(found, matrix=values), "en", IDENTITY)
    losses = DATASETS["xlsx"].write(made).losses
    assert [loss.item for loss in losses] == ["IPG1"]
