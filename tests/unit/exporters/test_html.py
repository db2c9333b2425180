"""What a respondent meets on the web page, from the consent to the end."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from cosyn.exporters import EXPORTERS
from cosyn.instrument.load import load_instrument
from cosyn.instrument.questionnaire import Questionnaire, questionnaire
from cosyn.instrument.structure import differences, structure_of
from cosyn.instrument.types import Option, ResponseFormat
from cosyn.structures import READERS
from cosyn.study import bundled

LANGUAGES = ("en", "zh-Hans")


@pytest.fixture(scope="module")
def plain() -> Questionnaire:
    return questionnaire(load_instrument(bundled() / "instrument"))


def page(asked: Questionnaire, language: str = "en") -> str:
    (content,) = EXPORTERS["html"].write(asked, language).files.values()
    return content.decode()


def first_block(asked: Questionnaire, **changes: Any) -> Questionnaire:
    """The first matrix alone, changed."""
    chosen = next(p for p in asked.pages if p.blocks[0].display == "matrix")
    block = dataclasses.replace(chosen.blocks[0], **changes)
    return dataclasses.replace(asked, pages=(dataclasses.replace(chosen, blocks=(block,)),))


def relabelled(asked: Questionnaire, label: str, count: int) -> Questionnaire:
    """The first matrix alone with so many options of a label."""
    (block,) = first_block(asked).pages[0].blocks
    options = tuple(Option(code, dict.fromkeys(LANGUAGES, label)) for code in range(1, count + 1))
    changed = dataclasses.replace(block.response_format, options=options)
    questions = [dataclasses.replace(q, response_format=changed) for q in block.questions]
    return first_block(asked, questions=tuple(questions))


def numbers_with_reasons(asked: Questionnaire) -> ResponseFormat:
    (block,) = first_block(asked).pages[0].blocks
    return dataclasses.replace(block.response_format, kind="numeric", options=())


def with_format(asked: Questionnaire, response_format: ResponseFormat) -> Questionnaire:
    """The questions of the first matrix, answered otherwise."""
    (block,) = first_block(asked).pages[0].blocks
    questions = tuple(
        dataclasses.replace(q, response_format=response_format, dont_know=True)
        for q in block.questions
    )
    return first_block(asked, display="single", questions=questions)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_consent_stands_before_the_first_question_if_there_is_one(
    plain: Questionnaire, language: str
) -> None:
    text = page(plain, language)
    assert 0 < text.index(plain.consent[language]) < text.index("data-item=")
    without = page(dataclasses.replace(plain, consent={}), language)
    assert 'class="consent"' not in without


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_question_that_may_end_it_says_by_which_answer(
    plain: Questionnaire, language: str
) -> None:
    text = page(plain, language)
    ending = [q for q in plain.questions if q.screen_out]
    assert ending
    assert text.count("data-ends=") == len(ending)
    for question in ending:
        part = text.split(f'data-item="{question.id}"')[1].split('role="radiogroup"')[0]
        (code,) = question.screen_out
        (option,) = (o for o in question.response_format.options if o.code == code)
        assert f'data-ends="{code}"' in part
        assert f"“{option.label[language]}”" in part.split('class="hint"')[1]


def test_order_and_department_are_stamped_on_what_is_saved(plain: Questionnaire) -> None:
    text = page(dataclasses.replace(plain, order=3, department="D-017"))
    assert '<input type="hidden" name="order" value="3" data-meta>' in text
    assert '<input type="hidden" name="department" value="D-017" data-meta>' in text
    assert text.count('name="department"') == 1
    assert '<input type="text" id="department" name="department"' in page(plain)


def test_only_a_matrix_that_fits_is_a_table(plain: Questionnaire) -> None:
    table, single = 'class="block table"', 'class="block"'
    assert table in page(relabelled(plain, "short", 11))
    assert single in page(relabelled(plain, "short", 12))
    assert single in page(relabelled(plain, "a heading that is much too long for a table", 7))
    assert table in page(relabelled(plain, "长" * 20, 7), "zh-Hans")
    assert single in page(relabelled(plain, "长" * 21, 7), "zh-Hans")
    assert single in page(first_block(plain, display="single"))


def test_numbers_are_written_as_people_write_them(plain: Questionnaire) -> None:
    number = dataclasses.replace(numbers_with_reasons(plain), missing=(), minimum=-0.5, maximum=2e6)
    asked = with_format(plain, number)
    assert 'inputmode="text"' in page(asked), "a number pad has no minus"
    assert "A number from -0.5 to 2000000" in page(asked)


def test_a_number_may_come_with_reasons_for_giving_none(plain: Questionnaire) -> None:
    asked = with_format(plain, numbers_with_reasons(plain))
    held = READERS["html"].read(page(asked).encode())
    assert differences(structure_of(asked).only(("en",)), held) == ()
    assert all(len(question.answers) == 2 for question in held.questions)
