"""Importing a table that was written from answers gives those answers, however it was written."""

from __future__ import annotations

import csv
import io
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import openpyxl
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cosyn.errors import SurveyError
from cosyn.importers import read_responses
from cosyn.importers._codebook import SHEET_ERROR
from cosyn.importers._match import _USUAL
from cosyn.instrument.types import (
    Construct,
    Facet,
    Form,
    Instrument,
    Item,
    Missing,
    MissingOption,
    Option,
    Page,
    ResponseFormat,
)
from cosyn.spelling import key, number, plain, tidy

Answer = tuple[float | None, Missing]
NOTHING: Answer = (None, Missing.NOT_ANSWERED)
EN = {"en": "x"}
RANGE = ResponseFormat("n", "numeric", (), (), -10, 1000)

# Neither surrogates nor control characters: a workbook cannot hold them.
characters = st.characters(exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff")
texts = st.text(characters, min_size=1, max_size=20).filter(lambda text: plain(text) != "")
hostile = st.sampled_from(
    ["=1+1", '"', 'a"b', "a,b", "a;b", "a\tb", "line\nbreak", "'", "@x", "部门、一", "sep=;"]
)
words = st.one_of(texts, hostile).filter(lambda text: not SHEET_ERROR.match(text.strip()))
labels = words.filter(lambda text: number(plain(text)) is None)


@st.composite
def response_formats(draw: st.DrawFn, name: str) -> ResponseFormat:
    """Options with hostile labels in two languages, and codes for missing answers."""
    codes = sorted(draw(st.sets(st.integers(0, 9), min_size=2, max_size=7)))
    gaps = draw(st.lists(st.sampled_from([-99, 97, 98, 99]), max_size=2, unique=True))
    count = 2 * len([*codes, *gaps])
    drawn = draw(st.lists(labels, min_size=count, max_size=count, unique_by=key))
    named = [{"en": a, "zh-Hans": b} for a, b in zip(drawn[::2], drawn[1::2], strict=True)]
    reasons = (Missing.DONT_KNOW, Missing.NOT_APPLICABLE)
    return ResponseFormat(
        id=name,
        kind="options",
        options=tuple(Option(code, named.pop()) for code in codes),
        missing=tuple(
            MissingOption(code, reason, named.pop(), offered=True)
            for code, reason in zip(gaps, reasons, strict=False)
        ),
        minimum=codes[0],
        maximum=codes[-1],
    )


def instrument_of(items: tuple[Item, ...], formats: tuple[ResponseFormat, ...]) -> Instrument:
    return Instrument(
        id="i",
        version="1.0.0",
        title=EN,
        languages=("en",),
        introduction=EN,
        closing=EN,
        placeholders={},
        constructs=(Construct("C", EN, (Facet("F", EN),), {}),),
        items=items,
        response_formats=formats,
        pages=(Page("p", EN, EN, tuple(item.id for item in items)),),
        forms=(Form("all", EN, "all", ("C",)),),
        default_form="all",
        digest="d" * 64,
    )


def item(name: str, text: str, response_format: str) -> Item:
    return Item(
        id=name,
        construct="C",
        facet="F",
        text={"en": text},
        response_format=response_format,
        short=True,
        reverse=False,
        dont_know=True,
        attributes={},
    )


IDS = st.from_regex(r"[A-Z][A-Z0-9]{1,4}", fullmatch=True)


@st.composite
def instruments(draw: st.DrawFn, ids: st.SearchStrategy[str] = IDS) -> Instrument:
    """Up to five items of distinct wording in two formats with options and one with a range."""
    names = draw(st.lists(ids, min_size=1, max_size=5, unique_by=str.casefold))
    taken = {plain(name) for name in names} | set(_USUAL)
    free = labels.filter(lambda text: plain(text) not in taken)
    wordings = draw(st.lists(free, min_size=len(names), max_size=len(names), unique_by=plain))
    formats = st.sampled_from(("f1", "f2", "n"))
    return instrument_of(
        tuple(item(name, text, draw(formats)) for name, text in zip(names, wordings, strict=True)),
        (draw(response_formats("f1")), draw(response_formats("f2")), RANGE),
    )


def six_digits(value: float) -> float:
    """Round as far as a workbook, which keeps 15 digits, allows."""
    return round(value, 6)


@st.composite
def cells(draw: st.DrawFn, response_format: ResponseFormat) -> tuple[str, Answer]:
    """One cell as it may be written, and what it says."""
    kind = draw(st.sampled_from(("blank", "code", "label", "both", "missing")))
    if kind == "blank":
        return draw(st.sampled_from(["", " ", "\u3000"])), NOTHING
    if response_format.kind == "numeric":
        value = draw(
            st.one_of(st.integers(-10, 1000).map(float), st.floats(-10, 1000).map(six_digits))
        )
        return repr(value), (value, Missing.ANSWERED)
    if kind == "missing" and response_format.missing:
        gap = draw(st.sampled_from(response_format.missing))
        spellings = [str(gap.code), f"{gap.code}.0", *gap.label.values()]
        return draw(st.sampled_from(spellings)), (None, gap.reason)
    option = draw(st.sampled_from(response_format.options))
    label = draw(st.sampled_from(sorted(option.label.values())))
    code = draw(st.sampled_from([str(option.code), f"{option.code}.0", f" {option.code} "]))
    spelt = {"label": label, "both": f"{option.code}. {label}"}.get(kind, code)
    return spelt, (float(option.code), Missing.ANSWERED)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A table of answers to an instrument, in any order of columns, and what it says."""

    instrument: Instrument
    header: list[str]
    rows: list[list[str]]
    expected: list[dict[str, Answer]]


@st.composite
def tables(draw: st.DrawFn) -> Drawn:
    instrument = draw(instruments())
    order = draw(st.permutations(instrument.items))
    names = [draw(st.sampled_from([i.id, i.id.lower(), f"p/{i.id}", i.text["en"]])) for i in order]
    rows, expected = [], []
    for department in draw(st.lists(words, min_size=1, max_size=6)):
        row = [draw(cells(instrument.response_format(i))) for i in order]
        rows.append([department, *(text for text, _ in row), "note"])
        expected.append({i.id: said for i, (_, said) in zip(order, row, strict=True)})
    assume(any(said != NOTHING for answers in expected for said in answers.values()))
    return Drawn(instrument, ["department", *names, "remarks"], rows, expected)


def check(path: Path, drawn: Drawn, *, raw: bool) -> None:
    """Compare every cell; a row without an answer must have been set aside."""
    imported = read_responses(path, drawn.instrument)
    found = {submission.row: submission for submission in imported.submissions}
    for place, (answers, row) in enumerate(zip(drawn.expected, drawn.rows, strict=True), 2):
        if all(said == NOTHING for said in answers.values()):
            assert place not in found
            continue
        read = found[place].answers
        assert {name: (cell.value, cell.missing) for name, cell in read.items()} == answers
        assert found[place].department == tidy(row[0])
        if raw:
            assert [read[name].raw for name in answers] == row[1:-1]
    assert imported.report.refused == ()
    assert [c.name for c in imported.report.columns if c.fate == "unmapped"] == ["remarks"]


def delimited(
    drawn: Drawn, delimiter: str = ",", end: str = "\n", quoting: Literal[0, 1] = csv.QUOTE_MINIMAL
) -> str:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end, quoting=quoting)
    writer.writerows([drawn.header, *drawn.rows])
    return text.getvalue()


def workbook(drawn: Drawn, *, as_numbers: bool) -> bytes:
    book = openpyxl.Workbook()
    for i, row in enumerate([drawn.header, *drawn.rows], 1):
        for j, text in enumerate(row, 1):
            value = number(text) if as_numbers and i > 1 < j else None
            cell = book["Sheet"].cell(i, j, text if value is None else value)
            if value is None:
                cell.data_type = "s"  # what begins with = is a text here, no formula
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@given(
    tables(),
    st.sampled_from(",;\t"),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
)
@settings(max_examples=100, deadline=None)
def test_delimited_text(
    drawn: Drawn, delimiter: str, encoding: str, end: str, quoting: Literal[0, 1]
) -> None:
    text = delimited(drawn, delimiter, end, quoting)
    assume(encoding != "gb18030" or text.isascii())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "t.csv")
        path.write_bytes(text.encode(encoding))
        check(path, drawn, raw=True)


@given(tables(), st.booleans())
@settings(max_examples=40, deadline=None)
def test_workbooks(drawn: Drawn, as_numbers: bool) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "t.xlsx")
        path.write_bytes(workbook(drawn, as_numbers=as_numbers))
        check(path, drawn, raw=False)


SMALL = instrument_of((item("A1", "First", "n"), item("A2", "Second", "n")), (RANGE,))
PLAIN = Drawn(SMALL, ["A1", "A2", "note"], [[str(i), "7", f"部门 {i}"] for i in range(30)], [])
SOUND = (
    delimited(PLAIN).encode(),
    delimited(PLAIN).encode("utf-16"),
    delimited(PLAIN).encode("gb18030"),
    workbook(PLAIN, as_numbers=True),
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A sound file that was cut, overwritten in places or joined with something else."""
    content = bytearray(draw(st.sampled_from(SOUND)))
    for place in draw(st.lists(st.integers(0, len(content) - 1), max_size=5)):
        content[place : place + 4] = draw(st.binary(max_size=8))
    return bytes(content[: draw(st.integers(0, len(content)))]) + draw(st.binary(max_size=8))


@given(
    st.one_of(
        st.binary(max_size=400),
        st.text(max_size=200).map(lambda text: text.encode(errors="replace")),
        damaged(),
    )
)
@settings(max_examples=300, deadline=None)
def test_whatever_a_file_holds_the_user_is_told(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "t.csv")
        path.write_bytes(content)
        with suppress(SurveyError):
            read_responses(path, SMALL)
