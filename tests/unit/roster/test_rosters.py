"""Tables of departments and people: what is read, and one message a cause for what cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from cosyn.errors import Faults, ResponseError, SurveyError
from cosyn.instrument.load import load_instrument
from cosyn.instrument.types import Instrument
from cosyn.roster import Department, Person, is_people, read_departments, read_people
from cosyn.study import bundled

DEPARTMENTS = ["D01", "D02"]


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    return load_instrument(bundled() / "instrument")


def written(folder: Path, text: str, name: str = "people.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def faults_of(error: SurveyError) -> list[SurveyError]:
    return list(getattr(error, "faults", (error,)))


def test_departments_with_everything(instrument: Instrument, tmp_path: Path) -> None:
    text = (
        "部门,name:en,name：zh-Hans,层级,group,邀请人数,quota,M:en,M:zh-Hans,phone\n"
        "D01,Tax office, 税务局 ,city,A,12,10,the permit,一件事,+86 10\n"
        "D02,,,,,12.0,,,,\n"
    )
    found = read_departments(written(tmp_path, text), instrument)
    assert found.unread == ("phone",)
    assert found.rows == (
        Department(
            "D01",
            {"M": {"en": "the permit", "zh-Hans": "一件事"}},
            {"en": "Tax office", "zh-Hans": "税务局"},
            "city",
            "A",
            12,
            10,
        ),
        Department("D02", {}, invited=12),
    )


def test_one_name_stands_for_every_language(instrument: Instrument, tmp_path: Path) -> None:
    found = read_departments(written(tmp_path, "department,name\nD01,税务局\n"), instrument)
    assert found.rows[0].name == {"en": "税务局", "zh-Hans": "税务局"}


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("department,Department\nD1,D1\n", "roster.repeated-column", '"Department"'),
        ("department,invited\nD1,a dozen\n", "roster.number", "'a dozen'"),
        ("department,invited\nD1,120000\n", "roster.number", "10,000"),
        ("department,quota\nD1,0\n", "roster.number", "from 1"),
        ("department,name:en\nD1,x\n", "roster.missing-language", "name:zh-Hans"),
        ("department,name\nD1,a\x07b\n", "roster.control", "'a\\x07b'"),
        ("department,name\nD1," + "x" * 201 + "\n", "roster.too-long", "200"),
        ("department,M:en,M:zh-Hans\nD1,x,\nD2,y,\n", "roster.incomplete", "rows 2 and 3: 2 rows"),
    ],
)
def test_a_spoilt_table_of_departments(
    instrument: Instrument, tmp_path: Path, text: str, code: str, words: str
) -> None:
    with pytest.raises((ResponseError, Faults)) as caught:
        read_departments(written(tmp_path, text), instrument)
    assert code in {fault.code for fault in faults_of(caught.value)}
    assert words in str(caught.value)


def test_a_formula_without_a_value_is_named(instrument: Instrument, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["department", "name"])
    sheet.append(["D01", "=A2"])
    path = tmp_path / "departments.xlsx"
    book.save(path)
    with pytest.raises(ResponseError) as caught:
        read_departments(path, instrument)
    assert caught.value.code == "roster.formula"
    assert "row 2" in caught.value.where


def test_people_are_read_and_formulas_and_markup_stay_text(
    instrument: Instrument, tmp_path: Path
) -> None:
    text = (
        "人员,姓名,邮箱,部门,语言\np1,=HYPERLINK(1),a@example.org,d01,zh-hans\np2,<b>Li</b>,,D02,\n"
    )
    path = written(tmp_path, text)
    assert is_people(path)
    assert read_people(path, instrument, DEPARTMENTS).rows == (
        Person("p1", "D01", "=HYPERLINK(1)", "a@example.org", "zh-Hans"),
        Person("p2", "D02", "<b>Li</b>"),
    )


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("name,department\nx,D01\n", "roster.no-person", "`person`"),
        ("person,name\nx,D01\n", "roster.no-department", "`department`"),
        ("person,department\n", "roster.empty", "no row"),
        ("person,department\np1,D01\nP1,D02\n", "roster.duplicate-person", "'P1: row 2'"),
        (
            "person,department\np1,D09\np2,D09\n",
            "roster.unknown-department",
            "rows 2 and 3: 2 rows",
        ),
        ("person,department\np 1,D01\n", "roster.person", "'p 1'"),
        ("person,department\nd02,D01\n", "roster.person-is-department", "'d02'"),
        ("person,department,email\np,D01,Li <l@x.cn>\n", "roster.email", "Li <l@x.cn>"),
        (
            "person,department,email\np,D01,l@x.cn\nq,D01,L@X.cn\n",
            "roster.duplicate-email",
            "row 3",
        ),
        ("person,department,language\np,D01,fr\n", "roster.unknown-language", "zh-Hans"),
        ("person,department,language\np,D01\n", "roster.short-row", "row 2"),
    ],
)
def test_a_spoilt_table_of_people(
    instrument: Instrument, tmp_path: Path, text: str, code: str, words: str
) -> None:
    with pytest.raises((ResponseError, Faults)) as caught:
        read_people(written(tmp_path, text), instrument, DEPARTMENTS)
    assert code in {fault.code for fault in faults_of(caught.value)}
    assert words in str(caught.value)


def test_a_hundred_thousand_rows_with_every_fault_give_one_message_a_cause(
    instrument: Instrument, tmp_path: Path
) -> None:
    rows = [f"p{i % 50_000},D0{i % 3},x{i}@y@z\n" for i in range(100_000)]
    path = written(tmp_path, "person,department,email\n" + "".join(rows))
    with pytest.raises(Faults) as caught:
        read_people(path, instrument, DEPARTMENTS)
    told = {fault.code: fault for fault in caught.value.faults}
    assert set(told) == {"roster.duplicate-person", "roster.email", "roster.unknown-department"}
    assert len(caught.value.faults) == 3
    assert told["roster.duplicate-person"].what.startswith("50,000 rows: ")
    assert told["roster.duplicate-person"].where.endswith("50008, 50009 and 49,992 more")
    assert all(len(str(fault)) < 400 for fault in caught.value.faults)


def test_a_hundred_thousand_people_are_read(instrument: Instrument, tmp_path: Path) -> None:
    rows = [f"p{i},D0{i % 2 + 1},p{i}@example.org\n" for i in range(100_000)]
    path = written(tmp_path, "person,department,email\n" + "".join(rows))
    people = read_people(path, instrument, DEPARTMENTS).rows
    assert len(people) == 100_000
    assert people[-1] == Person("p99999", "D02", email="p99999@example.org")
