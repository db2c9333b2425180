"""SPSS: what its labels can hold comes back word for word, what they cannot is said item by item."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pyreadstat
import pytest
from hypothesis import given, settings
from tests.property.codebooks import codebooks
from tests.property.questionnaires import LANGUAGES

from cosyn.codebook.entries import answers
from cosyn.exporters.spss import EXPORTER
from cosyn.instrument.questionnaire import Question, Questionnaire
from cosyn.instrument.structure import differences
from cosyn.structures import expected
from cosyn.structures.spss import READER


def held(text: str) -> str:
    """How SPSS's dictionary holds a text: a line break is written as two characters."""
    return text.replace("\n", "\\n")


def broken(question: Question, language: str) -> set[str]:
    """Where SPSS cannot hold a text of a question, as `differences` names the places."""
    scale = question.response_format
    labels = [(f"{question.id}, {language}", question.text[language], 255)]
    labels += [
        (f"{question.id}, code {code}, {language}", label[language], 120)
        for code, label in answers(scale)
    ]
    return {
        place for place, text, most in labels if "\\n" in text or len(held(text).encode()) > most
    }


@pytest.mark.parametrize("language", LANGUAGES)
@given(asked=codebooks())
@settings(max_examples=25, deadline=None)
def test_syntax_holds_every_text_or_names_the_item(language: str, asked: Questionnaire) -> None:
    exported = EXPORTER.write(asked, language)
    syntax = next(content for name, content in exported.files.items() if name.endswith(".sps"))
    found = differences(expected(READER, asked, language), READER.read(syntax))
    lost = {question.id: broken(question, language) for question in asked.questions}
    assert {item for item, places in lost.items() if places} == {x.item for x in exported.losses}
    offered = {
        f"{q.id}, code {code}, {language}"
        for q in asked.questions
        for code in [o.code for o in q.response_format.options] + [m.code for m in q.missing]
    } | {f"{q.id}, {language}" for q in asked.questions}
    assert {x.place for x in found} == {p for places in lost.values() for p in places} & offered
    assert max(len(line) for line in syntax.split(b"\n")) < 256


@pytest.mark.parametrize("language", LANGUAGES)
@given(asked=codebooks())
@settings(max_examples=25, deadline=None)
def test_the_data_file_is_labelled_alike(language: str, asked: Questionnaire) -> None:
    exported = EXPORTER.write(asked, language)
    assert exported == EXPORTER.write(asked, language)
    content = next(content for name, content in exported.files.items() if name.endswith(".sav"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "read.sav"
        path.write_bytes(content)
        _, meta = pyreadstat.read_sav(path, user_missing=True)
    assert meta.number_rows == 0
    assert meta.column_names == [question.id for question in asked.questions]
    lost = {place for question in asked.questions for place in broken(question, language)}
    for question in asked.questions:
        scale = question.response_format
        if f"{question.id}, {language}" not in lost:
            assert meta.column_names_to_labels[question.id] == held(question.text[language])
        for code, label in answers(scale):
            if f"{question.id}, code {code}, {language}" not in lost:
                labels = meta.variable_value_labels[question.id]
                assert labels[code] == held(label[language])
        ranges: Any = meta.missing_ranges
        missing = {gap["lo"] for gap in ranges.get(question.id, [])}
        assert missing == {gap.code for gap in scale.missing}
        ordinal = scale.kind == "options"
        assert meta.variable_measure[question.id] == ("ordinal" if ordinal else "scale")
