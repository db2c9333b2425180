"""The questionnaire on paper: what stands on it, and what is keyed in comes back."""

from __future__ import annotations

import dataclasses
import io
import re
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook

from cosyn.errors import ExtraError
from cosyn.exporters import EXPORTERS, losses
from cosyn.exporters._paper_sheet import code, sheet
from cosyn.importers import read_responses
from cosyn.instrument.load import load_instrument
from cosyn.instrument.questionnaire import Block, Question, Questionnaire, questionnaire
from cosyn.instrument.structure import differences, structure_of
from cosyn.instrument.types import Instrument, Missing
from cosyn.publish import publish
from cosyn.roster import Department
from cosyn.structures import READERS
from cosyn.study import bundled
from cosyn.typesetting import unknown

LANGUAGES = ("en", "zh-Hans")
PAPER = EXPORTERS["paper"]


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    return load_instrument(bundled() / "instrument")


@pytest.fixture(scope="module")
def plain(instrument: Instrument) -> Questionnaire:
    return questionnaire(instrument)


def written(asked: Questionnaire, language: str = "en") -> dict[str, bytes]:
    """Content by the ending of the name."""
    files = PAPER.write(asked, language).files
    return {name.rpartition(".")[2]: content for name, content in files.items()}


def document(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        return package.read("word/document.xml").decode()


def only(asked: Questionnaire, *questions: Question) -> Questionnaire:
    """These questions alone, one by one."""
    blocks = tuple(Block(f"b{n}", "single", (q,)) for n, q in enumerate(questions, start=1))
    page = dataclasses.replace(asked.pages[0], blocks=blocks)
    return dataclasses.replace(asked, pages=(page,))


def changed(question: Question, **changes: Any) -> Question:
    return dataclasses.replace(
        question, response_format=dataclasses.replace(question.response_format, **changes)
    )


def test_the_code_says_which_form_it_is(plain: Questionnaire) -> None:
    digest = plain.digest[:12]
    assert code(plain) == f"cosyn:{plain.instrument}:{plain.version}:{digest}:core-40:o0:"
    one = dataclasses.replace(plain, order=3, department="D-017")
    assert code(one).endswith(":core-40:o3:D-017")
    for part in (plain.version, digest, "core-40", "3", "D-017"):
        assert part in sheet(one, "zh-Hans").stamp


@pytest.mark.parametrize("language", LANGUAGES)
def test_word_repeats_headings_and_splits_no_row(plain: Questionnaire, language: str) -> None:
    text = document(written(plain, language)["docx"])
    tables = [t for t in text.split("<w:tbl>")[1:] if "CosynItem" in t]
    matrices = [b for p in plain.pages for b in p.blocks if b.display == "matrix"]
    assert text.count("<w:tblHeader/>") == len(matrices)
    assert sum("<w:tblHeader/>" in table for table in tables) == len(matrices)
    assert text.count("<w:tr>") == text.count("<w:cantSplit/>")
    assert '<w:pgSz w:w="11906" w:h="16838"/>' in text
    assert plain.consent[language] in text
    assert text.count(plain.screened_out[language]) == sum(
        bool(q.screen_out) for q in plain.questions
    )


def test_a_known_department_is_printed_and_an_unknown_one_is_asked_for(
    plain: Questionnaire,
) -> None:
    blank, hint = "_" * 24, sheet(plain, "en").department_hint
    assert hint
    unnamed = document(written(plain)["docx"])
    assert blank in unnamed
    assert hint in unnamed
    named = document(written(dataclasses.replace(plain, department="D-017"))["docx"])
    assert "D-017" in named
    assert blank not in named
    assert hint not in named


def test_numbers_have_boxes_for_their_digits(instrument: Instrument) -> None:
    asked = questionnaire(instrument, "coordinator")
    numbers = [q for q in asked.questions if q.response_format.kind == "numeric"]
    digits = [len(f"{q.response_format.maximum:.0f}") for q in numbers]
    text = document(written(only(asked, *numbers))["docx"])
    boxes = re.findall(r'w:val="CosynDigit"/></w:rPr><w:t xml:space="preserve">(□+)<', text)
    assert [len(found) for found in boxes] == digits
    odd = changed(numbers[0], minimum=-0.5), changed(numbers[1], maximum=1e15)
    assert "CosynDigit" not in document(written(only(asked, *odd))["docx"])


def test_a_number_may_come_with_reasons_for_giving_none(plain: Questionnaire) -> None:
    chosen = next(q for q in plain.questions if len(q.missing) > 1)
    asked = only(plain, changed(chosen, kind="numeric", options=()))
    held = READERS["paper"].read(written(asked)["docx"])
    assert differences(structure_of(asked).only(("en",)), held) == ()
    assert len(held.questions[0].answers) == len(chosen.missing)


def test_a_character_without_a_shape_is_named_with_its_item(plain: Questionnaire) -> None:
    assert unknown("abc 本部门，“引号” \u200b\t") == []
    first, second = plain.questions[:2]
    rare = dataclasses.replace(second, text={**second.text, "en": "the city of 𠮷"})
    (loss,) = PAPER.write(only(plain, first, rare), "en").losses
    assert loss.item == second.id
    assert "𠮷 (U+20BB7)" in loss.what
    titled = dataclasses.replace(
        only(plain, first, second), title={"en": "🙂" * 300, "zh-Hans": "好"}
    )
    assert [loss.item for loss in PAPER.write(titled, "en").losses] == [first.id]
    assert PAPER.write(titled, "zh-Hans").losses == ()


def test_stopping_early_is_left_to_the_respondent(plain: Questionnaire) -> None:
    stopping = {q.id for q in plain.questions if q.screen_out}
    found = {loss.item for loss in losses(PAPER, plain) if "ends the questionnaire" in loss.what}
    assert found == stopping


def test_a_language_of_the_users_own_is_printed_with_what_phrases_it_has(
    plain: Questionnaire,
) -> None:
    (question,) = plain.questions[:1]

    def added(texts: dict[str, str]) -> dict[str, str]:
        return {**texts, "pt-BR": texts["en"]}

    options = tuple(
        dataclasses.replace(o, label=added(o.label)) for o in question.response_format.options
    )
    own = changed(dataclasses.replace(question, text=added(question.text)), options=options)
    page = dataclasses.replace(
        only(plain, own).pages[0], title={"pt-BR": "T"}, instruction={"pt-BR": "I"}
    )
    asked = dataclasses.replace(
        plain,
        languages=("pt-BR",),
        phrases={"pt-BR": {"paper.page_of": "{count} / {number}", "number_hint": "?"}},
        pages=(page,),
        title=added(plain.title),
        introduction=added(plain.introduction),
        consent=added(plain.consent),
        closing=added(plain.closing),
        screened_out=added(plain.screened_out),
    )
    assert sheet(asked, "pt-BR").page_of == ("{count}", " / ", "{number}")
    assert written(asked, "pt-BR")["pdf"].startswith(b"%PDF")


def test_departments_share_one_table_to_key_into(instrument: Instrument) -> None:
    departments = [Department("D01", {}), Department("D02", {})]
    names = publish(instrument, ["paper"], ["en"], form="retest", departments=departments).files
    assert sorted(names) == [
        "cosyn-dynamics-retest-D01.en.docx",
        "cosyn-dynamics-retest-D01.en.pdf",
        "cosyn-dynamics-retest-D02.en.docx",
        "cosyn-dynamics-retest-D02.en.pdf",
        "cosyn-dynamics-retest.en.keying.xlsx",
    ]


@pytest.mark.parametrize("form", ["core-40", "coordinator"])
def test_what_is_keyed_in_is_imported(form: str, instrument: Instrument, tmp_path: Path) -> None:
    asked = questionnaire(instrument, form)
    book = load_workbook(io.BytesIO(written(asked)["xlsx"]))
    (sheet,) = book.worksheets
    assert [cell.value for cell in sheet[1]] == [
        "department", "language", "form", "order", *(q.id for q in asked.questions)
    ]  # fmt: skip
    answers: list[object] = [
        q.response_format.maximum if q.response_format.kind == "numeric"
        else q.response_format.options[0].code
        for q in asked.questions
    ]  # fmt: skip
    sheet.append(["D-017", "en", form, 0, *answers])
    sheet.append(["D-017", "en", form, 0, answers[0], *([None] * len(answers[1:]))])
    book.save(tmp_path / "keyed.xlsx")
    found = read_responses(tmp_path / "keyed.xlsx", instrument, form=form)
    first, second = found.submissions
    assert {item: cell.value for item, cell in first.answers.items()} == {
        question.id: answer for question, answer in zip(asked.questions, answers, strict=True)
    }
    left_out = [cell.missing for cell in second.answers.values()][1:]
    assert left_out == [Missing.NOT_ANSWERED] * len(answers[1:])


def test_the_table_takes_only_what_may_stand_in_a_column(instrument: Instrument) -> None:
    asked = questionnaire(instrument, "coordinator")
    (sheet,) = load_workbook(io.BytesIO(written(asked)["xlsx"])).worksheets
    rules = {
        str(area).partition(":")[0]: rule
        for rule in sheet.data_validations.dataValidation
        for area in rule.sqref.ranges
    }
    columns = {str(cell.value): cell.coordinate[:-1] + "2" for cell in sheet[1]}
    assert columns["department"] not in rules
    assert rules[columns["order"]].formula1 == '"0"'
    for question in asked.questions:
        rule, response_format = rules[columns[question.id]], question.response_format
        if response_format.kind == "numeric":
            bounds = float(str(rule.formula1)), float(str(rule.formula2))
            assert bounds == (response_format.minimum, response_format.maximum)
        else:
            codes = [o.code for o in response_format.options]
            codes += [m.code for m in response_format.missing]
            assert rule.formula1 == '"' + ",".join(map(str, codes)) + '"'


@pytest.mark.parametrize("library", ["typst", "segno", "docx"])
def test_an_absent_library_is_named_with_its_remedy(
    library: str, plain: Questionnaire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(ExtraError, match=r"pip install 'cosyn\[paper\]'") as caught:
        PAPER.write(plain, "en")
    assert (caught.value.code, caught.value.exit_code) == ("extra.not-installed", 5)
