"""SurveyJS's own library takes our forms, shows every text as it was sent, and ends where it should."""

from __future__ import annotations

from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from tests.property.questionnaires import HOSTILE
from tests.referees import survey_core
from tests.referees.tools import ask, needs
from tests.unit.exporters.small import asked, item, matrix, page, single

from cosyn.exporters import EXPORTERS
from cosyn.instrument.load import load_instrument
from cosyn.instrument.questionnaire import Questionnaire, questionnaire
from cosyn.study import bundled

pytestmark = needs(*survey_core.NEEDED)

LOCALES = {"en": "en", "zh-cn": "zh-Hans"}
# What the library would put an answer or a property in place of.
NAMED = ("{A1}", "{b2}", "{b2.R0}", "{version}", "{half}", "{$survey.locale}", "{#R1}", "{locale}", "{pageno}")  # fmt: skip
TEXTS = (*HOSTILE, *NAMED, "{A1", "A1}", "{ A1 }", "{\u2060A1}")
# The second of these is meant: two questions of which one is shown store one answer.
MEANT = ("The locale of the survey", "store their answer under the data key")


def hostile() -> Questionnaire:
    """Return a questionnaire of which every text, in both languages, is one that might be evaluated."""
    rows = [
        item(f"R{place}", text={"en": text, "zh-Hans": text[::-1]})
        for place, text in enumerate(TEXTS)
    ]
    first = page("first", single("b1", item("A1", text={"en": "{A1}", "zh-Hans": "{R1}"})))
    second = page("second", matrix("b2", *rows))
    named = [
        replace(
            p,
            title={"en": f"{{{p.id}}}", "zh-Hans": "{A1}"},
            instruction={"en": "{A1}", "zh-Hans": "<b>{A1}"},
        )
        for p in (first, second)
    ]
    both = {"en": "{A1} <i>&amp;", "zh-Hans": "{b2} &lt;"}
    return asked(*named, title=both, introduction=both, closing=both, consent=both)


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[Questionnaire, Path]]:
    folder = tmp_path_factory.mktemp("forms")
    instrument = load_instrument(bundled() / "instrument")
    made = {form.id: questionnaire(instrument, form.id) for form in instrument.forms}
    made["hostile"] = hostile()
    found = {}
    for name, one in made.items():
        language = "zh-Hans" if name == "long" else "en"
        ((file, content),) = EXPORTERS["surveyjs"].write(one, language).files.items()
        (folder / f"{name}-{file}").write_bytes(content)
        found[name] = one, folder / f"{name}-{file}"
    return found


def run(file: Path, half: int | None = None, *answers: dict[str, Any]) -> dict[str, Any]:
    wanted = {"file": str(file), "locales": list(LOCALES), "half": half, "answers": answers}
    (found,) = ask("surveyjs_form.mjs", {"runs": [wanted]})
    assert isinstance(found, dict)
    return found


def test_the_library_finds_no_fault(forms: dict[str, tuple[Questionnaire, Path]]) -> None:
    """Braces of hostile texts name nothing, which its linter remarks upon."""
    verdicts = survey_core.judge([file for _, file in forms.values()])
    for name, verdict in zip(forms, verdicts, strict=True):
        assert verdict["errors"] == verdict["expressions"] == []
        meant = (*MEANT, "is not found") if name == "hostile" else MEANT
        said = [finding["message"] for finding in verdict["findings"]]
        assert [message for message in said if not any(m in message for m in meant)] == []
        assert set(verdict["locales"]) == set(LOCALES)


@pytest.mark.parametrize("name", ["core-40", "core-40-five", "long", "retest", "coordinator", "hostile"])  # fmt: skip
def test_each_text_is_shown_as_it_was_sent(
    name: str, forms: dict[str, tuple[Questionnaire, Path]]
) -> None:
    """With answers given, so that a text that named one would show it."""
    sent, file = forms[name]
    found = run(file, None, {"A1": 2, "b2": {"R0": 1}})
    for locale, language in LOCALES.items():
        said = found["said"][locale]
        assert bare(said["title"]) == sent.title[language]
        shown = {page[0]: page[1:] for page in said["pages"]}
        for p in sent.pages:
            texts = [p.title[language], p.instruction[language]]
            assert [bare(text) for text in shown[f"page_{p.id}"]] == texts
            for block in p.blocks:
                for q in block.questions:
                    check(q, block, said["questions"], language)
        told = said["questions"]["text_introduction"]["html"]
        assert plain(told) == sent.introduction[language]
    assert plain(found["completed"]) == sent.closing["en"]


