"""Review sheets: written, filled in by a person, read back, and taken over or refused."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest

from cosyn.errors import InstrumentError, SurveyError
from cosyn.instrument.load import load_instrument
from cosyn.study import bundled
from cosyn.translation.sheet import COLUMNS, HEAD
from cosyn.workflow import translate


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """Return a study whose wording is not recorded yet."""
    root = tmp_path / "study"
    shutil.copytree(bundled() / "instrument", root / "instrument")
    (root / "instrument" / "versions.yaml").unlink()
    return root


def fill(file: Path, proposed: dict[str, str], **others: str) -> Path:
    """Fill a sheet in as a person would: address -> proposed text, the same status for all."""
    book = openpyxl.load_workbook(file)
    sheet = book.worksheets[0]
    for row in range(HEAD + 1, sheet.max_row + 1):
        address = str(sheet.cell(row, 1).value)
        if address in proposed:
            for name, value in {"proposed": proposed[address], **others}.items():
                cell = sheet.cell(row, COLUMNS.index(name) + 1)
                cell.value, cell.data_type = value, "s"
    book.save(file)
    return file


def files_of(study: Path) -> dict[str, bytes]:
    folder = study / "instrument"
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.yaml")}


def sheet(study: Path, language: str = "zh-Hans") -> Path:
    return translate.write(study, language).file


def refused(study: Path, file: Path, *, apply: bool = True) -> list[SurveyError]:
    before = files_of(study)
    with pytest.raises(SurveyError) as caught:
        translate.read(study, file, apply=apply)
    assert files_of(study) == before
    return list(getattr(caught.value, "faults", (caught.value,)))


def test_every_text_stands_beside_its_translation(study: Path) -> None:
    done = translate.write(study, "zh-Hans")
    book = openpyxl.load_workbook(done.file)
    rows = [
        tuple(cell.value for cell in row) for row in book.worksheets[0].iter_rows(min_row=HEAD + 1)
    ]
    assert (len(rows), done.missing) == (done.texts, 0)
    found = {row[0]: row for row in rows}
    assert found["items.ENS2.text"][1:4] == (
        "item ENS2",
        "Departments that hold up {M} are criticised in official circulars.",
        "拖延{M}的部门会受到通报批评。",
    )
    assert str(found["items.ENS2.text"][8]).count('FIND("{M}"') == 2


def test_proposals_are_shown_and_nothing_is_changed_unless_asked(study: Path) -> None:
    before = files_of(study)
    file = fill(sheet(study), {"closing": "谢谢。", "placeholders.M": "本事项"}, comment="短些")
    done = translate.read(study, file)
    (change,) = done.proposals.changes  # the other is what stands there already
    assert (change.entry.address, change.new, change.comment) == ("closing", "谢谢。", "短些")
    assert change.entry.target.startswith("感谢您的参与")
    assert done.files == ()
    assert files_of(study) == before


def test_a_proposal_changes_its_line_and_no_other(study: Path) -> None:
    before = files_of(study)
    new = {
        "items.IPB2.text": '通过{M}得到"信息": # 支持',
        "introduction": "第一行\n第二行",
        "placeholders.M": "此事",
    }
    done = translate.read(study, fill(sheet(study), new), apply=True)
    instrument = load_instrument(study / "instrument")
    assert instrument.item("IPB2").text["zh-Hans"] == new["items.IPB2.text"]
    assert instrument.introduction["zh-Hans"] == new["introduction"]
    assert instrument.placeholders["M"]["zh-Hans"] == "此事"
    assert {file.name for file in done.files} == {"IP.yaml", "instrument.yaml"}
    after = files_of(study)
    for name, content in before.items():
        old, now = content.splitlines(), after[name].splitlines()
        gone = [line for line in old if line not in now]
        assert len(gone) == {"instrument.yaml": 2, "items/IP.yaml": 1}.get(name, 0), name


def test_a_proposal_under_discussion_waits(study: Path) -> None:
    file = fill(sheet(study), {"closing": "谢谢。"}, status="待讨论")
    done = translate.read(study, file, apply=True)
    assert [change.new for change in done.proposals.held] == ["谢谢。"]
    assert (done.proposals.changes, done.files) == ((), ())


def test_a_new_language_has_a_file_of_its_own(study: Path) -> None:
    done = translate.write(study, "fr")
    assert (done.against, done.missing) == ("en", done.texts)
    translate.read(
        study, fill(done.file, {"closing": "Merci.", "placeholders.M": "cette affaire"}), apply=True
    )
    file = study / "instrument" / "languages" / "fr.yaml"
    assert file.read_text(encoding="utf-8").splitlines()[1:] == [
        "language: fr",
        "texts:",
        '  closing: "Merci."',
        '  placeholders.M: "cette affaire"',
    ]
    done.file.unlink()
    again = translate.write(study, "fr")
    assert again.missing == done.texts - 2
    translate.read(study, fill(again.file, {"closing": "Merci !", "title": "Coopérer"}), apply=True)
    text = file.read_text(encoding="utf-8")
    assert text.startswith("# Written by")
    assert '  closing: "Merci !"\n' in text
    assert '  title: "Coopérer"\n' in text
    assert "Merci." not in text
    assert load_instrument(study / "instrument").languages == ("en", "zh-Hans")


def test_a_sheet_for_another_wording_is_refused(study: Path) -> None:
    file = sheet(study)
    items = study / "instrument" / "items" / "IP.yaml"
    items.write_text(
        items.read_text(encoding="utf-8").replace("the same result", "one result"), encoding="utf-8"
    )
    (fault,) = refused(study, file)
    assert fault.code == "translation.other-wording"


def spoil(file: Path, address: str, column: str, value: str) -> int:
    """Write something into a row and return which it was."""
    book = openpyxl.load_workbook(file)
    sheet = book.worksheets[0]
    row = next(r for r in range(HEAD, sheet.max_row) if sheet.cell(r, 1).value == address)
    sheet.cell(row, COLUMNS.index(column) + 1).value = value
    book.save(file)
    return row


@pytest.mark.parametrize(
    ("address", "column", "value", "code"),
    [
        ("closing", "address", "items.XYZ9.text", "unknown-address"),
        ("closing", "address", "title", "twice"),
        ("closing", "status", "maybe", "impossible-value"),
        ("地址", "proposed", "Something else", "changed-layout"),
        ("closing", "target", "另一句", "text-changed"),
    ],
)
def test_a_row_that_cannot_be_taken_over_is_named(
    study: Path, address: str, column: str, value: str, code: str
) -> None:
    file = fill(sheet(study), {"closing": "谢谢。"})
    row = spoil(file, address, column, value)
    (fault,) = refused(study, file)
    assert fault.code == f"translation.{code}"
    assert f"{file.name}, sheet '翻译校对', row {row}" == fault.where


def test_a_lost_placeholder_is_refused_with_its_row(study: Path) -> None:
    file = fill(sheet(study), {"items.ENS2.text": "会受到通报批评。", "items.ENS1.text": "{N}{M}"})
    faults = refused(study, file)
    assert [fault.code for fault in faults] == ["translation.placeholder-parity"] * 2
    assert "row " in faults[0].where


def test_what_would_make_the_instrument_faulty_is_undone(study: Path) -> None:
    """A recorded version must not change its wording: the author raises the version first."""
    shutil.copy(bundled() / "instrument" / "versions.yaml", study / "instrument" / "versions.yaml")
    (fault,) = refused(study, fill(sheet(study), {"closing": "谢谢。"}))
    assert fault.code == "instrument.changed-without-version"


def test_a_filled_in_sheet_is_not_written_over(study: Path) -> None:
    file = fill(sheet(study), {"closing": "谢谢。"})
    filled = file.read_bytes()
    with pytest.raises(SurveyError) as caught:
        translate.write(study, "zh-Hans")
    assert caught.value.code == "workbook.exists"
    assert file.read_bytes() == filled


def test_what_is_no_sheet_is_refused(study: Path, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    book.save(tmp_path / "other.xlsx")
    (fault,) = refused(study, tmp_path / "other.xlsx")
    assert fault.code == "translation.no-sheet"


@pytest.mark.parametrize(("language", "against"), [("../x", None), ("fr", "de"), ("en", "en")])
def test_a_language_that_cannot_be(study: Path, language: str, against: str | None) -> None:
    with pytest.raises(InstrumentError) as caught:
        translate.write(study, language, against)
    assert caught.value.code in {"language.malformed", "language.unknown"}
