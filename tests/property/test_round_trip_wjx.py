"""Text for Wenjuanxing is read back as it was written, but for what the exporter reports as lost."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.property.foreign import check_foreign
from tests.property.questionnaires import LANGUAGES, questionnaires
from tests.property.wjx_losses import changed, declared

from cosyn.exporters import EXPORTERS
from cosyn.instrument.questionnaire import Questionnaire
from cosyn.instrument.structure import Structure
from cosyn.structures import READERS

LIKE_MARKS = (
    "[单选题]",
    "说明[多选题]",
    "是否（选填）",
    "=== 分页 ===",
    "[分页栏]",
    "行：",
    "- row",
    "1. x[单选题]",
    "2. y[矩阵单选题]（选填）",
    "---",
    "___",
    "I agree",
    "A lot",
    "B、second",
    "a",
    "\ufeff",
    "\ufeffx",
    "1~5",
    "【段落说明】",
    "(多选题)",
    "a [b",
    "][",
    "（第3题）",
    "[标签]x",
    "你好 世界\u3000再见",
)


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=60, deadline=None)
@given(asked=questionnaires(), department=st.sampled_from(["", "D7"]))
def test_any_questionnaire(language: str, asked: Questionnaire, department: str) -> None:
    check(replace(asked, department=department), language)


@settings(max_examples=60, deadline=None)
@given(asked=questionnaires(), draw=st.randoms(use_true_random=False))
def test_texts_that_look_like_marks_of_the_format(asked: Questionnaire, draw: object) -> None:
    pages = tuple(
        replace(
            page,
            title={tag: draw.choice(LIKE_MARKS) for tag in LANGUAGES},  # type: ignore[attr-defined]
            instruction={tag: draw.choice(LIKE_MARKS) for tag in LANGUAGES},  # type: ignore[attr-defined]
            blocks=tuple(
                replace(
                    block,
                    questions=tuple(
                        replace(q, text={tag: draw.choice(LIKE_MARKS) for tag in LANGUAGES})  # type: ignore[attr-defined]
                        for q in block.questions
                    ),
                )
                for block in page.blocks
            ),
        )
        for page in asked.pages
    )
    check(replace(asked, pages=pages), "zh-Hans")


def check(asked: Questionnaire, language: str) -> None:
    exported = EXPORTERS["wjx"].write(asked, language)
    content = exported.files[f"{asked.name}.{language}.wjx.txt"]
    assert changed(READERS["wjx"], content, asked, language) == declared(exported, asked, language)
    assert EXPORTERS["wjx"].write(asked, language) == exported


@settings(max_examples=100, deadline=None)
@given(content=st.text().map(str.encode) | st.binary())
def test_anything_else_is_read_or_refused(content: bytes) -> None:
    check_foreign(READERS["wjx"], content, Structure(("und",), ()))
