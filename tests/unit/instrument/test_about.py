"""What codebooks know of a form beside what respondents see."""

from __future__ import annotations

import dataclasses

import pytest

from cosyn.instrument.load import load_instrument
from cosyn.instrument.questionnaire import questionnaire
from cosyn.instrument.types import Instrument
from cosyn.study import bundled


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    return load_instrument(bundled() / "instrument")


def test_every_question_is_known(instrument: Instrument) -> None:
    for form in instrument.forms:
        asked = questionnaire(instrument, form.id)
        assert set(asked.about.items) == {q.id for q in asked.questions}
        for question in asked.questions:
            item, about = instrument.item(question.id), asked.about.item(question.id)
            assert about.attributes == item.attributes
            assert (about.reverse, about.status) == (item.reverse, item.status)
            assert about.quasi_identifier == item.quasi_identifier


def test_places_count_from_one_in_each_form(instrument: Instrument) -> None:
    about = {f.id: questionnaire(instrument, f.id).about for f in instrument.forms}
    for form in instrument.forms:
        listed = [q.id for q in questionnaire(instrument, form.id).questions]
        assert [about[form.id].item(name).places[form.id] for name in listed] == list(
            range(1, len(listed) + 1)
        )
    shared = about["core-40"].item("IPG1").places
    assert shared == about["long"].item("IPG1").places
    assert set(shared) == {"core-40", "core-40-five", "long", "retest"}
    assert set(about["coordinator"].forms) == {"coordinator"}


def test_constructs_hold_only_the_facets_that_are_asked(instrument: Instrument) -> None:
    asked = questionnaire(instrument, "retest")
    assert [c.id for c in asked.about.constructs] == ["IP", "IN", "EP", "EN", "CS"]
    for construct in asked.about.constructs:
        for facet in construct.facets:
            assert any(q.facet == facet.id for q in asked.questions)
            assert facet.source


def test_nothing_is_known_of_an_unknown_item(instrument: Instrument) -> None:
    about = questionnaire(instrument).about.item("nobody")
    assert (about.reverse, about.places, about.attributes) == (False, {}, {})


def test_retired_items_stand_in_no_form(instrument: Instrument) -> None:
    retired = dataclasses.replace(instrument.item("IPG1"), status="retired")
    items = tuple(retired if item.id == retired.id else item for item in instrument.items)
    about = questionnaire(dataclasses.replace(instrument, items=items)).about
    assert "IPG1" not in about.items
    assert about.item("IPG2").places["core-40"] == 5
