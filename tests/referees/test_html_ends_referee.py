"""The exported page in a real browser, where answers end the questionnaire or cannot be right."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from tests.referees import browser
from tests.referees.tools import needs

from cosyn.exporters import EXPORTERS
from cosyn.instrument.load import load_instrument
from cosyn.instrument.questionnaire import Questionnaire, questionnaire
from cosyn.study import bundled

pytestmark = needs(*browser.NEEDED)
LANGUAGE = "zh-Hans"
MOST_CONTROLS = 15  # of the page's own, once the rest has ended


def asked(form: str) -> Questionnaire:
    return questionnaire(load_instrument(bundled() / "instrument"), form)


def answered(
    form: Questionnaire, chosen: dict[str, str], folder: Path
) -> tuple[dict[str, str], dict[str, object]]:
    """Answer some questions and save: what the saved row holds, and the page as it is then."""
    ((name, content),) = EXPORTERS["html"].write(form, LANGUAGE).files.items()
    (folder / name).write_bytes(content)
    saved = folder / "saved"
    saved.mkdir()
    acts = browser.answer(chosen, save="#save"), browser.audit([320])
    (found,) = browser.browse([browser.visit(folder / name, *acts, downloads=saved)])
    assert found["acts"][0]["unreached"] == []
    assert found["console"] == []
    (file,) = saved.iterdir()
    (row,) = csv.DictReader(file.read_text(encoding="utf-8-sig").splitlines())
    (view,) = found["acts"][1]["views"]
    return row, view


def test_an_answer_that_ends_the_questionnaire_hides_the_rest(tmp_path: Path) -> None:
    form = asked("core-40")
    first = next(q for q in form.questions if q.screen_out)
    chosen = {first.id: str(first.screen_out[0])}
    row, view = answered(form, chosen, tmp_path)
    given = {q.id: row[q.id] for q in form.questions if row[q.id]}
    assert given == chosen
    targets = view["targets"]
    assert isinstance(targets, int)
    assert len(first.response_format.options) < targets < MOST_CONTROLS
    assert (view["overflow"], view["small"]) == (0, [])
    assert (view["violations"], view["practice"]) == ([], [])


@pytest.mark.parametrize("typed", ["12345", "a few"])
def test_a_number_that_cannot_be_right_is_saved_as_it_was_typed(typed: str, tmp_path: Path) -> None:
    """The page marks it; the importer names the cell."""
    form = asked("coordinator")
    chosen = {q.id: typed for q in form.questions if q.response_format.kind == "numeric"}
    assert len(chosen) > 1
    row, view = answered(form, chosen, tmp_path)
    assert {name: row[name] for name in chosen} == chosen
    assert (view["violations"], view["practice"]) == ([], [])
