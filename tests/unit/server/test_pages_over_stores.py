"""The pages over the stores of a wave: what is sent is what lies in the envelope."""

from __future__ import annotations

import json
import shutil
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import select, update
from tests.fielded_wave import invite, new_desk
from tests.served_pages import BASE, Respondent

from cosyn.fielding import schema
from cosyn.fielding.database import reading, writing
from cosyn.fielding.desk import Desk
from cosyn.fielding.envelopes import open_envelope
from cosyn.fielding.keys import read_private
from cosyn.fielding.tokens import keyed_hash, new_token
from cosyn.server.app import create_app
from cosyn.server.fielded import Fielded, survey_of
from cosyn.server.types import Limits, Settings
from cosyn.study import create


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    study = create(tmp_path / "study").root
    shutil.copytree(study / "instrument", study / "locks" / "2.0.0" / "instrument")
    return new_desk(study / "fielding" / "1")


def visitor(desk: Desk) -> Respondent:
    limits = Limits(address=0, token=0, strange=0, reserve=0.0)
    app = create_app(survey_of(desk), Fielded(desk), Settings(BASE, limits=limits))
    return Respondent(app, {"accept-language": "zh-CN"})


def test_what_was_sent_lies_in_the_envelope_and_nowhere_else(desk: Desk) -> None:
    token = invite(desk)
    person = visitor(desk).begin(token)
    assert person.complete("1").headers["location"] == "/done"
    with reading(desk.answers) as connection:
        row = connection.execute(select(schema.envelopes)).one()
        assert connection.execute(select(schema.drafts)).all() == []
    private = read_private(desk.folder / "keys" / "answers.key", desk.keys.public)
    found = open_envelope(private, desk.wave, row.id, row.batch, row.sealed)
    assert set(found.answers.values()) == {"1"}
    assert len(found.answers) == 54
    assert (found.language, found.ended, len(found.seen)) == ("zh-Hans", "", 9)


def test_a_used_link_is_as_unknown_and_a_second_press_is_thanked(desk: Desk) -> None:
    token = invite(desk)
    person = visitor(desk).begin(token)
    person.complete()
    person.get(f"/f/{token}")
    assert person.get("/q/").status_code == 404


def test_unknown_used_and_withdrawn_links_get_the_same_bytes_after_the_same_time(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    used, withdrawn = invite(desk), invite(desk)
    visitor(desk).begin(used).complete()
    with writing(desk.roster) as connection:
        name = keyed_hash(desk.keys.roster, withdrawn)
        change = update(schema.invitations).where(schema.invitations.c.hash == name)
        connection.execute(change.values(state="withdrawn"))
    clock, slept = iter(count()), []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    # Every look at the clock is a second later: what is waited for does not rest on this machine.
    monkeypatch.setattr("cosyn.server.gate.time.monotonic", lambda: float(next(clock)))
    monkeypatch.setattr("cosyn.server.gate.asyncio.sleep", sleep)
    limits = Limits(address=0, token=0, strange=0, reserve=100.0)
    app = create_app(survey_of(desk), Fielded(desk), Settings(BASE, limits=limits))
    for place, method in (("/q/", "GET"), ("/q/", "POST"), ("/q/1", "POST"), ("/join", "GET")):
        slept.clear()
        told = set()
        for token in (new_token(), used, withdrawn):
            person = Respondent(app, {"accept-language": "en", "accept-encoding": "identity"})
            assert person.get(f"/f/{token}").status_code == 303
            reply = person.post(place) if method == "POST" else person.get(place)
            told.add((reply.status_code, tuple(sorted(reply.headers.items())), reply.text))
        assert len(told) == 1, place
        assert {found[0] for found in told} == {404}
        assert [wait > 90 for wait in slept] == [True] * 3


def test_a_departments_link_and_its_words(desk: Desk) -> None:
    words = {"M": {"en": "the joint window", "zh-Hans": "联合窗口"}}
    with writing(desk.roster) as connection:
        connection.execute(update(schema.departments).values(row=json.dumps({"words": words})))
    person = visitor(desk)
    person.get(f"/f/{invite(desk, kind='department')}")
    assert person.send("/join", _go="join").headers["location"] == "/link"
    person.begin(person.jar["cosyn"])
    person.send("/q/1", BGAGREE="1")
    assert "联合窗口" in person.get("/q/2").text


def test_a_store_that_is_gone_is_told_with_503(desk: Desk) -> None:
    token = invite(desk)
    person = visitor(desk).begin(token)
    desk.close()
    (desk.folder / "roster.sqlite").rename(desk.folder / "elsewhere.sqlite")
    assert person.get("/q/1").status_code == 503
    assert person.get("/healthz").status_code == 503
