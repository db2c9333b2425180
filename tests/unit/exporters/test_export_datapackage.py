"""Data Packages: Frictionless accepts them, and the table is one that our importer reads."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import frictionless
import pytest
from tests.unit.exporters.codebook_forms import default, form, forms, library, question, scale

from cosyn.exporters.datapackage import EXPORTER
from cosyn.importers import read_responses
from cosyn.instrument.questionnaire import Questionnaire, questionnaire
from cosyn.instrument.types import Missing
from cosyn.structures import Unreadable
from cosyn.structures.datapackage import READER


def unpacked(asked: Questionnaire, folder: Path, *rows: dict[str, str]) -> Path:
    """Write a package and some answers into a folder; return its description."""
    for name, content in EXPORTER.write(asked, asked.languages[0]).files.items():
        (folder / Path(name).name).write_bytes(content)
    table = folder / "answers.csv"
    header = next(csv.reader(table.read_text().splitlines()))
    with table.open("a", newline="") as stream:
        csv.DictWriter(stream, header).writerows(rows)
    return folder / "datapackage.json"


def faults(description: Path) -> list[str]:
    return [str(row[0]) for row in frictionless.validate(str(description)).flatten(["note"])]


@pytest.mark.parametrize("number", range(len(forms())))
def test_every_form_is_valid(number: int, tmp_path: Path) -> None:
    assert faults(unpacked(forms()[number], tmp_path)) == []


def test_missing_codes_are_no_answers_and_wrong_answers_are_found(tmp_path: Path) -> None:
    asked = questionnaire(default())
    good = {q.id: str(q.response_format.options[0].code) for q in asked.questions}
    gap = good | {"IPG1": "97", "IPT1": "98", "AT1": ""}
    assert faults(unpacked(asked, tmp_path, good, gap)) == []
    (tmp_path / "bad").mkdir()
    (found,) = faults(unpacked(asked, tmp_path / "bad", good | {"IPG1": "8"}))
    assert "enum" in found


def test_numbers_outside_their_bounds_are_found(tmp_path: Path) -> None:
    asked = questionnaire(default(), "coordinator")
    assert faults(unpacked(asked, tmp_path, {"RCMONTHS": "600"})) == []
    (tmp_path / "bad").mkdir()
    (found,) = faults(unpacked(asked, tmp_path / "bad", {"RCMONTHS": "601"}))
    assert "maximum" in found


def test_the_importer_reads_the_table(tmp_path: Path) -> None:
    asked = questionnaire(default())
    row = {q.id: str(q.response_format.options[1].code) for q in asked.questions}
    row |= {"IPG1": "97", "IPT1": "98", "IPT2": "", "department": "D1", "wave": "1"}
    row |= {"language": "en", "form": "core-40", "instrument": "cosyn-dynamics"}
    row |= {"version": default().version, "digest": default().digest, "order": "0"}
    unpacked(asked, tmp_path, row)
    read = read_responses(tmp_path / "answers.csv", default())
    (answers,) = read.submissions
    assert (answers.department, answers.wave, answers.language) == ("D1", "1", "en")
    assert answers.answers["IPG1"].missing == Missing.REFUSED
    assert answers.answers["IPT1"].missing == Missing.DONT_KNOW
    assert answers.answers["IPT2"].missing == Missing.NOT_ANSWERED
    assert answers.answers["IPG2"].value == 2.0
    assert not read.report.warnings


def test_labels_that_are_equal_stand_aside() -> None:
    """The standard wants the labels of a field to differ."""
    twice = scale(1, 2, 3)
    same = tuple(type(o)(o.code, {"en": "same" if o.code < 3 else "other"}) for o in twice.options)
    asked = form(question("A", "text", type(twice)(*("f", "options"), same, (), 1.0, 3.0)))
    description = json.loads(next(iter(EXPORTER.write(asked, "en").files.values())))
    field = description["resources"][0]["schema"]["fields"][-1]
    assert [c.get("label") for c in field["categories"]] == [None, None, "other"]
    assert [c["labels"]["en"] for c in field["categories"]] == ["same", "same", "other"]


def test_keying_checks_and_sources_are_told() -> None:
    description = json.loads(next(iter(EXPORTER.write(library(), "en").files.values())))
    schema = description["resources"][0]["schema"]
    known = {field["name"]: field for field in schema["fields"]}
    assert description["languages"] == ["en", "zh-Hans", "de"]
    for name, item in library().about.items.items():
        assert known[name]["reverse"] == item.reverse
    assert {c["name"] for c in schema["constructs"]} == {c.id for c in library().about.constructs}


@pytest.mark.parametrize("wrong", [b"", b"\xff", b"[]", b"{}", b'{"resources": []}', b"null"])
def test_what_is_no_package_is_refused(wrong: bytes) -> None:
    with pytest.raises(Unreadable, match="no Data Package"):
        READER.read(wrong)


def test_a_package_of_others_is_read_in_its_one_language() -> None:
    field: dict[str, object] = {
        "name": "q",
        "type": "integer",
        "title": "Why?",
        "missingValues": ["", "-9"],
    }
    field |= {"categories": [{"value": 1, "label": "yes"}]}
    fields: list[dict[str, object]] = [field, {"name": "t", "type": "string"}]
    package = {"resources": [{"schema": {"fields": fields}}]}
    (asked,) = READER.read(json.dumps(package).encode()).questions
    assert (asked.id, asked.text, asked.answers) == ("q", {"en": "Why?"}, ((1, {"en": "yes"}),))
