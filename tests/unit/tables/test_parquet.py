"""Parquet files: every type of value becomes the text one would type."""

from __future__ import annotations

import io
import sys
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from tests.unit.datasets.answers import delivered, reasons
from tests.unit.importers.import_helpers import read
from tests.unit.importers.test_platforms import values

from cosyn.datasets import DATASETS
from cosyn.errors import ExtraError, ResponseError
from cosyn.instrument.types import Missing
from cosyn.tables import choose
from cosyn.tables.parquet import KIND

if TYPE_CHECKING:
    from pathlib import Path

pa = pytest.importorskip("pyarrow")


def written(table: Any, **how: Any) -> bytes:
    from pyarrow import parquet

    stream = io.BytesIO()
    parquet.write_table(table, stream, **how)
    return stream.getvalue()


def texts_of(folder: Path, table: Any, **how: Any) -> dict[str, list[str]]:
    path = folder / "t.parquet"
    path.write_bytes(written(table, **how))
    assert choose(path) is KIND
    found = KIND.read(path)
    assert found.numbers.tolist() == list(range(1, table.num_rows + 1))
    return {name: list(held) for name, held in zip(found.header, found.columns, strict=True)}


def test_every_type_as_one_would_type_it(tmp_path: Path) -> None:
    moment = datetime(2026, 3, 5, 10, 30, tzinfo=UTC)
    columns = {
        " whole ": pa.array([3, None], pa.int8()),
        "float": pa.array([3.0, float("nan")]),
        "half": pa.array([0.5, None], pa.float32()),
        "decimal": pa.array([Decimal("1.50"), None]),
        "yes": pa.array([True, None]),
        "text": pa.array(["a\0b\nc", ""]),
        "bytes": pa.array(["部门".encode(), None]),
        "day": pa.array([date(2026, 3, 5), None]),
        "moment": pa.array([moment, None], pa.timestamp("ns", "UTC")),
        "midnight": pa.array([datetime(2026, 3, 5, tzinfo=UTC), None], pa.timestamp("us")),
        "clock": pa.array([time(9, 5), None]),
        "several": pa.array([["a", "b"], None]),
        "parts": pa.array([{"x": 1, "y": {"z": None}}, None]),
        "coded": pa.array(["b", None]).dictionary_encode(),
        "none": pa.nulls(2),
    }
    found = texts_of(tmp_path, pa.table(columns))
    assert {name: first for name, (first, _) in found.items()} == {
        "whole": "3",
        "float": "3",
        "half": "0.5",
        "decimal": "1.50",
        "yes": "TRUE",
        "text": "ab\nc",
        "bytes": "部门",
        "day": "2026-03-05",
        "moment": "2026-03-05T10:30:00+00:00",
        "midnight": "2026-03-05",
        "clock": "09:05:00",
        "several": "a;b",
        "parts.x": "1",
        "parts.y.z": "",
        "coded": "b",
        "none": "",
    }
    assert {second for _, second in found.values()} == {""}


def test_groups_of_rows_with_texts_of_their_own(tmp_path: Path) -> None:
    texts = [f"t{i % 7}" if i % 5 else None for i in range(1000)]
    found = texts_of(tmp_path, pa.table({"a": texts}), row_group_size=130)
    assert found["a"] == [text or "" for text in texts]


def test_a_data_frame_is_read_like_its_csv() -> None:
    frame = pd.DataFrame({"department": ["D1", "部门"], "A1": [3.0, 98.0], "A2": [np.nan, 1.0]})
    content = written(pa.Table.from_pandas(frame))
    imported = read(content, name="t.parquet")
    assert (imported.report.kind, imported.report.warnings) == ("parquet", ())
    assert (values(imported, "A1"), values(imported, "A2")) == (
        [3, "dont_know"],
        ["not_answered", 1],
    )
    other = read(frame.to_csv(index=False).encode())
    assert [s.department for s in imported.submissions] == [s.department for s in other.submissions]


def test_our_own_file_says_why_a_cell_is_null(tmp_path: Path) -> None:
    made = delivered()
    (part,) = made.parts
    path = tmp_path / "t.parquet"
    path.write_bytes(DATASETS["parquet"].write(made).files[f"{part.name}.parquet"])
    found = KIND.read(path)
    assert found.header == (*(p.column for p in part.particulars), *part.items)
    for j, item in enumerate(part.items):
        whys = [row[j] for row in reasons(part.missing)]
        held = list(found.columns[found.header.index(item)])
        assert [
            text if why is not Missing.ANSWERED else Missing.ANSWERED
            for text, why in zip(held, whys, strict=True)
        ] == [str(why) for why in whys]


def test_a_column_that_ends_alike_is_kept_in_other_peoples_files(tmp_path: Path) -> None:
    table = pa.table({"A1": [1, None], "A1_missing": [None, "refused"]})
    assert texts_of(tmp_path, table) == {"A1": ["1", ""], "A1_missing": ["", "refused"]}


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_file_cut_off(share: float) -> None:
    content = written(pa.table({"A1": list(range(500))}))
    with pytest.raises(ResponseError) as caught:
        read(content[: int(share * len(content))], name="t.parquet")
    assert caught.value.code == "response.damaged-parquet"


def test_texts_that_are_no_utf8() -> None:
    with pytest.raises(ResponseError) as caught:
        read(written(pa.table({"A1": pa.array([b"\xff\xfe"])})), name="t.parquet")
    assert caught.value.code == "response.damaged-parquet"


@pytest.mark.parametrize("table", [{}, {"A1": pa.array([], pa.int8())}])
def test_a_file_without_rows(table: dict[str, Any]) -> None:
    with pytest.raises(ResponseError) as caught:
        read(written(pa.table(table)), name="t.parquet")
    assert caught.value.code == "response.empty-file"


def test_few_bytes_that_stand_for_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    content = written(pa.table({"A1": np.ones(100_000, np.int8), "A2": ["x" * 100] * 100_000}))
    assert len(content) < 5000
    monkeypatch.setattr("cosyn.tables.parquet._MOST_CELLS", 150_000)
    with pytest.raises(ResponseError) as caught:
        read(content, name="t.parquet")
    assert caught.value.code == "response.too-big"


def test_an_encrypted_file_is_named() -> None:
    with pytest.raises(ResponseError, match="encrypted Parquet") as caught:
        read(b"PARE\0\0\0\0", name="t.parquet")
    assert caught.value.code == "response.wrong-kind"


def test_without_its_library_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    content = written(pa.table({"A1": [1]}))
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ExtraError) as caught:
        read(content, name="t.parquet")
    assert caught.value.code == "extra.not-installed"
    assert "cosyn[parquet]" in caught.value.fix
