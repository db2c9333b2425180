"""Qualtrics's Advanced Format holds every text, code and bound of any questionnaire, whatever the texts."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.property.foreign import check_foreign
from tests.property.questionnaires import LANGUAGES, questionnaires

from cosyn.exporters import EXPORTERS
from cosyn.instrument.questionnaire import Questionnaire
from cosyn.instrument.structure import differences
from cosyn.structures import READERS, expected

TAG = (
    r"\[\[(AdvancedFormat|AdvancedChoices|AdvancedAnswers|Choice"
    r"|(ED|Block|Question|ID|Choice|Answer):[\w:.() -]+)\]\]"
)
EXPORTER, READER = EXPORTERS["qualtrics"], READERS["qualtrics"]


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=40, deadline=None)
@given(asked=questionnaires())
def test_what_was_sent_is_held(language: str, asked: Questionnaire) -> None:
    files = EXPORTER.write(asked, language).files
    held = READER.read(files[f"{asked.name}.{language}.qualtrics.txt"])
    assert differences(expected(READER, asked, language), held) == ()


@settings(max_examples=40, deadline=None)
@given(asked=questionnaires())
def test_no_text_is_a_tag_a_line_of_its_own_or_markup(asked: Questionnaire) -> None:
    files = EXPORTER.write(asked, "en").files
    for line in files[f"{asked.name}.en.qualtrics.txt"].decode().split("\n"):
        assert re.fullmatch(TAG, line) or "[[" not in line
        assert "<" not in re.sub("</?b>|</?i>|<br>", "", line)
        assert "${" not in line


@settings(max_examples=40, deadline=None)
@given(asked=questionnaires(), data=st.data())
def test_any_other_content_is_read_or_refused(asked: Questionnaire, data: st.DataObject) -> None:
    content = EXPORTER.write(asked, "en").files[f"{asked.name}.en.qualtrics.txt"]
    lines = content.split(b"\n")
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(lines) - 1))
        lines[place] = data.draw(st.sampled_from(lines) | st.binary(max_size=12))
    check_foreign(READER, b"\n".join(lines), expected(READER, asked, "en"))
