"""LimeSurvey's structure file: texts that arrive as they were meant, and rows read back."""

from __future__ import annotations

import csv
import html
import re

import pytest
from tests.fake_limesurvey import _guessed

from cosyn import limesurvey as ls

TEXTS = (
    '"fully quoted"',
    '\\" escaped, and a last \\',
    "{brace} {a&b} {1+1} \\{esc\\} \\\\{two} { spaced }",
    "<b>bold</b> &amp; <script>alert(1)</script>",
    "=1+1",
    "+AGE-b and 0xC20xA0",
    "tab\there",
    "line\nbreak",
    "separators \u2028 and \u2029",
    "emoji 🙂 𠮷, עברית",
    "0",
    "<span></span>{",
)


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_is_read_as_it_was_written(text: str) -> None:
    assert ls.decode(ls.encode(text)) == text


@pytest.mark.parametrize("text", TEXTS)
def test_a_text_that_an_author_without_rights_imports_is_still_the_same(text: str) -> None:
    sent = ls.encode(text)
    filtered = re.sub("&(?!amp;|lt;|gt;)[#a-z0-9]+;", lambda found: html.unescape(found[0]), sent)
    assert ls.canonical(filtered) == ls.canonical(sent)
    assert ls.decode(filtered) == text


@pytest.mark.parametrize("text", TEXTS)
def test_no_brace_begins_an_expression(text: str) -> None:
    sent = ls.encode(text)
    for found in re.finditer(r"(\\*)[{}]", sent):
        assert len(found[1]) == 1
    assert not sent.endswith("\\")


@pytest.mark.parametrize(
    ("sent", "held"),
    [
        (r"\{name\}", "{name}"),
        ("&lt;b&gt;", "<b>"),
        ("one<br />two", "one two"),
        ("&amp;lt;", "&lt;"),
        ("text", "text<!-- -->"),
        ("text", "text</p>"),
        ("text", ""),
    ],
)
def test_what_is_shown_in_another_way_is_not_taken_for_the_same(sent: str, held: str) -> None:
    assert ls.canonical(sent) != ls.canonical(held)


def test_references_and_their_characters_are_the_same() -> None:
    assert ls.canonical("&quot;&#43;&#9;<br />") == ls.canonical('"+\t<br>')


def test_lines_are_read_as_they_were_written() -> None:
    lines = (
        ls.Line(ls.SURVEY, "language", "en"),
        ls.Line(ls.QUESTION, "a1", "中", "en", "L", "1", {"mandatory": "N", "random_order": "1"}),
        ls.Line(ls.OPTION, "1", ls.encode('"a"\t'), "en", "0"),
    )
    read = ls.read_lines(ls.write_lines(lines))
    assert tuple(line for line in read if line.kind != ls.NOTE) == lines


def test_an_export_of_limesurvey_loses_its_mask() -> None:
    exported = b'class\trelated_id\tname\ttext\nQ\t\tq1\t\'=1+1\nQ\t\tq2\t"\'tis ""so"""\n'
    assert [line.text for line in ls.read_lines(exported)] == ["=1+1", '\'tis "so"']


def test_our_own_apostrophe_is_no_mask() -> None:
    content = ls.write_lines([ls.Line(ls.QUESTION, "q1", "'=1")])
    assert ls.read_lines(content)[0].text == "'=1"


@pytest.mark.parametrize("content", [b"", b"hello\tworld\n", b"\xff\xfe"])
def test_other_content_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match=r"class|decode"):
        ls.read_lines(content)


def test_what_the_csv_module_refuses_is_refused() -> None:
    """The limit holds for the whole process, and libraries raise it."""
    before = csv.field_size_limit(1000)
    try:
        with pytest.raises(ValueError, match="limit"):
            ls.read_lines(b'class\n"' + b"x" * 2000 + b'"')
    finally:
        csv.field_size_limit(before)


def test_nothing_but_ascii_stands_where_the_encoding_is_guessed() -> None:
    content = ls.write_lines([ls.Line(ls.QUESTION, f"q{n}", "中" * n) for n in range(1, 200)])
    assert content[:10_000].isascii()
    assert _guessed(content[:10_000]) == "utf-8"
    assert not content.startswith(b"\xef\xbb\xbf")


def test_ascii_needs_no_filler() -> None:
    assert len(ls.write_lines([ls.Line(ls.QUESTION, "q1", "text")])) < 1000


def test_a_long_cell_is_read() -> None:
    long = "x" * 300_000
    assert ls.read_lines(ls.write_lines([ls.Line(ls.QUESTION, "q1", long)]))[0].text == long
