"""Whatever order POSTs come in, twice, late or from two tabs: each has one effect in the stores."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from tests.fielded_wave import instrument, invite, new_desk
from tests.loaded_wave import codes as codes_on_offer
from tests.served_pages import BASE, QUESTION, Respondent, marks_in

from cosyn.fielding import schema
from cosyn.fielding.database import reading
from cosyn.fielding.desk import Desk, _draft_name, _sheet
from cosyn.fielding.envelopes import open_envelope
from cosyn.fielding.keys import PRIVATE, read_private
from cosyn.server.app import create_app
from cosyn.server.fielded import Fielded, survey_of
from cosyn.server.types import Limits, Settings
from cosyn.study import create

Post = tuple[int, int, tuple[int, ...]]
# Tab; place among its autosaves, 0 to send the page; answers to the first questions.
POSTS: st.SearchStrategy[Post] = st.tuples(
    st.integers(0, 1),
    st.integers(0, 2),
    st.lists(st.integers(0, 1), min_size=1, max_size=3).map(tuple),
)
SCHEDULES = st.lists(POSTS, min_size=1, max_size=4).flatmap(
    lambda sent: st.lists(st.sampled_from(sent), min_size=len(sent), max_size=2 * len(sent))
)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    study = create(tmp_path_factory.mktemp("wave") / "study").root
    locked = study / "locks" / instrument().version / "instrument"
    shutil.copytree(study / "instrument", locked)
    opened = new_desk(study / "fielding" / "1")
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def app(desk: Desk) -> object:
    limits = Limits(address=0, token=0, strange=0, reserve=0.0)
    return create_app(survey_of(desk), Fielded(desk), Settings(BASE, limits=limits))


@dataclass
class Model:
    """What the posts come to: last write wins for each item, late autosaves are nothing."""

    answers: dict[str, str]
    history: list[tuple[str, str]] = field(default_factory=list)
    saved: dict[int, int] = field(default_factory=dict)
    finished: dict[int, list[dict[str, str]]] = field(default_factory=dict)

    def post(self, tab: int, place: int, sent: dict[str, str]) -> None:
        done = self.finished.setdefault(tab, [])
        if place and (done or place <= self.saved.get(tab, 0)):
            return
        if not place and sent in done:
            return
        if place:
            self.saved[tab] = place
        else:
            done.append(sent)
        self.history += [
            (item, self.answers[item])
            for item, value in sent.items()
            if self.answers.get(item, value) != value
        ]
        self.answers |= sent


def sealed_ids(desk: Desk) -> dict[str, bytes]:
    with reading(desk.answers) as connection:
        rows = connection.execute(select(schema.envelopes.c.id, schema.envelopes.c.sealed))
        return {row.id: row.sealed for row in rows}


@settings(max_examples=12)
@given(SCHEDULES)
def test_each_post_has_one_effect_and_none_after_handing_in(
    desk: Desk, app: object, schedule: list[Post]
) -> None:
    token = invite(desk)
    person = Respondent(app).begin(token)
    person.send("/q/1", BGAGREE="1")
    tabs = [person.get("/q/2"), person.get("/q/2")]
    items = list(dict.fromkeys(QUESTION.findall(tabs[0].text)))
    offered = codes_on_offer()
    model = Model({"BGAGREE": "1"})

    def answers(which: tuple[int, ...]) -> dict[str, str]:
        return {item: offered[item][at] for item, at in zip(items, which, strict=False)}

    def post(tab: int, place: int, codes: tuple[int, ...]) -> int:
        sent = answers(codes)
        control = {"_save": str(place)} if place else {"_go": "next"}
        return person.post("/q/2", {**marks_in(tabs[tab]), **sent, **control}).status_code

    for tab, place, codes in schedule:
        assert post(tab, place, codes) == (204 if place else 303)
        model.post(tab, place, answers(codes))
        with reading(desk.answers) as connection:
            sheet = _sheet(desk, connection, token, _draft_name(desk, token))
        assert sheet is not None
        assert sheet.draft.answers == model.answers
        assert list(sheet.history) == model.history
        assert sheet.draft.seen.count(sheet.draft.seen[-1]) == 1

    before = sealed_ids(desk)
    while (at := person.get("/q/").headers["location"]) != "/q/review":
        person.send(at)
    assert person.send("/q/review").headers["location"] == "/done"
    after = sealed_ids(desk)
    (new,) = set(after) - set(before)
    private = read_private(desk.folder / "keys" / PRIVATE, desk.keys.public)
    told = open_envelope(private, desk.wave, new, 0, after[new])
    assert told.answers == model.answers
    person.get(f"/f/{token}")
    for tab, place, codes in schedule:
        assert post(tab, place, codes) == 404
    assert sealed_ids(desk) == after
    with reading(desk.answers) as connection:
        assert _sheet(desk, connection, token, _draft_name(desk, token)) is None
