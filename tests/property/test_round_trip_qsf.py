"""A Qualtrics survey file (QSF) holds every text, code and bound of any questionnaire, whatever the texts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.property.foreign import check_foreign, foreign
from tests.property.questionnaires import LANGUAGES, questionnaires

from cosyn.exporters import EXPORTERS
from cosyn.instrument.questionnaire import Questionnaire
from cosyn.instrument.structure import differences
from cosyn.structures import READERS, expected

EXPORTER, READER = EXPORTERS["qsf"], READERS["qsf"]


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=40, deadline=None)
@given(asked=questionnaires())
def test_what_was_sent_is_held(language: str, asked: Questionnaire) -> None:
    files = EXPORTER.write(asked, language).files
    held = READER.read(files[f"{asked.name}.{language}.qsf"])
    assert differences(expected(READER, asked, language), held) == ()


@settings(max_examples=40, deadline=None)
@given(asked=questionnaires(), data=st.data())
def test_any_other_content_is_read_or_refused(asked: Questionnaire, data: st.DataObject) -> None:
    ((_, content),) = EXPORTER.write(asked, "en").files.items()
    check_foreign(READER, data.draw(foreign(content)), expected(READER, asked, "en"))


@settings(max_examples=40, deadline=None)
@given(asked=questionnaires())
def test_the_parts_of_a_survey_fit_together(asked: Questionnaire) -> None:
    """Qualtrics gives no reason when it refuses a file, and drops what nothing refers to."""
    ((_, content),) = EXPORTER.write(asked, "en").files.items()
    elements = json.loads(content)["SurveyElements"]
    one = {e["Element"]: e["Payload"] for e in elements}
    questions = {e["PrimaryAttribute"]: e["Payload"] for e in elements if e["Element"] == "SQ"}
    blocks = {block["ID"]: block for block in one["BL"].values()}
    placed = [e["QuestionID"] for block in blocks.values() for e in block["BlockElements"]]
    assert sorted(placed) == sorted(questions)
    nodes = list(walk(one["FL"]["Flow"]))
    names = ["FL_1", *(node["FlowID"] for node in nodes)]
    assert len(set(names)) == len(names)
    assert one["FL"]["Properties"]["Count"] == len(names)
    shown = {node["ID"] for node in nodes if node["Type"] == "Standard"}
    assert shown == {name for name, block in blocks.items() if block["Type"] != "Trash"}
    for payload in questions.values():
        check_question(payload)


def walk(flow: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for node in flow:
        yield node
        yield from walk(node.get("Flow", []))


def check_question(payload: dict[str, Any]) -> None:
    said = [payload, *payload["Language"].values()]
    assert len(said) == len(LANGUAGES)
    for part, order in (("Choices", "ChoiceOrder"), ("Answers", "AnswerOrder")):
        for held in said:
            assert list(held.get(part, {})) == payload.get(order, [])
    if payload["QuestionType"] in {"Matrix", "MC"}:
        coded = "Answers" if payload["QuestionType"] == "Matrix" else "Choices"
        assert list(payload["RecodeValues"]) == list(payload[coded])
    order = payload.get("Randomization", {}).get("Advanced")
    if order:
        assert order["FixedOrder"].count("{~Randomized~}") == len(order["RandomizeAll"]) > 1
        staying = [key for key in order["FixedOrder"] if key != "{~Randomized~}"]
        assert sorted([*order["RandomizeAll"], *staying]) == sorted(payload["ChoiceOrder"])
    texts = [text for held in said for text in displayed(held)]
    for text in texts:
        assert "<" not in re.sub("</?b>|</?i>|<br>", "", text)
        assert "${" not in text


def displayed(held: dict[str, Any]) -> list[str]:
    lists = [*held.get("Choices", {}).values(), *held.get("Answers", {}).values()]
    return [held["QuestionText"], *(entry["Display"] for entry in lists)]
