"""Random questionnaires with hostile texts, through the web page and back."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.property.questionnaires import LANGUAGES, questionnaires

from cosyn.exporters import EXPORTERS
from cosyn.instrument.questionnaire import Questionnaire
from cosyn.instrument.structure import differences
from cosyn.structures import READERS, Unreadable, expected

EXPORTER, READER = EXPORTERS["html"], READERS["html"]


@settings(max_examples=100, deadline=None)
@given(questionnaires(), st.sampled_from(LANGUAGES))
def test_what_is_read_is_what_was_written(asked: Questionnaire, language: str) -> None:
    exported = EXPORTER.write(asked, language)
    (content,) = exported.files.values()
    assert differences(expected(READER, asked, language), READER.read(content)) == ()
    assert exported.losses == ()


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"PK\x03\x04", b"<html lang='en'><p>no question", b"<p data-item='A'>"],
)
def test_what_is_no_questionnaire_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable):
        READER.read(content)
