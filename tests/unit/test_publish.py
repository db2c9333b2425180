"""Which files an export makes: orders, departments, languages, and what is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from cosyn.errors import Faults, InstrumentError, ResponseError
from cosyn.instrument.load import load_instrument
from cosyn.instrument.types import Instrument
from cosyn.publish import publish
from cosyn.roster import Department, read_roster
from cosyn.study import bundled

HEADER = "department,M:en,M:zh-Hans,P:en,P:zh-Hans\n"


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    return load_instrument(bundled() / "instrument")


def test_a_target_that_cannot_shuffle_says_so_and_gets_permuted_forms(
    instrument: Instrument,
) -> None:
    plain = publish(instrument, ["xlsform"], ["en"])
    assert len(plain.files) == 1
    lost = {loss.what.partition(":")[0]: loss.items for loss in plain.losses}
    assert set(lost) == {"shuffled items", "order of blocks by random half"}
    assert "IPG1" in lost["shuffled items"]
    assert "AT1" not in lost["shuffled items"]
    permuted = publish(instrument, ["xlsform"], ["en"], orders=4)
    key = permuted.files["cosyn-dynamics-core-40-orders.csv"].decode().splitlines()
    assert key[0] == "form,order,item,page,position"
    assert len(key) == 1 + 4 * 54
    books = [content for name, content in permuted.files.items() if name.endswith(".xlsx")]
    assert len(set(books)) == 4
    assert permuted.losses == ()


def test_strict_refuses_to_lose_anything(instrument: Instrument) -> None:
    with pytest.raises(InstrumentError, match="shuffled items") as caught:
        publish(instrument, ["xlsform"], ["en"], strict=True)
    assert caught.value.code == "export.loss"
    assert publish(instrument, ["xlsform"], ["en"], orders=1, strict=True).files


def roster(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "roster.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_each_department_gets_its_own_words(instrument: Instrument, tmp_path: Path) -> None:
    file = roster(
        tmp_path, HEADER + "D01,the one-stop permit,一件事审批,the tax office,税务局\nD02,,,,\n"
    )
    departments = read_roster(file, instrument)
    assert [d.code for d in departments] == ["D01", "D02"]
    files = publish(instrument, ["html"], ["en", "zh-Hans"], departments=departments).files
    assert len(files) == 4
    own = files["cosyn-dynamics-core-40-D01.zh-Hans.html"].decode()
    assert "本部门与税务局希望一件事审批达到的结果是一致的。" in own
    usual = files["cosyn-dynamics-core-40-D02.en.html"].decode()
    assert "Our department and the partner department want this matter" in usual


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("name\nx\n", "roster.no-department", "department"),
        (HEADER, "roster.empty", "no row"),
        ("department,M:fr\nD1,x\n", "roster.unknown-language", "'fr'"),
        ("department,M:en\nD1,x\n", "roster.missing-language", "M:zh-Hans"),
        (HEADER + "D 1,,,,\n", "roster.code", "row 2"),
        (HEADER + "D1,,,,\nd1,,,,\n", "roster.duplicate", "row 3"),
        (HEADER + "D1,x,,,\n", "roster.incomplete", "zh-Hans"),
        (HEADER + "D1,{P},甲,,\n", "roster.brace", "{P}"),
        (HEADER + "D1\n", "roster.short-row", "row 2"),
    ],
)
def test_a_spoilt_roster_is_named_with_its_row(
    instrument: Instrument, tmp_path: Path, text: str, code: str, words: str
) -> None:
    with pytest.raises((ResponseError, Faults)) as caught:
        read_roster(roster(tmp_path, text), instrument)
    faults = getattr(caught.value, "faults", (caught.value,))
    assert code in {fault.code for fault in faults}
    assert words in str(caught.value)


def test_hostile_words_stay_words(instrument: Instrument) -> None:
    word = '<b>{{ 7*7 }}</b> & "it\'s" ${x}'
    text = dict.fromkeys(instrument.languages, word)
    (page,) = publish(
        instrument, ["html"], ["en"], departments=[Department("D1", {"M": text})]
    ).files.values()
    assert "<b>" not in page.decode().partition("<main")[2]
    assert "{{ 7*7 }}" in page.decode()
