"""What a file is, its content says; kinds that are not read are named and a way out is shown."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

import pytest
from tests.unit.importers.import_helpers import INSTRUMENT, read

from cosyn.errors import PlanError, ResponseError, StoreError
from cosyn.importers import read_responses
from cosyn.tables import KINDS

if TYPE_CHECKING:
    from pathlib import Path


OLE = bytes.fromhex("d0cf11e0a1b11ae1")


def zipped(*names: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name in names:
            archive.writestr(zipfile.ZipInfo(name), "x")  # no date: processes must agree on ids
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "title"),
    [
        (OLE + b"\0" * 600, "old Office program"),
        (OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "locked with a password"),
        (OLE + "WordDocument".encode("utf-16-le"), "old Word document"),
        (b"%PDF-1.7\n", "PDF document"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"\x1f\x8b\x08\0", "gzip archive"),
        (b"SQLite format 3\0", "SQLite database"),
        (zipped("mimetype", "content.xml"), "OpenDocument file, but no"),
        (zipped("xl/workbook.bin"), "binary Excel workbook"),
        (zipped("word/document.xml"), "Word document"),
        (zipped("survey.csv"), "ZIP archive"),
        (zipped("xl/workbook.xml")[:-30], "damaged ZIP archive"),
        (b"\xef\xbb\xbf\r\n <!DOCTYPE html><table><tr><td>A1", "HTML page"),
        (b"<table border=1><tr><td>A1</td>", "HTML page"),
        (b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>', "Excel 2003 XML"),
        (b'<?xml version="1.0"?><codeBook/>', "XML file"),
    ],
    ids=lambda part: part if isinstance(part, str) else "",
)
def test_other_kinds_are_named(content: bytes, title: str) -> None:
    with pytest.raises(ResponseError, match=title) as caught:
        read(content)
    assert caught.value.code == "response.wrong-kind"
    assert caught.value.where == "t.csv"
    assert caught.value.fix


def test_a_name_that_lies_is_only_warned_about() -> None:
    imported = read("A1,A2\n1,2\n", name="answers.xlsx")
    assert imported.report.kind == "delimited"
    assert imported.report.warnings == (
        "the name ends in .xlsx, but the content is a text table (CSV) and was read as that",
    )


def test_a_header_in_brackets_is_no_json() -> None:
    assert read("[id],A1\n7,1\n").report.rows_kept == 1


def test_the_registry_offers_the_kinds() -> None:
    assert {"delimited", "excel"} <= set(KINDS.names())
    assert [entry.name for entry in KINDS] == list(KINDS.names())


def test_the_importer_asked_for_is_taken(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("A1\n1\n")
    assert read_responses(path, INSTRUMENT, importer="plain").report.importer == "plain"
    with pytest.raises(PlanError, match="'pigeon' is not known"):
        read_responses(path, INSTRUMENT, importer="pigeon")


def test_missing_files_folders_and_big_files(tmp_path: Path) -> None:
    with pytest.raises(ResponseError, match="no such file"):
        read_responses(tmp_path / "none.csv", INSTRUMENT)
    with pytest.raises(ResponseError, match="a folder"):
        read_responses(tmp_path, INSTRUMENT)
    path = tmp_path / "t.csv"
    path.write_text("A1\n" + "1\n" * 1000)
    with pytest.raises(ResponseError, match="--max-mb") as caught:
        read_responses(path, INSTRUMENT, max_mb=0.001)
    assert caught.value.code == "response.too-big"


def test_a_file_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "t.csv"
    path.write_text("A1\n1\n")

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", refuse)
    with pytest.raises(StoreError, match=r"t.csv: cannot read: Permission denied"):
        read_responses(path, INSTRUMENT)
