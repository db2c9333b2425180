"""A clerk keys a sheet twice, and what differs is looked at."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.fielded_wave import instrument, new_desk
from tests.served_pages import BASE, Respondent, survey

from cosyn.fielding.desk import Desk
from cosyn.fielding.ending import close
from cosyn.fielding.paper import issue_keying_link, withdraw_keying_links
from cosyn.fielding.released import released
from cosyn.server.app import create_app
from cosyn.server.fielded import Fielded
from cosyn.server.keying import keying_pages
from cosyn.server.types import Limits, Settings

SHEET = {"_department": "D1", "_sheet": "7", "_order": "0", "_printed": "en"}


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return new_desk(tmp_path / "1")


def clerk(desk: Desk) -> Respondent:
    limits = Limits(address=0, token=0, strange=0, reserve=0.0)
    shown = survey(instrument=instrument(), form=desk.wave.form)
    app = create_app(shown, Fielded(desk), Settings(BASE, limits=limits), keying_pages(desk))
    person = Respondent(app, {"accept-language": "en"})
    person.get(f"/f/{issue_keying_link(desk)}")
    assert person.get("/q/").headers["location"] == "/key"
    return person


def test_a_difference_is_chosen_and_the_very_answers_are_handed_in(desk: Desk) -> None:
    person = clerk(desk)
    assert person.send("/key", **SHEET).headers["location"] == "/key/7/1"
    assert person.send("/key/7/1", BGAGREE="1").headers["location"] == "/key/7/2"
    assert 'value="1" maxlength' not in person.get("/key/7/2").text
    assert person.send("/key/7/2").headers["location"] == "/key/7/3"
    assert person.send("/key/7/3").status_code == 422
    assert person.send("/key/7/3", BGAGREE="1").headers["location"] == "/key"
    assert person.send("/key", **SHEET).status_code == 422
    close(desk)
    _, (answered,), _ = released(desk.folder)
    assert (answered.origin, answered.answers) == ("paper", {"BGAGREE": "1"})


def test_a_wrong_code_is_told_at_its_field(desk: Desk) -> None:
    person = clerk(desk)
    person.send("/key", **SHEET)
    reply = person.send("/key/7/1", BGAGREE="77")
    assert reply.status_code == 422
    assert 'id="e-BGAGREE"' in reply.text


def test_a_form_without_its_marks_and_a_withdrawn_link_are_refused(desk: Desk) -> None:
    person = clerk(desk)
    assert person.post("/key", SHEET).status_code == 403
    withdraw_keying_links(desk)
    assert person.get("/key").status_code == 404
