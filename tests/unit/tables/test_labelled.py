"""Files of SPSS and Stata: codes, labels, and what they declare as missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest
from tests.unit.importers.import_helpers import INSTRUMENT
from tests.unit.importers.test_platforms import values

from cosyn.errors import ResponseError
from cosyn.importers import load_mapping, read_responses
from cosyn.tables.spss import KIND

if TYPE_CHECKING:
    from pathlib import Path

    from cosyn.importers import Imported

pyreadstat = pytest.importorskip("pyreadstat")
FRAME = pd.DataFrame(
    {"A1": [3.0, 1.0, 98.0], "q2": [2.0, None, -9.0], "部门": ["D1", "D2", "=1+1"]}
)
WRITERS = {"sav": "write_sav", "zsav": "write_sav", "por": "write_por", "dta": "write_dta"}


def written(folder: Path, suffix: str = "sav", **how: Any) -> Path:
    path = folder / f"t.{suffix}"
    other = {"por": "DEPT", "dta": "department"}
    frame = FRAME.rename(columns={"部门": other.get(suffix, "部门")})
    if suffix == "zsav":
        how["compress"] = True
    getattr(pyreadstat, WRITERS[suffix])(frame, path, **how)
    return path


def read(path: Path, mapping: str = "") -> Imported:
    rules = path.with_name("map.yaml")
    rules.write_text(mapping, encoding="utf-8")
    return read_responses(path, INSTRUMENT, load_mapping(rules, INSTRUMENT) if mapping else None)


@pytest.mark.parametrize("suffix", ["sav", "zsav", "por", "dta"])
def test_every_file_gives_its_codes(tmp_path: Path, suffix: str) -> None:
    imported = read(written(tmp_path, suffix), "department: DEPT" if suffix == "por" else "")
    assert imported.report.kind == ("stata" if suffix == "dta" else "spss")
    assert values(imported, "A1") == [3, 1, "dont_know"]
    assert [s.row for s in imported.submissions] == [1, 2, 3]
    assert [s.department for s in imported.submissions] == ["D1", "D2", "=1+1"]


def test_a_column_is_known_by_its_label(tmp_path: Path) -> None:
    path = written(tmp_path, column_labels=["x", "Work is shared.", ""])
    imported = read(path, 'missing: {"-9": not_applicable}')
    assert values(imported, "A2") == [2, "not_answered", "not_applicable"]


def test_codes_declared_as_missing_are_not_answered(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        column_labels=["x", "工作共同承担。", ""],
        missing_ranges={"q2": [{"lo": -99, "hi": -1}], "A1": [98]},
    )
    imported = read(path)
    assert values(imported, "A2") == [2, "not_answered", "not_answered"]
    assert values(imported, "A1") == [3, 1, "dont_know"]
    assert "count as not answered: -9" in imported.report.warnings[-1]


def test_what_a_mapping_file_says_of_a_code_is_believed(tmp_path: Path) -> None:
    path = written(
        tmp_path,
        column_labels=["x", "工作共同承担。", ""],
        missing_ranges={"q2": [{"lo": -99, "hi": -1}]},
        variable_value_labels={"q2": {-9: "Don't know"}},
    )
    imported = read(path, 'missing: {"-9": invalid}')
    assert values(imported, "A2") == [2, "not_answered", "invalid"]
    assert imported.report.warnings == ()
    with pytest.raises(ResponseError, match="-9 is called"):
        read(path)


def test_a_scale_that_runs_the_other_way_is_refused(tmp_path: Path) -> None:
    labels = {"A1": {1: "True", 2: "In between", 3: "Not at all true"}}
    path = written(tmp_path, variable_value_labels=labels)
    with pytest.raises(ResponseError, match=r"column 'A1': 1 is called 'True'.* is 3") as caught:
        read(path)
    assert caught.value.code == "response.labels-disagree"
    turned = read(path, 'labels: {agree: {"1": 3, "2": 2, "3": 1}}')
    assert values(turned, "A1") == [1, 3, "dont_know"]


def test_labels_in_either_language_and_unknown_ones_agree(tmp_path: Path) -> None:
    labels = {"A1": {1: "完全不符合", 2: "so so", 3: "TRUE"}}
    assert values(read(written(tmp_path, variable_value_labels=labels)), "A1")[:2] == [3, 1]


@pytest.mark.parametrize("suffix", ["sav", "dta"])
def test_a_file_cut_in_half(tmp_path: Path, suffix: str) -> None:
    path = written(tmp_path, suffix)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(ResponseError) as caught:
        read(path)
    assert caught.value.code in {"response.damaged-statistics", "response.empty-file"}


def test_more_rows_than_the_file_can_hold_are_not_made_room_for(tmp_path: Path) -> None:
    path = written(tmp_path, "dta")
    content = path.read_bytes()
    place = content.index(b"<N>") + 3
    path.write_bytes(content[:place] + (1 << 30).to_bytes(8, "little") + content[place + 8 :])
    with pytest.raises(ResponseError, match=r"too short for the 1,073,741,824 rows") as caught:
        read(path)
    assert caught.value.code == "response.damaged-statistics"


def test_a_variable_without_a_name(tmp_path: Path) -> None:
    path = written(tmp_path)
    content = path.read_bytes().replace(b"Q2      ", b" " * 8).replace(b"Q2=q2", b"Q2=Q2")
    path.write_bytes(content)
    assert KIND.read(path).header == ("A1", "", "部门")


def test_an_old_file_that_counts_its_variables_wrongly(tmp_path: Path) -> None:
    path = tmp_path / "t.dta"
    frame = pd.DataFrame({"department": ["D1", "D2"], **{f"A{i}": [1.0, 2.0] for i in range(4)}})
    pyreadstat.write_dta(frame, path, version=8)
    content = bytearray(path.read_bytes())
    assert content[4] == 5
    content[4] = 4
    path.write_bytes(content)
    with pytest.raises(ResponseError) as caught:
        read(path)
    assert caught.value.code == "response.damaged-statistics"


def test_three_variables_of_one_name(tmp_path: Path) -> None:
    path = tmp_path / "t.dta"
    pyreadstat.write_dta(
        pd.DataFrame({name: [1.0] for name in ("A1", "B1", "C1")}), path, version=8
    )
    content = path.read_bytes().replace(b"B1\0", b"A1\0").replace(b"C1\0", b"A1\0")
    path.write_bytes(content)
    with pytest.raises(ResponseError, match="the same name") as caught:
        read(path)
    assert caught.value.code == "response.damaged-statistics"
