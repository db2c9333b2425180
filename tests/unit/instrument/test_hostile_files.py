"""Files that are no files of the study, and texts that would like to be code."""

from __future__ import annotations

import html
import io
import os
from dataclasses import replace
from pathlib import Path

import pytest
from openpyxl import load_workbook
from tests.unit.instrument.small import FILES, edit, write_small

from cosyn.exporters import EXPORTERS
from cosyn.instrument.load import load_instrument
from cosyn.instrument.questionnaire import Questionnaire, questionnaire
from cosyn.workflow import check

ITEMS = "instrument/items/B.yaml"


@pytest.fixture
def study(tmp_path: Path) -> Path:
    return write_small(tmp_path / "study")


def found(study: Path) -> list[tuple[str, str]]:
    return [(fault.code, fault.where) for fault in check(study).faults]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-8"])
def test_a_mark_of_utf_8_does_no_harm(study: Path, encoding: str) -> None:
    for name, text in FILES.items():
        (study / name).write_text(text, encoding=encoding)
    assert found(study) == []


@pytest.mark.parametrize(
    ("encoding", "code"),
    [
        ("utf-16", "not-utf8"),
        ("utf-16-le", "control-character"),  # no byte of its ASCII part is wrong in UTF-8
        ("gbk", "not-utf8"),
        ("utf-32", "not-utf8"),
    ],
)
def test_other_encodings_are_named_with_their_line(study: Path, encoding: str, code: str) -> None:
    text = "construct: B\n" if encoding == "utf-16-le" else FILES[ITEMS]
    (study / ITEMS).write_bytes(text.encode(encoding))
    line = 9 if encoding == "gbk" else 1
    assert found(study)[0] == (f"instrument.{code}", f"{ITEMS}:{line}")


def test_a_link_within_the_study_is_followed_and_one_out_of_it_is_not(
    study: Path, tmp_path: Path
) -> None:
    inside = (study / ITEMS).rename(study / "shared.yaml")
    (study / ITEMS).symlink_to(inside)
    assert found(study) == []
    inside.rename(tmp_path / "elsewhere.yaml")
    (study / ITEMS).unlink()
    (study / ITEMS).symlink_to(tmp_path / "elsewhere.yaml")
    assert found(study) == [("instrument.link", ITEMS)]


def test_a_study_may_itself_be_reached_by_a_link(study: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(study)
    assert found(link) == []


def test_a_folder_of_items_that_leads_out_is_refused(study: Path, tmp_path: Path) -> None:
    (study / "instrument" / "items").rename(tmp_path / "items")
    (study / "instrument" / "items").symlink_to(tmp_path / "items")
    assert {code for code, _ in found(study)} == {"instrument.link"}


@pytest.mark.parametrize("kind", ["folder", "pipe", "device", "broken", "circle"])
def test_what_is_no_file_is_told_and_not_waited_for(study: Path, kind: str) -> None:
    file = study / ITEMS
    file.unlink()
    if kind == "folder":
        file.mkdir()
    elif kind == "pipe":
        os.mkfifo(file)
    elif kind == "device":
        file.symlink_to("/dev/zero")
    else:
        file.symlink_to(file if kind == "circle" else study / "nowhere.yaml")
    code = "link" if kind == "device" else "no-file"
    assert found(study) == [(f"instrument.{code}", ITEMS)]


def test_a_big_file_is_refused_unread(study: Path) -> None:
    with (study / ITEMS).open("wb") as file:
        file.truncate(50_000_000_000)  # a hole: nobody has so much memory
    assert found(study) == [("instrument.too-big", ITEMS)]


def test_a_huge_text_is_read_and_remarked(study: Path) -> None:
    edit(study, ITEMS, "How many years", "How many years " + "and more " * 100_000)
    codes = {remark.code for remark in check(study).remarks}
    assert {"remark.long-item", "remark.cut-variable-label"} <= codes
    assert found(study) == []


def test_models_are_read_as_carefully_as_yaml(study: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.lav").write_text("A =~ secret", encoding="utf-8")
    edit(study, "analysis/plan.yaml", "file: one", "file: ../../../secret")
    (study / "analysis" / "models" / "two.lav").write_bytes("A =~ 题1\n".encode("gbk"))
    assert found(study) == [
        ("plan.link", "analysis/models/../../../secret.lav"),
        ("plan.not-utf8", "analysis/models/two.lav:1"),
    ]


# --- texts are data ----------------------------------------------------------------------------

CODE = (
    "{{ 7 * 7 }}",
    "{% for x in range(9) %}{{ x }}{% endfor %}",
    "${1 + 1}",
    "{M.__class__}",
    "{M!r:>9}",
    "%(M)s %s",
    "!!python/object/apply:os.system ['false']",
    "{{ cycler.__init__.__globals__ }}",
    "__import__('os').system('false')",
    "=HYPERLINK(1+1)",
)


@pytest.mark.parametrize("text", [text for text in CODE if "{" in text])
def test_braces_that_are_no_placeholder_are_a_fault(study: Path, text: str) -> None:
    edit(study, ITEMS, "How many years", text)
    edit(study, ITEMS, "您在这里", text)
    assert ("instrument.unknown-placeholder", f"{ITEMS}:8") in found(study)


@pytest.mark.parametrize("text", [text for text in CODE if "{" not in text])
def test_what_looks_like_code_but_for_braces_is_a_text(study: Path, text: str) -> None:
    edit(study, ITEMS, "How many years", text)
    assert found(study) == []
    question = load_instrument(study / "instrument").item("B1")
    assert question.text["en"].startswith(text)


def asked(study: Path, text: str) -> Questionnaire:
    """The questionnaire with a text that no file could hold in every place of one page."""
    whole = questionnaire(load_instrument(study / "instrument"))
    texts = dict.fromkeys(whole.languages, text)
    page = whole.pages[1]
    block = page.blocks[0]
    questions = tuple(replace(question, text=texts) for question in block.questions)
    blocks = (replace(block, questions=questions),)
    return replace(whole, pages=(replace(page, title=texts, instruction=texts, blocks=blocks),))


@pytest.mark.parametrize("text", CODE)
def test_a_page_shows_a_text_as_it_is(study: Path, text: str) -> None:
    (content,) = EXPORTERS["html"].write(asked(study, text), "en").files.values()
    shown = html.unescape(content.decode())
    assert shown.count(text) >= 3


@pytest.mark.parametrize("text", CODE)
def test_a_workbook_holds_a_text_as_it_is(study: Path, text: str) -> None:
    exported = EXPORTERS["xlsform"].write(asked(study, text), "en")
    (content,) = exported.files.values()
    sheet = load_workbook(io.BytesIO(content))["survey"]
    cells = [str(cell.value) for row in sheet for cell in row]
    if "${" in text:  # a reference to another question in XLSForm
        assert any("${" in loss.what or "reference" in loss.what for loss in exported.losses)
        text = text.replace("${", "$ {")
    assert cells.count(text) >= 2
    assert all(cell.data_type != "f" for row in sheet for cell in row)
