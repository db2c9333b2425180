"""A SurveyJS form holds every text, code and bound of any questionnaire, whatever the texts."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.property.foreign import check_foreign, foreign, places
from tests.property.questionnaires import LANGUAGES, questionnaires

from cosyn.exporters import EXPORTERS
from cosyn.instrument.arrange import swapped
from cosyn.instrument.questionnaire import Questionnaire, QuestionnairePage
from cosyn.instrument.structure import differences
from cosyn.structures import READERS, expected

EXPORTER, READER = EXPORTERS["surveyjs"], READERS["surveyjs"]


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=40, deadline=None)
@given(asked=questionnaires())
def test_what_was_sent_is_held(language: str, asked: Questionnaire) -> None:
    files = EXPORTER.write(asked, language).files
    held = READER.read(files[f"{asked.name}.{language}.surveyjs.json"])
    assert differences(expected(READER, asked, language), held) == ()


@settings(max_examples=40, deadline=None)
@given(asked=questionnaires())
def test_no_text_is_evaluated_or_becomes_markup(asked: Questionnaire) -> None:
    ((_, content),) = EXPORTER.write(asked, "en").files.items()
    form = json.loads(content)
    html = [form["completedHtml"], *(c["html"] for c in form.get("completedHtmlOnCondition", []))]
    html += [e["html"] for page in form["pages"] for e in page["elements"] if "html" in e]
    for said in (text for texts in html for text in texts.values()):
        assert "{" not in said
        assert "<" not in said.replace("<p>", "").replace("</p>", "").replace("<br>", "")
    for way in places(form):
        if way and way[-1] in {"default", "zh-cn"} and "html" not in str(way).casefold():
            text = value(form, way)
            assert text.count("{") == text.count("{\u2060")


def value(document: Any, way: tuple[Any, ...]) -> Any:
    for step in way:
        document = document[step]
    return document


@settings(max_examples=40, deadline=None)
@given(asked=questionnaires())
def test_each_half_is_asked_every_question_once(asked: Questionnaire) -> None:
    """The second half in the order of the other pages; copies store where the originals do."""
    ((_, content),) = EXPORTER.write(asked, "en").files.items()
    pages = json.loads(content)["pages"]
    names = [e["name"] for page in pages for e in page["elements"]]
    assert len(names) == len(set(names))
    orders = {1: asked.pages, 2: swapped(asked.pages, asked)}
    for half, order in orders.items():
        hidden = f"{{half}} = {3 - half}"
        shown = [page for page in pages[1:] if hidden not in page.get("visibleIf", "")]
        assert [page["name"].partition("_")[2] for page in shown] == [page.id for page in order]
        wanted = [name for page in order for name in stored(page)]
        assert [e.get("valueName", e["name"]) for p in shown for e in leaves(p)] == wanted


def leaves(panel: dict[str, Any]) -> list[dict[str, Any]]:
    return [x for e in panel["elements"] for x in (leaves(e) if e["type"] == "panel" else [e])]


def stored(page: QuestionnairePage) -> list[str]:
    return [
        name
        for block in page.blocks
        for name in ([block.id] if block.display == "matrix" else [q.id for q in block.questions])
    ]


@settings(max_examples=40, deadline=None)
@given(asked=questionnaires(), data=st.data())
def test_any_other_content_is_read_or_refused(asked: Questionnaire, data: st.DataObject) -> None:
    ((_, content),) = EXPORTER.write(asked, "en").files.items()
    check_foreign(READER, data.draw(foreign(content)), expected(READER, asked, "en"))
