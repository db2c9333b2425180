"""What a cell says: codes, labels, reasons, and nothing by guess."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.importers.import_helpers import AGREE, SHARE

from cosyn.importers._codebook import codebook
from cosyn.instrument.types import Option


@pytest.mark.parametrize(
    "raw",
    [
        "3",
        " 3 ",
        "3.0",
        "３",
        "3.",
        "+3",
        "03",
        "True",
        "true",
        "ＴＲＵＥ",
        "符合",
        " 符合\u3000",
        "\u200b符合",
        "3. True",
        "3 True",
        "3=True",
        "3：符合",
        "３、符合",
        "3) true",
        "3 - True",
    ],
)
def test_texts_for_a_code(raw: str) -> None:
    cell = codebook(AGREE, None).decode(raw)
    assert (cell.raw, cell.value, cell.missing) == (raw, 3, "answered")


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("", "not_answered"),
        (" \u3000\u200b", "not_answered"),
        ("98", "dont_know"),
        ("99.0", "not_applicable"),
        ("Don’t know", "dont_know"),
        ("don't  KNOW", "dont_know"),
        ("不适用", "not_applicable"),
        ("99 Does not apply", "not_applicable"),
    ],
)
def test_texts_for_a_reason(raw: str, reason: str) -> None:
    cell = codebook(AGREE, None).decode(raw)
    assert (cell.value, cell.missing) == (None, reason)


@pytest.mark.parametrize(
    "raw",
    [
        "0",
        "4",
        "-1",
        "2.5",
        "2,0",
        "33",
        "1e99",
        "1e400",
        "nan",
        "inf",
        "0x3",
        "1_0",
        "٣",
        "Tru",
        "3 In between",
        "4 True",
        "3/True",
        "-",
        "N/A",
        "X",
    ],
)
def test_what_is_no_answer(raw: str) -> None:
    cell = codebook(AGREE, None).decode(raw)
    assert (cell.raw, cell.value, cell.missing) == (raw, None, "invalid")


@pytest.mark.parametrize(
    ("raw", "value"), [("0", 0), ("100", 100), ("12.5", 12.5), ("1e1", 10), (".5", 0.5), ("−0", 0)]
)
def test_numbers_of_a_range(raw: str, value: float) -> None:
    assert codebook(SHARE, None).decode(raw).value == value


@pytest.mark.parametrize("raw", ["100.01", "-0.1", "12,5", "50%", "about 5", "1e309"])
def test_numbers_out_of_the_range(raw: str) -> None:
    assert codebook(SHARE, None).decode(raw).missing == "invalid"


def test_a_label_of_two_codes_means_nothing_without_its_code() -> None:
    twice = replace(AGREE, options=(*AGREE.options, Option(4, {"en": "true", "zh-Hans": "完全"})))
    book = codebook(twice, None)
    assert book.decode("True").missing == "invalid"
    assert book.decode("4 True").value == 4
    assert book.decode("完全").value == 4


def test_a_number_is_a_code_before_it_is_a_label() -> None:
    crossed = replace(AGREE, options=(Option(1, {"en": "2"}), Option(2, {"en": "1"})))
    assert codebook(crossed, None).decode("2").value == 2
