"""SurveyJS's library tells the codes and labels of a form in each language, and its faults."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import pytest
from tests.referees import survey_core
from tests.referees.tools import needs

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = needs(*survey_core.NEEDED)

Form = dict[str, Any]


def both(english: str, chinese: str) -> dict[str, str]:
    return {"default": english, "zh-cn": chinese}


MATRIX: Form = {
    "type": "matrix",
    "name": "block",
    "title": both("How far?", "程度如何？"),
    "rowOrder": "random",
    "columns": [{"value": 1, "text": both("No", "否")}, {"value": 2, "text": both("Yes", "是")}],
    "rows": [{"value": f"R{i}", "text": both(f"Row {i}", f"第{i}行")} for i in range(1, 9)],
}
RADIO: Form = {
    "type": "radiogroup",
    "name": "single",
    "title": both("Which?", "哪个？"),
    "visibleIf": "{block.R1} = 1",
    "choices": [{"value": 98, "text": both("Don't know", "不了解")}],
}
GOOD: Form = {"pages": [{"name": "p", "elements": [MATRIX, {"type": "panel", "name": "inner", "elements": [RADIO]}]}]}  # fmt: skip


def changed(question: int, **values: object) -> Form:
    """Return the good form with other values in its matrix (0) or in a second question (1)."""
    form = deepcopy(GOOD)
    form["pages"][0]["elements"][question].update(values)
    return form


FAULTY = {
    "unknown property": changed(0, colour="red"),
    "name twice": changed(1, name="block", elements=[], type="text"),
    "broken expression": changed(0, visibleIf="{single} = 98 and"),
    "untranslated row": changed(0, rows=[{"value": "R1", "text": "Row 1"}]),
}


@pytest.fixture(scope="module")
def verdicts(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Any]]:
    folder = tmp_path_factory.mktemp("forms")

    def written(name: str, form: Form) -> Path:
        file = folder / f"{name}.json"
        file.write_text(json.dumps(form), encoding="utf-8")
        return file

    forms = {"good": GOOD, **FAULTY}
    found = survey_core.judge([written(name, form) for name, form in forms.items()])
    return dict(zip(forms, found, strict=True))


def faults(verdict: dict[str, Any]) -> str:
    found = [*verdict["errors"], *verdict["expressions"]]
    return "\n".join(found + [finding["message"] for finding in verdict["findings"]])


def test_codes_and_labels_come_back_in_each_language_and_in_order(
    verdicts: dict[str, dict[str, Any]],
) -> None:
    assert faults(verdicts["good"]) == ""
    english, chinese = (verdicts["good"]["locales"][tag] for tag in ("en", "zh-cn"))
    assert [question["name"] for question in english] == ["block", "single"]
    assert english[0]["rows"] == [[f"R{i}", f"Row {i}"] for i in range(1, 9)]
    assert chinese[0]["columns"] == [[1, "否"], [2, "是"]]
    assert chinese[1]["choices"] == [[98, "不了解"]]
    assert chinese[0]["title"] == "程度如何？"
    assert english[0]["rowOrder"] == "random"


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        ("unknown property", "Unknown property in class 'matrix': 'colour'."),
        ("name twice", 'The name "block" is duplicated.'),
        ("broken expression", "block.visibleIf"),
    ],
)
def test_a_faulty_form_is_refused(
    fault: str, said: str, verdicts: dict[str, dict[str, Any]]
) -> None:
    assert said in faults(verdicts[fault])


def test_a_missing_translation_is_none_not_the_other_language(
    verdicts: dict[str, dict[str, Any]],
) -> None:
    assert verdicts["untranslated row"]["locales"]["zh-cn"][0]["rows"] == [["R1", None]]
