"""SPSS: labels within its limits, missing codes it understands, syntax that it would read."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pyreadstat
import pytest
from tests.unit.exporters.codebook_forms import default, form, forms, number, question, scale

from cosyn.codebook.spss import VALUE_LABEL, VARIABLE_LABEL, cut, variables
from cosyn.errors import ExtraError
from cosyn.exporters.spss import EXPORTER
from cosyn.instrument.about import AboutItem
from cosyn.instrument.questionnaire import Questionnaire, questionnaire
from cosyn.structures import Unreadable
from cosyn.structures.spss import READER


def written(asked: Questionnaire, language: str = "en") -> tuple[bytes, bytes]:
    """Return syntax and data file."""
    files = EXPORTER.write(asked, language).files
    return files[f"{asked.name}.{language}.sps"], files[f"{asked.name}.{language}.sav"]


def dictionary(data: bytes, folder: Path) -> Any:
    (folder / "file.sav").write_bytes(data)
    return pyreadstat.read_sav(folder / "file.sav", user_missing=True)[1]


def test_every_form_fits_without_a_loss() -> None:
    for asked in forms():
        for language in asked.languages:
            assert EXPORTER.write(asked, language).losses == ()


@pytest.mark.parametrize("text", ["x" * 256, "长" * 86, "x" * 300 + "\n" + "y" * 300])
def test_long_labels_are_cut_between_characters_and_named(text: str) -> None:
    asked = form(question("A", text, scale(1, 2)))
    (found,), (loss,) = variables(asked, "en")
    assert loss.item == "A"
    assert "255 bytes" in loss.what
    assert len(found.label.encode()) <= VARIABLE_LABEL
    assert found.label.endswith("…")
    assert text.replace("\n", "\\n").startswith(found.label[:-1])


@pytest.mark.parametrize("text", ["x" * 255, "长" * 85])
def test_the_longest_label_is_kept(text: str) -> None:
    (found,), losses = variables(form(question("A", text, scale(1, 2))), "en")
    assert (found.label, losses) == (text, ())


def test_a_cut_never_leaves_half_a_line_break() -> None:
    assert cut("x" * (VALUE_LABEL - 4) + "\\n" + "y" * 50, VALUE_LABEL) == "x" * 116 + "…"


def test_what_would_break_a_line_by_mistake_is_written_apart_and_named() -> None:
    (found,), (loss,) = variables(form(question("A", "C:\\new", scale(1, 2))), "en")
    assert found.label == "C:\\ new"
    assert loss.item == "A"


@pytest.mark.parametrize(
    ("answered", "expected"),
    [
        (scale(1, 2), ()),
        (scale(1, 2, missing=(97, 98, 99)), (97, 98, 99)),
        (scale(1, 2, missing=(96, 97, 98, 99)), ((96, 99),)),
        (scale(1, 2, missing=(-9, 97, 98, 99)), ((97, 99), -9)),
        (scale(1, 2, missing=(-9, -8, -7, 99)), ((-9, -7), 99)),
        (number(0, 50, missing=(96, 97, 98, 99)), ((96, 99),)),
    ],
)
def test_missing_codes_are_three_or_a_range_without_answers(answered: Any, expected: Any) -> None:
    asked = form(question("A", "text", answered))
    (found,), losses = variables(asked, "en")
    assert (found.missing, losses) == (expected, ())


@pytest.mark.parametrize(
    "answered", [scale(0, 5, missing=(-2, -1, 3, 9)), number(0, 5, (-2, -1, 8, 9))]
)
def test_missing_codes_on_both_sides_of_answers_are_too_many(answered: Any) -> None:
    (found,), (loss,) = variables(form(question("A", "text", answered)), "en")
    assert len(found.missing) == 3
    assert loss.item == "A"
    assert "9 count as answers" in loss.what


def test_ranges_of_missing_codes_are_in_both_files(tmp_path: Path) -> None:
    asked = form(question("A", "text", scale(1, 2, missing=(-9, 97, 98, 99))))
    syntax, data = written(asked)
    assert b"(97 THRU 99, -9)" in syntax
    assert dictionary(data, tmp_path).missing_ranges["A"] == [
        {"lo": 97.0, "hi": 99.0},
        {"lo": -9.0, "hi": -9.0},
    ]
    (read,) = READER.read(syntax).questions
    assert [code for code, _ in read.answers] == [1, 2]


@pytest.mark.parametrize("name", ["ALL", "by", "To"])
def test_a_word_of_the_language_is_no_name(name: str) -> None:
    (found,), (loss,) = variables(form(question(name, "text", scale(1, 2))), "en")
    assert found.name == f"{name}_"
    assert loss.item == name


def test_numbers_are_wide_enough() -> None:
    asked = form(question("A", "text", number(0, 123456789)), question("B", "text", scale(1, 100)))
    (wide, codes), _ = variables(asked, "en")
    assert (wide.width, codes.width) == ((12, 2), (3, 0))
    assert b"(F12.2)" in written(asked)[0]


def test_programs_find_keying_and_checks(tmp_path: Path) -> None:
    about = AboutItem(reverse=True)
    syntax, data = written(form(question("A", "text", scale(1, 5)), about=about))
    assert syntax.startswith(b"\xef\xbb\xbf* Encoding: UTF-8.\n")
    assert b"reversed_from('6')" in syntax
    assert b"expected('2')" in written(questionnaire(default()))[0]
    notes = dictionary(data, tmp_path).notes
    assert notes == [
        "instrument made",
        "version 1.0.0",
        f"digest {'0' * 64}",
        "form all",
        "language en",
    ]


def test_without_the_optional_part_it_says_how_to_install_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "pyreadstat", None)
    with pytest.raises(ExtraError, match=r"cosyn\[spss\]") as caught:
        EXPORTER.write(form(question("A", "text", scale(1, 2))), "en")
    assert caught.value.exit_code == 5


@pytest.mark.parametrize("wrong", [b"", b"\xff", b"VARIABLE LABELS A.", b"VALUE LABELS B 1 'x'."])
def test_what_is_no_syntax_of_ours_is_refused(wrong: bytes) -> None:
    with pytest.raises(Unreadable, match="no syntax"):
        READER.read(wrong)
