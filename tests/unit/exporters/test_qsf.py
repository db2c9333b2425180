"""A Qualtrics survey file: the structures that real exports have, filled as they fill them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import Any

import pytest
from tests.unit.exporters.small import NUMBER, asked, both, item, matrix, page, single

from cosyn.exporters import EXPORTERS
from cosyn.instrument.questionnaire import Questionnaire
from cosyn.structures import READERS, Unreadable

EXPORTER, READER = EXPORTERS["qsf"], READERS["qsf"]
CHECK = item("AT", scale=False)
CONSENT = page("consent", single("b1", item("BG", screen_out=(2, 98)), item("A0")))
ROWS = page("rows", matrix("b2", item("A1"), CHECK, item("A2"), item("A3")), shuffle=True)
LAST = page("last", single("b3", item("N1", response_format=NUMBER, dont_know=False)))


def survey(questionnaire: Questionnaire, language: str = "en") -> dict[str, Any]:
    ((_, content),) = EXPORTER.write(questionnaire, language).files.items()
    found: dict[str, Any] = json.loads(content)
    return found


def part(found: dict[str, Any], kind: str) -> Any:
    (payload,) = [e["Payload"] for e in found["SurveyElements"] if e["Element"] == kind]
    return payload


def question(found: dict[str, Any], tag: str) -> dict[str, Any]:
    listed = [e["Payload"] for e in found["SurveyElements"] if e["Element"] == "SQ"]
    (payload,) = [p for p in listed if p["DataExportTag"] == tag]
    assert isinstance(payload, dict)
    return payload


def outline(flow: list[dict[str, Any]], names: dict[str, str]) -> list[Any]:
    """Return a flow as names of blocks and lists of what stands in others."""
    return [
        names[node["ID"]]
        if node["Type"] == "Standard"
        else [node["Type"], *outline(node.get("Flow", []), names)]
        for node in flow
    ]


def drawn(found: dict[str, Any]) -> list[Any]:
    names = {block["ID"]: block["Description"] for block in part(found, "BL").values()}
    return outline(part(found, "FL")["Flow"], names)


def test_a_matrix_has_items_as_tags_codes_as_recodes_and_the_check_in_its_place() -> None:
    table = question(survey(asked(ROWS)), "b2")
    assert (table["QuestionType"], table["Selector"], table["SubSelector"]) == ("Matrix", "Likert", "SingleAnswer")  # fmt: skip
    assert table["ChoiceDataExportTags"] == {"1": "A1", "2": "AT", "3": "A2", "4": "A3"}
    assert table["RecodeValues"] == {"1": "1", "2": "2", "3": "5", "4": "98"}
    order = table["Randomization"]["Advanced"]
    assert order["FixedOrder"] == ["{~Randomized~}", "2", "{~Randomized~}", "{~Randomized~}"]
    assert order["RandomizeAll"] == ["1", "3", "4"]
    assert "Randomization" not in question(survey(asked(replace(ROWS, shuffle=False))), "b2")


@pytest.mark.parametrize(("language", "base", "other"), [("en", "EN", "ZH-S"), ("zh-Hans", "ZH-S", "EN")])  # fmt: skip
def test_it_opens_in_one_language_and_holds_the_others_as_translations(
    language: str, base: str, other: str
) -> None:
    found = survey(asked(ROWS), language)
    assert found["SurveyEntry"]["SurveyLanguage"] == base
    assert set(part(found, "SO")["AvailableLanguages"]) == {base, other}
    table = question(found, "b2")
    held = {base: table, **table["Language"]}
    assert held["EN"]["Choices"]["1"]["Display"] == "statement A1"
    assert held["ZH-S"]["Answers"]["4"]["Display"] == "中文 don't know"
    assert held["ZH-S"]["QuestionText"] == "中文 how rows"


def test_single_questions_are_mixed_in_a_block_and_the_rest_stays() -> None:
    mixed = page("p", single("b1", item("A1"), CHECK, item("A2")), single("b2", item("B1"), item("B2")), shuffle=True)  # fmt: skip
    found = survey(asked(mixed))
    blocks = {b["Description"]: b for b in part(found, "BL").values()}
    first, second = blocks["p"], blocks["p (2)"]
    ids = [e["QuestionID"] for e in first["BlockElements"]]
    assert first["Options"]["RandomizeQuestions"] == "Advanced"
    order = first["Options"]["Randomization"]["Advanced"]
    assert order["FixedOrder"] == [ids[0], "{~Randomized~}", ids[2], "{~Randomized~}"]
    assert order["RandomizeAll"] == [ids[1], ids[3]]
    assert len(second["BlockElements"]) == 2
    assert blocks["closing"]["Options"]["RandomizeQuestions"] == "false"


def test_an_answer_ends_the_survey_before_the_next_question_is_shown() -> None:
    found = survey(asked(CONSENT, LAST))
    ending = ["Branch", "screened_out", ["EndSurvey"]]
    assert drawn(found) == [["EmbeddedData"], "introduction", "consent", ending, ending, "consent (2)", "last", "closing"]  # fmt: skip
    branches = [n for n in part(found, "FL")["Flow"] if n["Type"] == "Branch"]
    name = question(found, "BG")["QuestionID"]
    assert [b["BranchLogic"]["0"]["0"]["ChoiceLocator"] for b in branches] == [
        f"q://{name}/SelectableChoice/2",
        f"q://{name}/SelectableChoice/4",
    ]
    assert branches[0]["Flow"][1]["Options"]["ResponseFlag"] == "Screened"


def test_without_a_text_for_them_they_are_told_nothing() -> None:
    found = survey(asked(CONSENT, screened_out={}))
    assert ["Branch", ["EndSurvey"]] in drawn(found)


def test_a_table_with_such_an_answer_is_asked_row_by_row_and_what_that_costs_is_said() -> None:
    table = page("p", matrix("b1", item("A1"), item("A2", screen_out=(1,)), CHECK), shuffle=True)
    exported = EXPORTER.write(asked(table), "en")
    assert [loss.item for loss in exported.losses] == ["A1", "A2"]
    found = survey(asked(table))
    assert question(found, "A2")["QuestionType"] == "MC"
    assert question(found, "page_p")["QuestionText"] == "<b>title p</b><br>how p"
    assert EXPORTER.write(asked(CONSENT, ROWS, LAST), "en").losses == ()


def test_a_random_half_sees_the_second_pages_first() -> None:
    found = survey(asked(CONSENT, ROWS, LAST, halves=(("rows",), ("last",))))
    (random,) = [n for n in part(found, "FL")["Flow"] if n["Type"] == "BlockRandomizer"]
    assert (random["SubSet"], random["EvenPresentation"]) == (1, True)
    assert drawn(found)[-2] == [
        "BlockRandomizer",
        ["Group", ["EmbeddedData"], "rows", "last"],
        ["Group", ["EmbeddedData"], "last", "rows"],
    ]
    stored = [group["Flow"][0]["EmbeddedData"][0] for group in random["Flow"]]
    assert [(s["Field"], s["Value"]) for s in stored] == [("half", "1"), ("half", "2")]


def test_a_number_is_checked_and_nothing_is_required() -> None:
    found = survey(asked(CONSENT, ROWS, LAST))
    settings = question(found, "N1")["Validation"]["Settings"]
    assert settings["ValidNumber"] == {"Min": "0", "Max": "1234567.5", "NumDecimals": ""}
    text = json.dumps(found)
    assert '"ForceResponse": "ON"' not in text
    assert "RequestResponse" not in text


def test_nothing_is_kept_that_tells_who_somebody_is() -> None:
    options = part(survey(asked(ROWS)), "SO")
    assert options["AnonymizeResponse"] == "Yes"
    assert options["CollectGeoLocation"] == options["RecaptchaV3"] == options["RelevantID"] == "false"  # fmt: skip
    assert options["BallotBoxStuffingPrevention"] == "false"


def test_ids_are_of_the_form_that_an_import_checks_and_their_own_for_each_file() -> None:
    first, second = survey(asked(ROWS)), survey(asked(ROWS, department="D-7"))
    ids = re.findall(r'"((?:SV|BL|RS|UR)_[^"]*)"', json.dumps(first))
    assert all(re.fullmatch(r"[A-Z]{2}_[A-Za-z0-9]{15}", name) for name in ids)
    assert first["SurveyEntry"]["SurveyID"] != second["SurveyEntry"]["SurveyID"]


def test_a_text_is_neither_markup_nor_piped_in() -> None:
    text = both("${q://QID1/ChoiceTextEntryValue} <script>")
    found = survey(asked(page("p", single("b1", item("A1", text=text)))))
    shown = question(found, "A1")["QuestionText"]
    assert shown == "&#36;{q://QID1/ChoiceTextEntryValue} &lt;script&gt;"


def test_languages_have_their_names_here() -> None:
    texts = {"en": "a", "pt-BR": "b", "zh-Hant": "c", "sr-Latn": "d"}
    words = {"department": "x", "department_hint": "y"}
    one = item("A1", text=texts, response_format=NUMBER)
    p = page("p", single("b1", one))
    q = asked(
        replace(p, title=texts, instruction=texts),
        languages=tuple(texts),
        title=texts,
        introduction=texts,
        closing=texts,
        screened_out=texts,
        phrases=dict.fromkeys(texts, words),
    )
    found = survey(q)
    assert set(part(found, "SO")["AvailableLanguages"]) == {"EN", "PT-BR", "ZH-T", "SR-LATN"}
    held = READER.read(json.dumps(found).encode())
    assert held.questions[0].text == texts


@pytest.mark.parametrize("content", [b"", b"[]", b"{}", b"\xff", b'{"SurveyEntry": {}}'])
def test_other_content_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable, match="no QSF"):
        READER.read(content)
