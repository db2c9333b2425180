"""Every reason has a code that no answer has."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.datasets.answers import ITEMS, delivered, instrument, mixed, table

from cosyn.codebook.spss import missing_codes
from cosyn.datasets import delivery
from cosyn.datasets._codes import LETTERS, REASONS, codes_of, reserved
from cosyn.errors import InstrumentError
from cosyn.instrument.types import Missing, MissingOption, Option, ResponseFormat

AGREE = ResponseFormat(
    "f",
    "options",
    (Option(1, {}), Option(7, {})),
    tuple(
        MissingOption(c, r, {}, offered=True)
        for c, r in ((97, Missing.REFUSED), (98, Missing.DONT_KNOW), (99, Missing.NOT_APPLICABLE))
    ),
    1,
    7,
)


def numeric(low: float, high: float) -> ResponseFormat:
    return ResponseFormat("n", "numeric", (), (), low, high)


def test_every_reason_has_a_code_and_a_letter() -> None:
    assert set(REASONS) == set(LETTERS) == set(Missing) - {Missing.ANSWERED}
    assert len(set(LETTERS.values())) == len(LETTERS)


@pytest.mark.parametrize(
    ("scales", "first"),
    [
        ([AGREE], 991),
        ([AGREE, numeric(0, 600)], 991),
        ([numeric(0, 995)], -991),
        ([AGREE, numeric(0, 995)], 9991),
        ([numeric(-9999, 9999)], 99991),
    ],
)
def test_codes_are_free_and_spss_can_declare_them(scales: list[ResponseFormat], first: int) -> None:
    found = reserved(scales)
    assert found[Missing.NOT_SHOWN] == first
    assert len(set(found.values())) == len(REASONS)
    assert not any(scale.accepts(code) for scale in scales for code in found.values())


def test_without_a_free_code_the_fault_says_what_to_do() -> None:
    with pytest.raises(InstrumentError) as caught:
        reserved([numeric(-1e12, 1e12)])
    assert caught.value.code == "data.no-free-codes"


def test_a_format_keeps_its_own_codes() -> None:
    part = delivered().parts[0]
    question = next(q for q in part.asked.questions if q.id == "IPG1")
    codes = codes_of(question.response_format)
    assert (codes[Missing.REFUSED], codes[Missing.DONT_KNOW], codes[Missing.NOT_APPLICABLE]) == (
        97,
        98,
        99,
    )
    assert set(codes) == set(REASONS)
    assert missing_codes(question.response_format)[1] == ()


def test_no_cell_is_empty() -> None:
    part = delivered().parts[0]
    assert sorted(part.items) == sorted(ITEMS)
    assert not np.isnan(part.codes).any()


def test_items_that_nobody_was_shown_are_no_columns() -> None:
    found = table()
    missing = found.missing.copy()
    missing[:, 1] = 1
    made = delivery(instrument(), replace(found, missing=missing), "en", {})
    assert "IPG2" not in made.parts[0].items


def test_other_response_formats_are_a_part_of_their_own() -> None:
    made = delivery(instrument(), mixed(), "en", {})
    first, second = made.parts
    assert (first.form, bool(second.form)) == ("", True)
    assert first.name != second.name
    assert first.n + second.n == mixed().n
    scales = {part.form: part.asked.questions[0].response_format.id for part in made.parts}
    assert len(scales) == 2


def test_a_retired_item_that_was_answered_is_described_as_retired() -> None:
    own = instrument()
    items = tuple(replace(i, status="retired") if i.id == "IPG1" else i for i in own.items)
    pages = tuple(replace(p, items=tuple(i for i in p.items if i != "IPG1")) for p in own.pages)
    made = delivery(replace(own, items=items, pages=pages), table(), "en", {}).parts[0]
    assert "IPG1" in made.items
    assert made.asked.about.item("IPG1").status == "retired"
    assert "*" not in made.asked.about.item("IPG2").places