def check(question: Any, block: Any, questions: dict[str, Any], language: str) -> None:
    labels = {str(code): label[language] for code, label in question.offered}
    if block.display == "matrix":
        held = questions[block.id]
        assert bare(held["rows"][question.id]) == question.text[language]
        assert {code: bare(text) for code, text in held["columns"].items()} == labels
    else:
        held = questions[question.id]
        assert bare(held["title"]) == question.text[language]
        assert {code: bare(text) for code, text in held["choices"].items()} == labels


def bare(text: str) -> str:
    """Return a text as a reader sees it: what keeps a brace from being a variable has no width."""
    return text.replace("{\u2060", "{")


def plain(html: str) -> str:
    return unescape(html.removeprefix("<p>").removesuffix("</p>").replace("<br>", "\n"))


def test_an_answer_ends_the_questionnaire(forms: dict[str, tuple[Questionnaire, Path]]) -> None:
    sent, file = forms["core-40"]
    found = run(file, None, {"BGAGREE": 1, "BGPART": 2}, {"BGPART": 4}, {"BGAGREE": 2})
    _, going_on, without_part, refused = found["states"]
    assert len(going_on["pages"]) > 5
    assert without_part["pages"] == ["text_page", "page_consent", "page_matter"]
    assert without_part["questions"][-1] == "BGPART"
    assert refused["pages"] == ["text_page", "page_consent"]
    assert plain(found["completed"]) == sent.screened_out["en"]
    assert "BGPART" not in found["data"]
    again = run(file, None, {"BGAGREE": 1, "BGPART": 4}, {"BGPART": 1})
    assert len(again["states"][-1]["pages"]) > 5
    assert plain(again["completed"]) == sent.closing["en"]


@pytest.mark.parametrize("half", [1, 2])
def test_each_half_sees_its_order_and_keeps_its_answers(
    half: int, forms: dict[str, tuple[Questionnaire, Path]]
) -> None:
    sent, file = forms["core-40"]
    assert sent.halves is not None
    moved = [p for p in sent.pages if p.id in sent.halves[1]]
    block = moved[0].blocks[0]
    given = {block.id: {block.questions[0].id: 5}}
    found = run(file, half, {"BGAGREE": 1, "BGPART": 1, **given})
    shown = [page.partition("_")[2] for page in found["states"][-1]["pages"][1:]]
    order = [p.id for p in sent.pages]
    first, second = sent.halves
    if half == 2:
        turned = iter([*second, *first])
        order = [next(turned) if p in {*first, *second} else p for p in order]
    assert shown == order
    assert found["data"]["half"] == half
    assert found["data"][block.id] == given[block.id]


def test_what_is_stored_beside_the_answers(forms: dict[str, tuple[Questionnaire, Path]]) -> None:
    """Digits stay texts: a digest like 00e1… is no number."""
    sent, file = forms["hostile"]
    data = run(file)["data"]
    assert data == {
        "instrument": "study",
        "version": "1.2.3",
        "digest": sent.digest,
        "form": "short",
        "order": "0",
        "language": "en",
    }


def test_rows_are_shuffled_and_a_check_keeps_its_place(tmp_path: Path) -> None:
    check = item("AT", scale=False)
    rows = [item("R1"), check, *(item(f"R{n}") for n in range(2, 9))]
    made = asked(page("p", matrix("b1", *rows), shuffle=True))
    ((name, content),) = EXPORTERS["surveyjs"].write(made, "en").files.items()
    (tmp_path / name).write_bytes(content)
    one = {"file": str(tmp_path / name), "locales": ["en"], "half": None, "answers": []}
    orders = [found["rows"]["b1"] for found in ask("surveyjs_form.mjs", {"runs": [one] * 12})]
    assert {order[1] for order in orders} == {"AT"}
    assert all(sorted(order) == sorted(q.id for q in rows) for order in orders)
    assert len({tuple(order) for order in orders}) > 1
