"""From consent to handing in, as a browser without scripts meets it."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from tests.served_pages import INSTRUMENT, QUESTION, FakeDesk, marks_in, respondent

from cosyn.server.types import Opening


def heading(text: str) -> str:
    found = re.search(r"<h1[^>]*>(.*?)</h1>", text, re.DOTALL)
    assert found is not None
    return found[1]


def test_a_respondent_answers_every_page_and_hands_in() -> None:
    desk = FakeDesk(orders=24)
    person = respondent(desk).begin(desk.token())
    reply = person.complete()
    assert reply.headers["location"] == "/done"
    (draft,) = desk.handed
    questions = {q for q, answer in draft.answers.items() if answer == "1"}
    assert len(questions) == 54
    assert len(draft.seen) == 9
    assert INSTRUMENT.closing["en"] in person.get("/done").text
    assert "cosyn" not in person.jar


def test_the_link_alone_opens_what_was_answered() -> None:
    desk = FakeDesk()
    token = desk.token()
    respondent(desk).begin(token).send("/q/1", BGAGREE="1")
    elsewhere = respondent(desk)
    elsewhere.get(f"/f/{token}")
    assert elsewhere.get("/q/").headers["location"] == "/q/2"
    assert 'value="1" checked' in elsewhere.get("/q/1").text


def test_nobody_has_begun_before_they_agree() -> None:
    desk = FakeDesk()
    token = desk.token()
    person = respondent(desk)
    person.get(f"/f/{token}")
    assert "What is stored" in person.get("/q/").text
    assert person.get("/q/1").headers["location"] == "/q/"
    found = desk.admit(token)
    assert found is not None
    assert desk.draft_of(found) is None


def test_the_language_switches_on_a_page_and_keeps_what_was_chosen() -> None:
    desk = FakeDesk()
    person = respondent(desk).begin(desk.token())
    reply = person.send("/q/1", BGAGREE="1", _language="zh-Hans")
    assert (reply.status_code, reply.headers["location"]) == (303, "/q/1")
    text = person.get("/q/1").text
    assert '<html lang="zh-Hans">' in text
    assert 'value="1" checked' in text
    assert person.send("/q/1", _language="xx").headers["location"] == "/q/2"


def test_a_wrong_number_is_told_at_its_field_and_kept() -> None:
    desk = FakeDesk()
    person = respondent(desk, form="coordinator").begin(desk.token())
    person.send("/q/1")
    field = re.findall(r'id="n-(\w+)"', person.get("/q/2").text)[0]
    reply = person.send("/q/2", **{field: "one < two"})
    assert reply.status_code == 422
    assert 'aria-invalid="true"' in reply.text
    assert 'value="one &lt; two"' in reply.text
    assert f'href="#q-{field}"' in reply.text
    again = person.post("/q/2", {**marks_in(reply), "_go": "next", field: "１"})
    assert (again.status_code, again.headers["location"]) == (303, "/q/review")
    assert desk.changes[-1].answers[field] == "1"


def test_what_is_right_beside_a_wrong_number_is_stored_and_the_page_stays() -> None:
    desk = FakeDesk()
    person = respondent(desk, form="coordinator").begin(desk.token())
    person.send("/q/1")
    first, second, *_ = re.findall(r'id="n-(\w+)"', person.get("/q/2").text)
    person.send("/q/2", **{first: "3", second: "-1e400"})
    assert desk.changes[-1].answers == {first: "3"}
    assert desk.changes[-1].page is None


def test_a_code_that_is_not_on_offer_is_told_at_its_question() -> None:
    desk = FakeDesk()
    person = respondent(desk).begin(desk.token())
    reply = person.send("/q/1", BGAGREE="7")
    assert reply.status_code == 422
    assert "not among those on offer" in reply.text
    assert "checked" not in reply.text


def test_an_answer_for_another_page_is_refused_and_nothing_is_stored() -> None:
    desk = FakeDesk()
    person = respondent(desk).begin(desk.token())
    before = len(desk.changes)
    reply = person.send("/q/1", BGAGREE="1", IPG1="3")
    assert reply.status_code == 422
    assert "(IPG1)" in reply.text
    assert len(desk.changes) == before


def test_no_page_can_be_reached_before_those_in_front_of_it() -> None:
    desk = FakeDesk()
    person = respondent(desk).begin(desk.token())
    for place in ("/q/5", "/q/review", "/q/end"):
        assert person.get(place).headers["location"] == "/q/1"
    assert person.get("/q/99").status_code == 404
    assert person.get("/q/0").status_code == 404


def test_the_overview_names_what_was_left_out_and_leads_there_and_back() -> None:
    desk = FakeDesk()
    person = respondent(desk).begin(desk.token())
    person.send("/q/1", BGAGREE="1")
    for number in range(2, 10):
        reply = person.send(f"/q/{number}")
    assert reply.headers["location"] == "/q/review"
    text = person.get("/q/review").text
    assert "53 of 54 questions" in text
    assert 'href="/q/3#q-IPG1"' in text
    assert person.send("/q/3", IPG1="3", _go="review").headers["location"] == "/q/review"
    assert "52 of 54 questions" in person.get("/q/review").text


def test_back_keeps_the_answers() -> None:
    desk = FakeDesk()
    person = respondent(desk).begin(desk.token())
    person.send("/q/1", BGAGREE="1")
    assert person.send("/q/2", BGPART="2", _go="back").headers["location"] == "/q/1"
    assert 'name="BGPART" value="2" checked' in person.get("/q/2").text


def test_an_answer_can_be_taken_back() -> None:
    desk = FakeDesk()
    person = respondent(desk).begin(desk.token())
    person.send("/q/1", BGAGREE="1")
    reply = person.send("/q/1", BGAGREE="1", _clear="BGAGREE")
    assert reply.headers["location"] == "/q/1#q-BGAGREE"
    assert "checked" not in person.get("/q/1").text
    assert person.send("/q/1", _clear="x\r\nSet-Cookie: a=b").headers["location"] == "/q/2"


def test_an_answer_that_screens_out_can_be_changed_before_it_counts() -> None:
    desk = FakeDesk()
    person = respondent(desk).begin(desk.token())
    assert person.send("/q/1", BGAGREE="2").headers["location"] == "/q/end"
    assert person.get("/q/").headers["location"] == "/q/end"
    assert 'href="/q/1#q-BGAGREE"' in person.get("/q/end").text
    assert person.send("/q/1", BGAGREE="1").headers["location"] == "/q/2"
    assert person.send("/q/1", BGAGREE="2").headers["location"] == "/q/end"
    assert person.send("/q/end").headers["location"] == "/ended"
    assert desk.handed[0].ended == "BGAGREE"
    assert INSTRUMENT.screened_out["en"] in person.get("/ended").text


def test_handing_in_twice_is_thanked_twice_and_counts_once() -> None:
    desk = FakeDesk()
    person = respondent(desk).begin(desk.token())
    for number in range(1, 10):
        person.send(f"/q/{number}")
    marks, jar = marks_in(person.get("/q/review")), person.jar
    assert person.post("/q/review", marks).headers["location"] == "/done"
    person.jar = jar
    assert person.post("/q/review", marks).headers["location"] == "/done"
    assert len(desk.handed) == 1


def test_autosaves_answer_with_nothing_and_do_not_turn_the_page() -> None:
    desk = FakeDesk()
    person = respondent(desk).begin(desk.token())
    marks = marks_in(person.get("/q/1"))
    reply = person.post("/q/1", {**marks, "BGAGREE": "1", "_save": "1"})
    assert (reply.status_code, reply.text) == (204, "")
    assert (desk.changes[-1].sequence, desk.changes[-1].page) == (1, None)
    assert person.get("/q/").headers["location"] == "/q/1"
    assert person.post("/q/1", {**marks, "_save": "x"}).status_code == 400
    assert person.post("/q/1", {**marks, "_save": "9" * 99}).status_code == 400


def test_what_cannot_be_stored_is_not_lost_from_the_page() -> None:
    desk = FakeDesk()
    person = respondent(desk).begin(desk.token())
    marks = marks_in(person.get("/q/1"))
    desk.refuses = True
    reply = person.post("/q/1", {**marks, "BGAGREE": "1", "_go": "next"})
    assert (reply.status_code, reply.headers["retry-after"]) == (503, "30")
    assert 'value="1" checked' in reply.text
    assert person.post("/q/1", {**marks, "_save": "1"}).status_code == 503
    desk.refuses = False
    sent = {**marks_in(reply), "BGAGREE": "1", "_go": "next"}
    assert person.post("/q/1", sent).headers["location"] == "/q/2"


def test_neither_beginning_nor_handing_in_succeeds_when_nothing_can_be_stored() -> None:
    desk = FakeDesk()
    person = respondent(desk)
    person.get(f"/f/{desk.token()}")
    desk.refuses = True
    assert person.send("/q/").status_code == 503
    desk.refuses = False
    person.send("/q/")
    for number in range(1, 10):
        person.send(f"/q/{number}")
    desk.refuses = True
    reply = person.send("/q/review")
    assert reply.status_code == 503
    assert "still stored" in reply.text


@pytest.mark.parametrize(
    ("state", "title"),
    [
        ("early", "Not open yet"),
        ("paused", "A short pause"),
        ("over", "Closed"),
        ("closed", "Closed"),
    ],
)
def test_a_wave_that_is_not_open_says_so(state: str, title: str) -> None:
    desk = FakeDesk()
    person = respondent(desk).begin(desk.token())
    marks = marks_in(person.get("/q/1"))
    desk.state = Opening(state, "2026-12-01 09:00 (UTC+08:00)")  # type: ignore[arg-type]
    before = len(desk.changes)
    reply = person.post("/q/1", {**marks, "BGAGREE": "1"})
    assert (reply.status_code, heading(reply.text)) == (403, title)
    assert len(desk.changes) == before
    assert ("2026-12-01 09:00" in reply.text) == (state == "early")


def test_a_full_department_takes_nobody_new_but_lets_others_finish() -> None:
    desk = FakeDesk()
    person = respondent(desk).begin(desk.token())
    desk.full = True
    assert person.get("/q/1").status_code == 200
    late = respondent(desk)
    late.get(f"/f/{desk.token()}")
    assert heading(late.get("/q/").text) == "Enough answers"


def test_identified_mode_says_so_on_every_page() -> None:
    desk = FakeDesk()
    person = respondent(desk, mode="identified").begin(desk.token())
    for place in ("/", "/q/1", "/about", "/done", "/nowhere"):
        assert "Not anonymous" in person.get(place).text
    assert "with your code" in person.get("/about").text
    assert "Not anonymous" not in respondent(desk).get("/").text


def test_a_demonstration_says_so_on_every_page() -> None:
    desk = FakeDesk(reusable=True)
    token = desk.token()
    person = respondent(desk, demonstration=True).begin(token)
    for place in ("/", "/q/1", "/about", "/done", "/nowhere"):
        assert "Demonstration" in person.get(place).text
    person.complete()
    assert respondent(desk, demonstration=True).begin(token).get("/q/1").status_code == 200


def test_the_words_of_the_department_stand_in_the_questions() -> None:
    desk = FakeDesk()
    desk.wording = {"M": {"en": "the <b>joint</b> desk", "zh-Hans": "联办"}}
    person = respondent(desk).begin(desk.token())
    for number in (1, 2):
        person.send(f"/q/{number}")
    text = person.get("/q/3").text
    assert "the &lt;b&gt;joint&lt;/b&gt; desk" in text
    assert "<b>" not in text


def test_a_reason_and_a_number_exclude_each_other() -> None:
    question = next(i for i in INSTRUMENT.items if i.response_format == "role2")
    desk = FakeDesk()
    person = respondent(desk).begin(desk.token())
    person.send("/q/1")
    person.get("/q/2")
    sent = [("_go", "next"), (question.id, "1"), (question.id, "98")]
    marks = list(marks_in(person.get("/q/2")).items())
    content = "&".join(f"{name}={value}" for name, value in [*marks, *sent])
    kind = {"content-type": "application/x-www-form-urlencoded"}
    reply = person.ask("POST", "/q/2", content=content, headers=kind)
    assert reply.status_code == 422


def test_used_links_of_identified_people_are_told_so() -> None:
    desk = FakeDesk()
    token = desk.token()
    person = respondent(desk, mode="identified").begin(token)
    person.complete()
    desk.answered = True
    person.get(f"/f/{token}")
    assert heading(person.get("/q/").text) == "Already answered"


def test_every_page_of_every_form_is_asked_in_both_languages() -> None:
    for form in ("long", "retest", "coordinator"):
        desk = FakeDesk(orders=3)
        person = respondent(desk, form=form, headers={"accept-language": "zh-CN,en;q=0.5"})
        person.begin(desk.token())
        assert person.complete().headers["location"] == "/done"
        asked = {item.id for item in INSTRUMENT.items_of(form)}
        assert set(desk.handed[0].answers) == asked


def test_a_language_without_phrases_of_ours_borrows_english() -> None:
    changed = replace(INSTRUMENT, languages=("en", "zh-Hans"))
    desk = FakeDesk()
    person = respondent(desk, instrument=changed, headers={"accept-language": "fr"})
    assert '<html lang="en">' in person.get("/").text
    assert QUESTION.findall(person.get("/").text) == []
