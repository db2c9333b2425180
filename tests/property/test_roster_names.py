"""Whatever stands in a roster is text in every file that is made of it, or is refused."""

from __future__ import annotations

import csv
import io
from html import unescape
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.fielded_wave import instrument

from cosyn.errors import Faults, ResponseError
from cosyn.fielding.invitations.cards import card_files
from cosyn.fielding.invitations.files import mail_merge
from cosyn.fielding.invitations.types import Link, Occasion
from cosyn.fielding.tokens import new_token
from cosyn.roster import read_people
from cosyn.workbook import FORMULA, parse_book

SAID = Occasion(
    "https://x.example", {"en": "T", "zh-Hans": "题"}, ("en", "zh-Hans"), anonymous=True
)
NAMES = st.text(max_size=80) | st.sampled_from(
    ["=1+1", "+86 10", "-2", "@x", "'=1", "<script>x</script>", "{{ 7*7 }}", "{link}", "_x0041_"]
)


@given(NAMES)
@example("=HYPERLINK(1)")
@example("a\ufffeb")
@example("_x0000_")
@example("<b>&amp;</b>")
@settings(max_examples=60)
def test_a_name_is_the_same_text_in_every_file(
    tmp_path_factory: pytest.TempPathFactory, name: str
) -> None:
    content = io.StringIO(newline="")
    csv.writer(content).writerows([("person", "department", "name"), ("p1", "D1", name)])
    path: Path = tmp_path_factory.mktemp("names") / "people.csv"
    try:
        path.write_text(content.getvalue(), encoding="utf-8", newline="")
        (person,) = read_people(path, instrument(), ["D1"]).rows
    except (ResponseError, Faults, UnicodeEncodeError):
        return
    link = Link("p1", "D1", new_token(), person.name)
    files = mail_merge("links", [link], SAID)
    rows = list(csv.reader(io.StringIO(files["links.csv"].decode("utf-8-sig"), newline="")))
    assert not any(cell.startswith(FORMULA[:4]) for row in rows for cell in row)
    assert rows[1][1] in {person.name, f"'{person.name}"}
    sheet = parse_book(files["links.xlsx"], "links.xlsx").worksheets[0]
    assert (sheet.cell(2, 2).value or "") == person.name
    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}
    page = card_files([link], SAID, as_pdf=False)["cards/D1.html"].decode()
    shown = page.partition("<b>")[2].partition("</b>")[0]
    assert "<" not in shown
    assert unescape(shown) == person.name
