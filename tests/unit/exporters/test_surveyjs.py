"""A SurveyJS form: what of it the library is told in expressions, and what it may not evaluate."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from tests.unit.exporters.small import NUMBER, asked, both, item, matrix, page, single

from cosyn.exporters import EXPORTERS
from cosyn.instrument.questionnaire import Questionnaire
from cosyn.structures import READERS, Unreadable

EXPORTER, READER = EXPORTERS["surveyjs"], READERS["surveyjs"]
CHECK = item("AT", scale=False, expected=5)
CONSENT = page("consent", single("b1", item("BG", screen_out=(2, 98))))
ROWS = page("rows", matrix("b2", item("A1"), CHECK, item("A2"), item("A3")), shuffle=True)
LAST = page("last", single("b3", item("N1", response_format=NUMBER, dont_know=False)))


def form(questionnaire: Questionnaire, language: str = "en") -> dict[str, Any]:
    ((_, content),) = EXPORTER.write(questionnaire, language).files.items()
    found: dict[str, Any] = json.loads(content)
    return found


def values(made: dict[str, Any]) -> dict[str, str]:
    return {value["name"]: value["expression"] for value in made["calculatedValues"]}


def shown(made: dict[str, Any]) -> dict[str, str]:
    return {p["name"]: p.get("visibleIf", "") for p in made["pages"]}


@pytest.mark.parametrize(("language", "locale"), [("en", None), ("zh-Hans", "zh-cn")])
def test_the_default_text_is_english_whichever_language_it_opens_in(
    language: str, locale: str | None
) -> None:
    """The library shows `default` to whoever chooses English."""
    made = form(asked(CONSENT), language)
    assert made.get("locale") == locale
    assert made["title"] == {"default": "title", "zh-cn": "中文 title"}


def test_languages_without_english_have_no_default_text() -> None:
    only = asked(CONSENT, languages=("zh-Hans", "pt-BR"))
    texts = {"zh-Hans": "标题", "pt-BR": "título"}
    spoken = replace(only, title=texts, introduction=texts, closing=texts, screened_out=texts)
    words = {"department": "departamento", "department_hint": "código"}
    question = replace(
        CONSENT.blocks[0].questions[0], text=texts, response_format=NUMBER, screen_out=()
    )
    first = replace(CONSENT, title=texts, instruction=texts, blocks=(single("b1", question),))
    made = form(replace(spoken, pages=(first,), phrases={"pt-BR": words}), "pt-BR")
    assert made["title"] == {"zh-cn": "标题", "pt-br": "título"}
    assert READER.read(json.dumps(made).encode()).languages == ("zh-Hans", "pt-BR")


def test_a_brace_in_a_text_is_no_variable() -> None:
    """`{BG}` would show the answer to BG, and in an option of BG stop the page altogether."""
    hostile = item("A1", text=both("{BG} {x}"))
    made = form(asked(CONSENT, page("p", single("b2", hostile)), closing=both("{BG} <b> & you")))
    (question,) = made["pages"][-1]["elements"]
    assert question["title"]["default"] == "{\u2060BG} {\u2060x}"
    assert made["completedHtml"]["default"] == "<p>&#123;BG} &lt;b&gt; &amp; you</p>"


def test_scale_rows_are_shuffled_and_a_check_stays() -> None:
    (rows,) = form(asked(ROWS))["pages"][-1]["elements"]
    assert rows["rowOrder"] == "random"
    assert [row.get("randomize", True) for row in rows["rows"]] == [True, False, True, True]
    assert [column["value"] for column in rows["columns"]] == [1, 2, 5, 98]
    listed = form(asked(replace(ROWS, shuffle=False)))["pages"][-1]["elements"][0]
    assert listed["rowOrder"] == "initial"
    assert not any("randomize" in row for row in listed["rows"])


def test_single_questions_are_shuffled_in_a_panel_of_their_own() -> None:
    shuffled = page("p", single("b1", item("A1"), CHECK, item("A2")), single("b2", CHECK), shuffle=True)  # fmt: skip
    panel, check = form(asked(shuffled))["pages"][-1]["elements"]
    assert (panel["type"], panel["questionOrder"]) == ("panel", "random")
    assert [e.get("randomize", True) for e in panel["elements"]] == [True, False, True]
    assert check["name"] == "AT"


def test_an_answer_ends_the_questionnaire_for_everything_after_it() -> None:
    first = page("first", single("b0", item("A0")), single("b1", item("BG", screen_out=(2, 98))), single("b9", item("A9")))  # fmt: skip
    second = page("second", single("b2", item("B2", screen_out=(5,))))
    made = form(asked(first, second, LAST))
    ends = {k: v for k, v in values(made).items() if k.startswith("ended")}
    one, two = ends
    assert ends[one] == "iif({BG} = 2 or {BG} = 98, 1, 0)"
    assert ends[two] == f"iif({{{one}}} = 1 or {{B2}} = 5, 1, 0)"
    assert list(shown(made).values()) == ["", "", f"{{{one}}} = 0", f"{{{two}}} = 0"]
    elements = made["pages"][1]["elements"]
    assert [e.get("visibleIf", "") for e in elements] == ["", "", f"{{{one}}} = 0"]
    (told,) = made["completedHtmlOnCondition"]
    assert told == {"expression": f"{{{two}}} = 1", "html": {"default": "<p>out</p>", "zh-cn": "<p>中文 out</p>"}}  # fmt: skip


def test_without_such_answers_nothing_is_hidden() -> None:
    made = form(asked(ROWS, LAST))
    assert "completedHtmlOnCondition" not in made
    assert set(shown(made).values()) == {""}


def test_an_answer_in_a_table_leaves_the_table_and_that_is_said() -> None:
    table = page("p", matrix("b1", item("A1", screen_out=(1,)), item("A2")))
    exported = EXPORTER.write(asked(table, LAST), "en")
    assert [loss.item for loss in exported.losses] == ["A1"]
    assert "{b1.A1} = 1" in values(form(asked(table, LAST)))["ended_6"]
    assert EXPORTER.write(asked(CONSENT, ROWS, LAST), "en").losses == ()


def test_a_random_half_sees_the_second_pages_first() -> None:
    halves = asked(CONSENT, ROWS, LAST, halves=(("rows",), ("last",)))
    made = form(halves)
    assert values(made)["half"] == "iif({$survey.randomSeed} % 2 = 0, 1, 2)"
    assert list(shown(made)) == ["text_page", "page_consent", "page2_last", "page_rows", "page_last"]  # fmt: skip
    assert shown(made)["page2_last"].startswith("{half} = 2")
    assert shown(made)["page_last"].startswith("{half} = 1")
    (copy,) = made["pages"][2]["elements"]
    assert (copy["name"], copy["valueName"]) == ("N1_2", "N1")


def test_what_is_stored_beside_the_answers() -> None:
    made = form(asked(ROWS, department="D-7", order=3))
    stored = {v["name"]: v["expression"] for v in made["calculatedValues"] if v["includeIntoResult"]}  # fmt: skip
    assert stored == {
        "instrument": "'study'",
        "version": "'1.2.3'",
        "digest": f"'{'00e1' * 16}'",
        "form": "'short'",
        "order": "'3'",
        "department": "'D-7'",
        "language": "iif({$survey.locale} = 'zh-cn', 'zh-Hans', 'en')",
    }


def test_the_department_is_asked_for_where_it_is_not_known() -> None:
    names = [e["name"] for e in form(asked(ROWS))["pages"][0]["elements"]]
    assert names == ["text_introduction", "department"]
    known = form(asked(ROWS, department="D-7", consent=both("consent")))["pages"][0]["elements"]
    assert [e["name"] for e in known] == ["text_introduction", "text_consent"]


def test_nothing_is_required_or_told_to_respondents_that_they_should_not_know() -> None:
    text = json.dumps(form(asked(CONSENT, ROWS, LAST)))
    assert "equired" not in text
    assert "expected" not in text
    assert '"97"' not in text
    assert "refused" not in text


def test_a_number_has_its_bounds_written_out() -> None:
    (number,) = form(asked(LAST))["pages"][-1]["elements"]
    assert (number["inputType"], number["min"], number["max"]) == ("number", 0, 1234567.5)


def test_a_copy_that_asks_something_else_is_refused() -> None:
    made = form(asked(CONSENT, ROWS, LAST, halves=(("rows",), ("last",))))
    made["pages"][2]["elements"][0]["title"]["default"] = "other"
    with pytest.raises(Unreadable, match="N1_2 should ask what N1 asks"):
        READER.read(json.dumps(made).encode())


def test_a_text_in_one_language_alone_is_empty_in_the_other() -> None:
    made = form(asked(LAST))
    made["pages"][-1]["elements"][0]["title"] = "one"
    (question,) = READER.read(json.dumps(made).encode()).questions
    assert question.text == {"en": "one", "zh-Hans": ""}


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b'{"pages": []}'])
def test_other_content_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable, match="no SurveyJS form"):
        READER.read(content)
