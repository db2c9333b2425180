"""Random questionnaires with hostile texts, through Word and back; what a PDF cannot show is said."""

from __future__ import annotations

import io

import pytest
from docx import Document
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.property.questionnaires import LANGUAGES, questionnaires

from cosyn.exporters import EXPORTERS
from cosyn.instrument.questionnaire import Questionnaire
from cosyn.instrument.structure import differences
from cosyn.structures import READERS, Unreadable, expected
from cosyn.typesetting import unknown

EXPORTER, READER = EXPORTERS["paper"], READERS["paper"]


@settings(max_examples=60, deadline=None)
@given(questionnaires(), st.sampled_from(LANGUAGES))
def test_what_is_read_is_what_was_written(asked: Questionnaire, language: str) -> None:
    exported = EXPORTER.write(asked, language)
    (word,) = (content for name, content in exported.files.items() if name.endswith(".docx"))
    assert differences(expected(READER, asked, language), READER.read(word)) == ()
    lossy = {loss.item for loss in exported.losses}
    for question in asked.questions:
        assert question.id in lossy or not unknown(question.text[language])


def empty_document() -> bytes:
    written = io.BytesIO()
    Document().save(written)
    return written.getvalue()


def keying_table(asked: Questionnaire) -> bytes:
    files = EXPORTER.write(asked, "en").files
    (table,) = (content for name, content in files.items() if name.endswith(".xlsx"))
    return table


@settings(max_examples=1, deadline=None)
@given(questionnaires())
def test_what_is_no_questionnaire_is_refused(asked: Questionnaire) -> None:
    for content in (b"", b"text", empty_document(), keying_table(asked)):
        with pytest.raises(Unreadable):
            READER.read(content)
