"""A form of the instrument, with its placeholders filled."""

from __future__ import annotations

from dataclasses import replace

import pytest

from cosyn.errors import InstrumentError
from cosyn.instrument.check import summarise
from cosyn.instrument.load import load_instrument
from cosyn.instrument.questionnaire import questionnaire
from cosyn.instrument.types import Instrument
from cosyn.study import bundled


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    return load_instrument(bundled() / "instrument")


def test_the_default_form_is_the_short_one(instrument: Instrument) -> None:
    short, long = questionnaire(instrument), questionnaire(instrument, "long")
    assert len(short.questions) == 54
    assert len(long.questions) == 87
    assert len(instrument.scale_items_of("core-40")) == 40 + 3  # and the marker
    assert {q.id for q in short.questions} < {q.id for q in long.questions}
    assert short.digest == instrument.digest


def test_placeholders_are_filled_in_every_language(instrument: Instrument) -> None:
    for question in questionnaire(instrument, "long").questions:
        for text in question.text.values():
            assert "{" not in text
            assert text[0] == text[0].upper()


def test_names_replace_the_default_words(instrument: Instrument) -> None:
    names = {"M": {"en": "the one-stop permit", "zh-Hans": "一件事审批"}}
    question = questionnaire(instrument, names=names).questions[1]
    assert "the one-stop permit" in question.text["en"]
    assert "一件事审批" in question.text["zh-Hans"]


def test_an_unknown_form_is_refused(instrument: Instrument) -> None:
    with pytest.raises(InstrumentError, match="core-40, core-40-five, long"):
        questionnaire(instrument, "core")


def test_the_summary_counts(instrument: Instrument) -> None:
    summary = summarise(instrument)
    assert (summary.constructs, summary.facets, summary.items) == (14, 32, 100)
    assert summary.questions_by_form["coordinator"] == 13
    assert summary.scale_items_by_form["coordinator"] == 0
    assert 7 < summary.minutes_by_form["core-40"]["en"] < 9  # the design says 6 to 8


def test_placeholders_in_labels_are_filled_and_nothing_else_is_touched(
    instrument: Instrument,
) -> None:
    label = {"en": "as often as {P}", "zh-Hans": "与{P}一样"}
    first = instrument.response_formats[0]
    options = (replace(first.options[0], label=label), *first.options[1:])
    changed = replace(
        instrument,
        response_formats=(replace(first, options=options), *instrument.response_formats[1:]),
    )
    question = next(q for q in questionnaire(changed).questions if q.response_format.id == first.id)
    assert question.response_format.options[0].label == {
        "en": "as often as the partner department",
        "zh-Hans": "与合作部门一样",
    }
