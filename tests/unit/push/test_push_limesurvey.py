"""Push with read-back: equal is said of what is equal, and every loss is named with its place."""

from __future__ import annotations

import dataclasses

import pytest
from tests.fake_limesurvey import FakeLimeSurvey

from cosyn import limesurvey as ls
from cosyn.errors import ServerError
from cosyn.exporters import EXPORTERS
from cosyn.instrument.load import load_instrument
from cosyn.instrument.questionnaire import questionnaire
from cosyn.push.limesurvey import Difference, Pushed, push
from cosyn.study import bundled


def silent(_: str) -> None:
    pass


def lines() -> list[ls.Line]:
    """Return a small survey in two languages: a gate and a table."""
    found = [
        ls.Line(ls.SURVEY, "language", "en"),
        ls.Line(ls.SURVEY, "additional_languages", "zh-Hans"),
        ls.Line(ls.SURVEY, "anonymized", "Y"),
        ls.Line(ls.SURVEY, "datestamp", "N"),
    ]
    for tag, label in (("en", "agree"), ("zh-Hans", "同意")):
        shared = {"mandatory": "N", "other": "N"} if tag == "en" else {}
        shuffled = {**shared, "random_order": "1"} if tag == "en" else {}
        found += [
            ls.Line(ls.TEXTS, "surveyls_title", f"title {label}", tag),
            ls.Line(ls.GROUP, f"first {label}", f"how {label}", tag, "1", "1"),
            ls.Line(ls.QUESTION, "gate", f"gate {label}", tag, "L", "1", shared),
            ls.Line(ls.OPTION, "0", f"no {label}", tag, "0"),
            ls.Line(ls.OPTION, "1", f"yes {label}", tag, "0"),
            ls.Line(ls.GROUP, f"second {label}", "", tag, "2", "gate.NAOK != '0'"),
            ls.Line(ls.QUESTION, "b1", "", tag, "F", "1", shuffled),
            ls.Line(ls.ROW, "a1", f"one {label}", tag, "0", "1"),
            ls.Line(ls.ROW, "a2", f"two {label}", tag, "0", "1"),
            ls.Line(ls.OPTION, "1", f"little {label}", tag, "0"),
            ls.Line(ls.OPTION, "98", f"unsure {label}", tag, "0"),
        ]
    return found


def pushed(changed: list[ls.Line], server: FakeLimeSurvey | None = None) -> Pushed:
    return push(ls.write_lines(changed), server or FakeLimeSurvey(), silent)


def replaced(code: str, language: str = "", **changes: str) -> list[ls.Line]:
    """Return the lines with one of them changed, in one language or in all."""
    return [
        dataclasses.replace(line, **changes)  # type: ignore[arg-type]
        if line.name == code and language in {"", line.language}
        else line
        for line in lines()
    ]


@pytest.mark.parametrize("filtered", [False, True])
def test_what_arrives_is_equal(filtered: bool) -> None:
    done = pushed(lines(), FakeLimeSurvey(filtered=filtered))
    assert done.differences == ()
    assert done.survey == 123456
    assert done.compared > 30


@pytest.mark.parametrize("language", ["en", "zh-Hans"])
@pytest.mark.parametrize("form", ["core-40", "long", "retest", "coordinator"])
def test_the_default_instrument_arrives_whole(form: str, language: str) -> None:
    asked = questionnaire(load_instrument(bundled() / "instrument"), form)
    (content,) = EXPORTERS["limesurvey"].write(asked, language).files.values()
    done = push(content, FakeLimeSurvey(filtered=True), silent)
    assert done.differences == ()
    assert done.compared > 3 * len(asked.questions)


def test_a_text_that_was_changed_is_told_with_its_language() -> None:
    class Unescaping(FakeLimeSurvey):
        def _read_sq(self, row: dict[str, str]) -> None:
            super()._read_sq({**row, "text": row["text"].replace("\\", "")})

    done = pushed(replaced("a1", "zh-Hans", text=r"\{name\}"), Unescaping())
    assert done.differences == (Difference("b1[a1]", "zh-Hans", "text", r"\{name\}", "{name}"),)


