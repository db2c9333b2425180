"""A clerk keys a sheet twice, and what differs is looked at."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
from tests.fielded_wave import Clock, instrument, invite, new_desk
from tests.served_pages import BASE, Respondent, marks_in, survey

from cosyn.fielding import schema
from cosyn.fielding.database import writing
from cosyn.fielding.desk import Desk, admit
from cosyn.fielding.ending import close
from cosyn.fielding.envelopes import Answered
from cosyn.fielding.paper import issue_keying_link, waiting_sheets, withdraw_keying_links
from cosyn.fielding.released import released
from cosyn.fielding.schedule import Schedule, write_schedule
from cosyn.fielding.settings import Settings as Handing
from cosyn.fielding.urn import draw
from cosyn.fielding.verify import verify
from cosyn.server.app import create_app
from cosyn.server.fielded import Fielded
from cosyn.server.keying import keying_pages
from cosyn.server.types import Limits, Settings

SHEET = {"_department": "D1", "_sheet": "7", "_order": "0", "_printed": "en"}
AFTER = "/key/D1/0/en/7"
FAULT = re.compile(r'<p class="fault" id="e-(\w+)">([^<]*)<')


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return new_desk(tmp_path / "1")


def clerk(desk: Desk, token: str = "", language: str = "en") -> Respondent:
    limits = Limits(address=0, token=0, strange=0, reserve=0.0)
    mode = desk.wave.settings.mode
    shown = survey(instrument=instrument(), form=desk.wave.form, mode=mode)
    app = create_app(shown, Fielded(desk), Settings(BASE, limits=limits), keying_pages(desk))
    person = Respondent(app, {"accept-language": language})
    person.get(f"/f/{token or issue_keying_link(desk)}")
    return person


def goes(person: Respondent, path: str, **fields: str) -> str:
    """Send a form; where it leads."""
    reply = person.send(path, **fields)
    assert reply.status_code == 303, reply.text
    return str(reply.headers["location"])


def handed_in(desk: Desk) -> Answered:
    close(desk)
    _, (answered,), _ = released(desk.folder)
    return answered


def test_a_difference_is_chosen_and_the_very_answers_are_handed_in(desk: Desk) -> None:
    person = clerk(desk)
    assert person.get("/q/").headers["location"] == "/key"
    assert goes(person, "/key", **SHEET) == "/key/7/1"
    assert goes(person, "/key/7/1", BGAGREE="1", BGPART="2") == AFTER
    assert 'href="/key/7/2"' in person.get(AFTER).text
    assert 'value="1" maxlength' not in person.get("/key/7/2").text
    assert goes(person, "/key/7/2", BGAGREE="1") == "/key/7/3"
    assert 'name="BGAGREE"' not in person.get("/key/7/3").text
    assert person.send("/key/7/3").status_code == 422
    assert goes(person, "/key/7/3", BGPART="1") == AFTER
    assert "Sheet 7 is handed in" in person.get(AFTER).text
    assert "Sheet 7 was handed in already" in person.send("/key", **SHEET).text
    answered = handed_in(desk)
    assert (answered.origin, answered.answers) == ("paper", {"BGAGREE": "1", "BGPART": "2"})


def test_what_neither_pass_has_is_typed_in_their_place(desk: Desk) -> None:
    person = clerk(desk)
    goes(person, "/key", **SHEET)
    goes(person, "/key/7/1", BGAGREE="1", BGPART="2", BGROLE="1")
    goes(person, "/key/7/2", BGAGREE="1", BGPART="1")
    wrong = person.send("/key/7/3", BGPART="3", _other_BGPART="8", BGROLE="3")
    assert wrong.status_code == 422
    assert [item for item, _ in FAULT.findall(wrong.text)] == ["BGPART"]
    goes(person, "/key/7/3", BGPART="3", _other_BGPART="３", BGROLE="3", _other_BGROLE="")
    assert handed_in(desk).answers == {"BGAGREE": "1", "BGPART": "3"}


def test_a_form_that_was_sent_twice_is_one_pass(desk: Desk) -> None:
    person = clerk(desk)
    goes(person, "/key", **SHEET)
    form = {**marks_in(person.get("/key/7/1")), "_go": "next", "BGAGREE": "1"}
    assert [person.post("/key/7/1", form).headers["location"] for _ in range(2)] == [AFTER] * 2
    assert [one.passes for one in waiting_sheets(desk)] == [1]


def test_the_second_keyer_is_another_if_the_first_said_who_they_are(desk: Desk) -> None:
    person = clerk(desk)
    goes(person, "/key", **SHEET)
    goes(person, "/key/7/1", BGAGREE="1", _keyer="ab")
    for same in ("AB", " ab ", ""):
        assert "AB keyed the first pass" in person.send("/key/7/2", _keyer=same).text
    assert goes(person, "/key/7/2", _keyer="cd") == "/key/7/3"
    assert "Pass 2 (CD)" in person.get("/key/7/3").text
    goes(person, "/key/7/3", BGAGREE="1")
    assert waiting_sheets(desk) == ()


def test_wrong_codes_are_told_at_their_fields_and_full_width_ones_are_read(desk: Desk) -> None:
    person = clerk(desk)
    goes(person, "/key", **SHEET)
    reply = person.send("/key/7/1", BGAGREE="77", BGPART="２", BGROLE="x")
    assert reply.status_code == 422
    assert [item for item, _ in FAULT.findall(reply.text)] == ["BGAGREE", "BGROLE"]
    assert 'value="２"' in reply.text
    goes(person, "/key/7/1", BGAGREE="１", BGPART="２")
    goes(person, "/key/7/2", BGAGREE="1", BGPART="2")
    assert handed_in(desk).answers == {"BGAGREE": "1", "BGPART": "2"}


def test_a_refusal_may_be_keyed_and_nothing_behind_an_end_is_stored(desk: Desk) -> None:
    formats = {f.id: f for f in instrument().response_formats}
    refused = next(
        (item.id, str(m.code))
        for item in instrument().items_of(instrument().default_form)
        for m in formats[item.response_format].missing
        if not m.offered
    )
    person = clerk(desk)
    goes(person, "/key", **SHEET)
    ended = {"BGAGREE": "2", refused[0]: refused[1]}
    goes(person, "/key/7/1", **ended)
    goes(person, "/key/7/2", BGAGREE="2")  # no difference: it stands behind the end
    answered = handed_in(desk)
    assert (answered.answers, answered.ended) == ({"BGAGREE": "2"}, "BGAGREE")


def test_enter_ends_nothing_and_a_sheet_is_discarded_when_asked_twice(desk: Desk) -> None:
    person = clerk(desk)
    goes(person, "/key", **SHEET)
    checked = person.send("/key/7/1", BGAGREE="1", _go="check")
    assert (checked.status_code, waiting_sheets(desk)[0].passes) == (200, 0)
    assert 'id="n-BGAGREE" name="BGAGREE" value="1"' in checked.text
    assert 'value="discard"' in person.send("/key/7/1", _go="anew").text
    assert 'value="discard"' not in person.send("/key/7/1", _go="keep").text
    assert goes(person, "/key/7/1", _go="discard") == "/key"
    assert waiting_sheets(desk) == ()
    assert goes(person, "/key", **{**SHEET, "_department": "D2"}) == "/key/7/1"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"_sheet": ""}, "up to 20 letters"),
        ({"_sheet": "a b"}, "up to 20 letters"),
        ({"_order": "999"}, "from 0 to"),
        ({"_department": "D9"}, "choose the department"),
        ({"_printed": "xx"}, "choose the department"),
    ],
)
def test_particulars_that_cannot_be_are_told(
    desk: Desk, changed: dict[str, str], said: str
) -> None:
    reply = clerk(desk).send("/key", **{**SHEET, **changed})
    assert reply.status_code == 422
    assert said in reply.text


def test_a_sheet_of_another_link_or_with_other_particulars_is_not_opened(desk: Desk) -> None:
    first, second = clerk(desk), clerk(desk)
    goes(first, "/key", **SHEET)
    assert "with another department" in first.send("/key", **{**SHEET, "_order": "1"}).text
    assert "with another keying link" in second.send("/key", **SHEET).text
    assert second.get("/key/7/1").headers["location"] == "/key"
    assert goes(first, "/key", **SHEET) == "/key/7/1"


def test_addresses_that_name_no_sheet_lead_back_to_the_list(desk: Desk) -> None:
    person = clerk(desk)
    for place in ("/key/99/1", "/key/a%00b/1", "/key/%3Cb%3E/7", "/key/D1/0/en/%3Cb%3E"):
        assert person.get(place).headers["location"] == "/key", place
    shown = person.get("/key/%3Cb%3E/77/%22x/5")
    assert shown.status_code == 200
    assert "<b>" not in shown.text.partition("<form")[2]


def test_a_form_without_its_marks_and_a_withdrawn_link_are_refused(desk: Desk) -> None:
    person = clerk(desk)
    assert person.post("/key", SHEET).status_code == 403
    withdraw_keying_links(desk)
    assert person.get("/key").status_code == 404
    assert clerk(desk, invite(desk)).get("/key").status_code == 404


@pytest.mark.parametrize(
    ("language", "over"), [("en", "Keying has ended"), ("zh-Hans", "录入已结束")]
)
def test_paper_is_keyed_after_the_pages_close_until_its_own_end(
    tmp_path: Path, language: str, over: str
) -> None:
    clock = Clock()
    desk = new_desk(tmp_path / "1", clock=clock)
    person = clerk(desk, language=language)
    hours = Schedule(closes="2026-11-01T18:00+00:00", keying="2026-11-09T18:00+00:00")
    write_schedule(desk.folder, hours)
    assert person.get("/q/").headers["location"] == "/key"
    assert goes(person, "/key", **SHEET) == "/key/7/1"
    write_schedule(desk.folder, replace(hours, paused=True))
    assert person.get("/key/7/1").status_code == 403
    write_schedule(desk.folder, hours)
    clock.later(days=8)
    assert over in person.get("/key/7/1").text
    write_schedule(desk.folder, replace(hours, keying=""))
    assert person.get("/key/7/1").status_code == 200
    close(desk)
    assert over in person.get("/key/7/1").text


def test_where_people_are_known_a_sheet_bears_its_person_who_then_cannot_answer_again(
    tmp_path: Path,
) -> None:
    desk = new_desk(tmp_path / "1", settings=Handing(mode="identified"))
    link, person = invite(desk, person="P1"), clerk(desk)
    invite(desk, "D2", person="P2")
    assert "Not anonymous: each sheet" in person.get("/key").text
    for unknown in ("", "P2", "P9"):
        assert "nobody with this code" in person.send("/key", **SHEET, _person=unknown).text
    goes(person, "/key", **SHEET, _person="P1")
    goes(person, "/key/7/1", BGAGREE="1")
    goes(person, "/key/7/2", BGAGREE="1")
    found = admit(desk, link)
    assert found is not None
    assert found.answered
    assert "handed in already" in person.send("/key", **{**SHEET, "_sheet": "8"}, _person="P1").text
    assert draw(desk).marked == 1
    told = {check.name: check for check in verify(desk)}["tallies"]
    assert (told.ok, told.told) == (True, "1 envelopes: 0 from links, 1 on paper")
    assert handed_in(desk).person == "P1"


def test_departments_bear_their_names(desk: Desk) -> None:
    row = '{"names": {"en": "Office <of> Letters", "zh-Hans": "文书处"}}'
    with writing(desk.roster) as connection:
        connection.execute(schema.departments.update().values(row=row))
    assert "D1 · Office &lt;of&gt; Letters" in clerk(desk).get("/key").text
    assert "D1 · 文书处" in clerk(desk, language="zh-Hans").get("/key").text
