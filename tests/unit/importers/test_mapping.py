"""The mapping file: what it says is done, and every fault in it has its line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.unit.importers.import_helpers import INSTRUMENT, read

from cosyn.errors import Faults, ResponseError
from cosyn.importers import load_mapping

if TYPE_CHECKING:
    from pathlib import Path


TABLE = "ID,AGENCY,Q1,Q2,Q3,note\n7,AF,Agree,X,8,hm\n8.0,AR,Disagree,2,-99,\n"
MAPPING = """\
respondent: ID
department: agency
columns: {Q1: A1, Q2: A2, Q3: A3}
labels:
  agree: {Agree: 3, Disagree: 1}
missing: {"-99": not_answered, X: dont_know, 8: not_applicable}
constants: {wave: "2026-1", language: en, form: all}
ignore: [note]
"""


def test_everything_a_mapping_can_say() -> None:
    imported = read(TABLE, MAPPING)
    first, second = imported.submissions
    assert [(c.value, c.missing) for c in first.answers.values()] == [
        (3, "answered"),
        (None, "dont_know"),
        (None, "not_applicable"),
    ]
    assert [(c.value, c.missing) for c in second.answers.values()] == [
        (1, "answered"),
        (2, "answered"),
        (None, "not_answered"),
    ]
    assert (first.respondent, second.respondent, second.department) == ("7", "8", "AR")
    assert (first.wave, first.language, first.form) == ("2026-1", "en", "all")
    assert imported.report.columns[-1].fate == "ignored by mapping"
    assert len(imported.report.mapping_sha256) == 64


def test_labels_win_over_codes_and_missing_over_labels() -> None:
    mapping = 'labels: {agree: {"1": 3, "3": 1, "2": 98}}\nmissing: {"3": refused}'
    imported = read("A1\n1\n3.0\n2\n", mapping)
    cells = [s.answers["A1"] for s in imported.submissions]
    assert [(c.value, c.missing) for c in cells] == [
        (3, "answered"),
        (None, "refused"),
        (None, "dont_know"),
    ]


def test_blanks_can_be_given_another_reason() -> None:
    imported = read("A1,A2\n1,\n", 'missing: {"": not_shown}')
    assert imported.submissions[0].answers["A2"].missing == "not_shown"


@pytest.mark.parametrize(
    ("mapping", "code", "text"),
    [
        ("respondant: ID", "mapping.unknown-key", "map.yaml:1: .*'respondent'"),
        ("columns: {Q1: A1}\ncolumns: {Q2: A2}", "mapping.duplicate-key", "map.yaml:2"),
        (
            "columns:\n  Q1: A1\n  Q2: A9",
            "mapping.unknown-item",
            "map.yaml:3: .*'A9', which is no item",
        ),
        (
            "columns:\n  Q1: A1\n  Q2: A1",
            "mapping.item-twice",
            "map.yaml:3: 'Q1' is already mapped",
        ),
        (
            "respondent: ID\ndepartment: id",
            "mapping.column-twice",
            "map.yaml:2: .*'id' is already used by respondent",
        ),
        ("ignore:\n  - ID\n  - ID", "mapping.column-twice", "map.yaml:3"),
        (
            "labels:\n  agre: {x: 1}",
            "mapping.unknown-response-format",
            "map.yaml:2: .*Perhaps 'agree' is meant",
        ),
        (
            "labels:\n  agree:\n    x: 7",
            "mapping.unknown-code",
            "map.yaml:3: .*7 is no code of agree",
        ),
        ("labels:\n  agree: {x: three}", "mapping.wrong-value", "map.yaml:2"),
        ("missing:\n  X: unknown", "mapping.wrong-value", "map.yaml:2"),
        ('missing:\n  "8": refused\n  "8.0": dont_know', "mapping.ambiguous", "map.yaml:3"),
        ("wave: W\nconstants:\n  wave: '1'", "mapping.constant-and-column", "map.yaml:3"),
        ("ignore: [simulated]", "mapping.simulated", "map.yaml:1"),
        ("columns: [", "mapping.not-yaml", "map.yaml:[12]"),
        ("# nothing", "mapping.empty", "map.yaml"),
    ],
)
def test_faults_of_the_file_itself(mapping: str, code: str, text: str) -> None:
    with pytest.raises(ResponseError, match=text) as caught:
        read(TABLE, mapping)
    assert caught.value.code == code


def test_every_fault_is_found_in_one_pass() -> None:
    with pytest.raises(Faults) as caught:
        read(TABLE, "columns:\n  Q1: A8\n  Q2: A9")
    assert [fault.where for fault in caught.value.faults] == ["map.yaml:2", "map.yaml:3"]


def test_a_key_is_what_is_written_although_yaml_has_other_words_for_it() -> None:
    """No is not false, and 010 is not eight."""
    imported = read(
        "A1,A2\nNo,010\nYes,1\n",
        "missing: {No: refused, 010: dont_know}\nlabels:\n  agree: {Yes: 1}",
    )
    first, second = imported.submissions
    assert [c.missing.value for c in first.answers.values()] == ["refused", "dont_know"]
    assert [c.value for c in second.answers.values()] == [1.0, 1.0]


def test_columns_that_the_table_does_not_have() -> None:
    with pytest.raises(Faults) as caught:
        read(TABLE, "respondent: Id2\ncolumns:\n  Q1: A1\n  Q9: A2\nignore:\n  - notes\n")
    assert [(f.code, f.where) for f in caught.value.faults] == [
        ("mapping.unknown-column", "map.yaml:1"),
        ("mapping.unknown-column", "map.yaml:4"),
        ("mapping.unknown-column", "map.yaml:6"),
    ]
    assert "Perhaps 'note' is meant" in str(caught.value)


def test_a_constant_beside_a_column_of_the_table() -> None:
    with pytest.raises(ResponseError, match=r"map.yaml:1: the column '部门'") as caught:
        read("部门,A1\nD1,1\n", "constants: {department: D2}")
    assert caught.value.code == "mapping.constant-and-column"
    imported = read("部门,A1\nD1,1\n", "constants: {department: D2}\nignore: [部门]")
    assert imported.submissions[0].department == "D2"


def test_the_digest_is_of_the_content(tmp_path: Path) -> None:
    def digest(text: str) -> str:
        path = tmp_path / "m.yaml"
        path.write_text(text)
        return load_mapping(path, INSTRUMENT).sha256

    assert digest("columns: {Q1: A1}") == digest("# a remark\ncolumns:\n  Q1: A1\n")
    assert digest("columns: {Q1: A1}") != digest("columns: {Q1: A2}")


def test_a_missing_mapping_file(tmp_path: Path) -> None:
    with pytest.raises(ResponseError) as caught:
        load_mapping(tmp_path / "none.yaml", INSTRUMENT)
    assert caught.value.code == "mapping.missing-file"


@pytest.mark.parametrize(
    "header",
    [
        "1、Do you trust them?",
        "Q1. do you  trust them?",
        "1、How far?—Do you trust them?",
        "第1题(Do you trust them?)",
        "1、(Do you trust them?)",
    ],
)
def test_a_column_may_be_named_by_what_it_asks(header: str) -> None:
    imported = read(f'"{header}",A2\n2,1\n', 'columns: {"Do you trust them?": A1}')
    assert imported.submissions[0].answers["A1"].value == 2
    assert imported.report.columns[0].target == "A1"


def test_a_column_that_asks_more_is_not_taken_for_one_that_asks_a_part() -> None:
    table = '"1、Cooperation—trust","2、trust"\n1,2\n'
    mapping = 'columns: {"Cooperation—trust": A1, "trust": A2}'
    answers = read(table, mapping).submissions[0].answers
    assert (answers["A1"].value, answers["A2"].value) == (1, 2)


def test_two_columns_that_ask_the_same_are_not_chosen_between() -> None:
    with pytest.raises(ResponseError, match=r"several columns .* '1、trust', '2、trust'") as caught:
        read('"1、trust","2、trust"\n1,2\n', 'columns: {"trust": A1}')
    assert caught.value.code == "mapping.unknown-column"
    exact = read('"1、trust","2、trust"\n1,2\n', 'columns: {"2、trust": A1}')
    assert exact.submissions[0].answers["A1"].value == 2