def test_a_code_that_was_changed_is_told() -> None:
    done = pushed(replaced("gate", name="ga-te"))
    found = {(d.item, d.field): (d.sent, d.held) for d in done.differences}
    assert found["group 1", "questions"] == ("ga-te", "gate")
    assert found["ga-te", "type"] == ("L", "")
    assert found["gate", "type"] == ("", "L")


def test_options_that_were_left_out_are_told() -> None:
    done = pushed(replaced("98", name="1234567"))
    assert Difference("b1", "", "options", "1 1234567", "1") in done.differences
    assert Difference("b1", "en", "option 1234567", "unsure agree", "") in done.differences


def test_a_language_that_was_filled_with_another_is_told() -> None:
    kept = [x for x in lines() if not (x.name == "a2" and x.language == "zh-Hans")]
    done = pushed(kept)
    assert done.differences == (Difference("b1[a2]", "zh-Hans", "text", "", "two agree"),)


def test_a_setting_that_was_changed_is_told() -> None:
    class Dated(FakeLimeSurvey):
        def get_survey_properties(self, survey: int, names: list[str]) -> dict[str, str]:
            return {**super().get_survey_properties(survey, names), "datestamp": "Y"}

    done = pushed(lines(), Dated())
    assert done.differences == (Difference("survey", "", "datestamp", "N", "Y"),)


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        ({"type": "!"}, Difference("gate", "", "type", "L", "!")),
        ({"relevance": "0"}, Difference("gate", "", "relevance", "1", "0")),
        ({"mandatory": "Y"}, Difference("gate", "", "mandatory", "N", "Y")),
    ],
)
def test_what_the_server_holds_otherwise_is_told(
    change: dict[str, str], difference: Difference
) -> None:
    class Changed(FakeLimeSurvey):
        def list_questions(self, *parameters: object) -> object:
            found = super().list_questions(*parameters)  # type: ignore[arg-type]
            return [{**q, **change} if q["title"] == "gate" else q for q in found]

    assert pushed(lines(), Changed()).differences == (difference,)


def test_rows_in_another_order_are_told() -> None:
    class Turned(FakeLimeSurvey):
        def list_questions(self, *parameters: object) -> object:
            found = super().list_questions(*parameters)  # type: ignore[arg-type]
            return [{**q, "question_order": -q["question_order"]} for q in found]

    assert Difference("b1", "", "rows", "a1 a2", "a2 a1") in pushed(lines(), Turned()).differences


def test_a_file_that_limesurvey_takes_for_nothing_is_told() -> None:
    class Empty(FakeLimeSurvey):
        def import_survey(self, *_: str) -> int:
            return 1

    done = pushed(lines(), Empty())
    assert len(done.differences) >= 30
    assert not any(d.held for d in done.differences if d.item != "survey")


def test_a_list_of_codes_from_zero_is_understood() -> None:
    server = FakeLimeSurvey()
    assert pushed(lines(), server).differences == ()
    gate = next(q["qid"] for q in server.questions if q["title"] == "gate")
    found = server.get_question_properties(gate, ["answeroptions"], "en")
    assert isinstance(found["answeroptions"], list)


@pytest.mark.parametrize(
    "method", ["import_survey", "get_survey_properties", "list_questions", "list_groups"]
)
def test_a_refusal_is_an_error(method: str) -> None:
    server = FakeLimeSurvey(refuses={method: "No permission"})
    with pytest.raises(ServerError, match="No permission") as caught:
        pushed(lines(), server)
    assert (caught.value.code, caught.value.exit_code) == ("push.refused", 6)


def test_an_error_of_the_server_is_an_error() -> None:
    def call(method: str, *_: object) -> dict[str, object]:
        return {"result": None, "error": "Error: Failed to import"}

    with pytest.raises(ServerError, match="Failed to import"):
        push(ls.write_lines(lines()), call, silent)


def test_a_survey_without_a_number_is_an_error() -> None:
    def call(method: str, *_: object) -> dict[str, object]:
        return {"result": 0, "error": None}

    with pytest.raises(ServerError, match="answers 0"):
        push(ls.write_lines(lines()), call, silent)


def test_progress_is_told() -> None:
    told: list[str] = []
    push(ls.write_lines(lines()), FakeLimeSurvey(), told.append)
    assert told == ["importing the survey", "reading survey 123456 back"]
