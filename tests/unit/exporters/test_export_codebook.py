"""The codebook for people: a workbook and a page with every language side by side."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from typing import Any

import pytest
from openpyxl import load_workbook
from tests.unit.exporters.codebook_forms import (
    default,
    form,
    forms,
    library,
    number,
    question,
    scale,
)

from cosyn.exporters.codebook import EXPORTER
from cosyn.instrument.questionnaire import Questionnaire, questionnaire
from cosyn.instrument.structure import differences
from cosyn.instrument.types import Wording
from cosyn.structures import Unreadable, expected
from cosyn.structures.codebook import READER
from cosyn.workbook import LONGEST


def written(asked: Questionnaire) -> tuple[bytes, str]:
    """Return the workbook and the page."""
    workbook, page = EXPORTER.write(asked, asked.languages[0]).files.values()
    return workbook, page.decode()


def tables(asked: Questionnaire) -> dict[str, list[dict[str, Any]]]:
    """The rows of each sheet by their machine names; sheets by the first of these."""
    found = {}
    for sheet in load_workbook(io.BytesIO(written(asked)[0])):
        _, keys, *rows = sheet.iter_rows(values_only=True)
        found[",".join(str(key) for key in keys[:2])] = [
            dict(zip(map(str, keys), row, strict=True)) for row in rows
        ]
    return found


def test_every_form_is_read_back() -> None:
    for asked in forms():
        workbook, _ = written(asked)
        assert differences(expected(READER, asked, "en"), READER.read(workbook)) == ()


def test_the_workbook_tells_all_that_is_known() -> None:
    asked = questionnaire(default())
    found = tables(asked)
    items = {row["item"]: row for row in found["place,item"]}
    assert list(items) == [q.id for q in asked.questions]
    assert items["AT1"]["expected"] == 2
    assert items["BGPART"]["screen_out"] == "4"
    assert items["BGRANK"]["quasi_identifier"] == "✓"
    assert items["IPG1"]["status"] == "candidate · 候选"
    assert items["IPT1"]["offered"] == "98, 99"
    assert items["IPG1"]["text:zh-Hans"] == asked.questions[4].text["zh-Hans"]
    details = {row["item"]: row for row in found["item,page"]}
    assert details["IPG1"]["place:retest"] == 1
    assert details["IPG1"]["place:long"] == 5
    assert details["IPG1"]["attribute:key_h"] == "internal-positive"
    assert details["IPG1"]["gate_item"] == "BGPART"
    sources = {row["facet"]: row["source"] for row in found["construct,facet"]}
    assert sources["IPG"] == default().construct("IP").facets[0].source
    study = {row["key"]: row for row in found["key,what"]}
    assert study["digest"]["value:en"] == default().digest
    assert study["consent"]["value:zh-Hans"] == asked.consent["zh-Hans"]


def test_reversed_items_and_a_third_language_are_told() -> None:
    rows = {row["item"]: row for row in tables(library())["place,item"]}
    turned = {name for name, item in library().about.items.items() if item.reverse}
    assert {name for name, row in rows.items() if row["reverse"]} == turned
    assert all(row["text:de"] for row in rows.values())


def test_earlier_wordings_are_kept() -> None:
    asked = questionnaire(default(), "retest")
    old = Wording("1.0.0", {"en": "=old", "zh-Hans": "旧"}, "too long")
    items = dict(asked.about.items)
    items["IPG1"] = replace(items["IPG1"], history=(old,))
    changed = replace(asked, about=replace(asked.about, items=items))
    (row,) = tables(changed)["item,until"]
    assert (row["item"], row["text:en"], row["why"]) == ("IPG1", "=old", "too long")
    assert "too long" in written(changed)[1]
    assert "item,until" not in tables(asked)


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "'quoted", "#N/A", "_x0041_", "1.5"]
)
def test_what_a_spreadsheet_could_take_for_something_else_is_text(text: str) -> None:
    asked = form(question("A", text, scale(1, 2)))
    workbook, _ = written(asked)
    (read,) = READER.read(workbook).questions
    assert read.text == {"en": text}
    cells = [c for s in load_workbook(io.BytesIO(workbook)) for row in s.iter_rows() for c in row]
    assert {c.data_type for c in cells if c.value == text or c.data_type not in "ns"} <= {"s"}
    if text[0] in "=+-@'":
        assert any(c.value == text and c.quotePrefix for c in cells)


def test_a_text_too_long_for_a_cell_is_cut_and_named() -> None:
    long = "𠮷" * LONGEST
    asked = form(question("A", long, scale(1, 2)), question("B", "x" * LONGEST, scale(1, 2)))
    (loss,) = EXPORTER.write(asked, "en").losses
    assert loss.item == "A"
    first, second = READER.read(written(asked)[0]).questions
    assert first.text == {"en": "𠮷" * (LONGEST // 2)}
    assert second.text == {"en": "x" * LONGEST}
    assert long in written(asked)[1]


def test_the_workbook_is_packed_and_prints_wide() -> None:
    workbook, _ = written(questionnaire(default()))
    with zipfile.ZipFile(io.BytesIO(workbook)) as archive:
        assert {part.compress_type for part in archive.infolist()} == {zipfile.ZIP_DEFLATED}
    for sheet in load_workbook(io.BytesIO(workbook)):
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.print_title_rows == "$1:$2"
        assert str(sheet.freeze_panes).endswith("3")


def test_the_page_stands_alone() -> None:
    for asked in forms():
        _, page = written(asked)
        assert "://" not in page
        assert page.count("<style>") == 1
        assert "default-src 'none'" in page
        for question_ in asked.questions:
            assert f'<article id="item-{question_.id}">' in page
            assert f'href="#item-{question_.id}"' in page


def test_numbers_state_their_bounds_on_the_page() -> None:
    _, page = written(form(question("A", "text", number(-0.5, 10_000_000))))
    assert "(-0.5–10000000)" in page
    assert "A number from -0.5 to 10000000" in page


@pytest.mark.parametrize("wrong", [b"", b"PK\x03\x04 no", b"text"])
def test_what_is_no_workbook_is_refused(wrong: bytes) -> None:
    with pytest.raises(Unreadable, match="no workbook"):
        READER.read(wrong)


def test_a_workbook_of_another_kind_is_refused() -> None:
    from cosyn.exporters import EXPORTERS

    other = next(iter(EXPORTERS["xlsform"].write(library(), "en").files.values()))
    with pytest.raises(Unreadable, match="no sheet has the columns"):
        READER.read(other)
