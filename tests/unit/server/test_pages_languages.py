"""Whatever goes wrong is said in the respondent's language, and in no other."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from tests.served_pages import INSTRUMENT, FakeDesk, Respondent, marks_in, respondent

from cosyn.fielding.tokens import new_token
from cosyn.instrument.questionnaire import questionnaire
from cosyn.server.texts import phrases
from cosyn.server.types import Limits, Opening

LANGUAGES = ("en", "zh-Hans")
FORM = "application/x-www-form-urlencoded"
WHEN = "2026-12-01 09:00 (UTC+08:00)"
NUMBER = next(
    (place, q.id)
    for place, page in enumerate(questionnaire(INSTRUMENT, "coordinator").pages, start=1)
    for q in page.questions
    if q.response_format.kind == "numeric"
)
_WORD = re.compile(r"[A-Za-z]{2,}")
_HAN = re.compile(r"[\u4e00-\u9fff]")
Met = Callable[[str], httpx.Response]


def came(language: str, desk: FakeDesk, **how: Any) -> Respondent:
    """Somebody with a link whose browser asks for a language."""
    person = respondent(desk, headers={"accept-language": language}, **how)
    person.get(f"/f/{desk.token()}")
    return person


def begun(language: str, desk: FakeDesk, **how: Any) -> Respondent:
    person = came(language, desk, **how)
    person.send("/q/")
    return person


def shut(state: Any, when: str = "") -> Met:
    def met(language: str) -> httpx.Response:
        desk = FakeDesk()
        desk.state = Opening(state, when)
        return came(language, desk).get("/q/")

    return met


def unknown(language: str) -> httpx.Response:
    person = came(language, FakeDesk())
    person.get(f"/f/{new_token()}")
    return person.get("/q/")


def full(language: str) -> httpx.Response:
    desk = FakeDesk()
    desk.full = True
    return came(language, desk).get("/q/")


def answered(language: str) -> httpx.Response:
    desk = FakeDesk()
    token = desk.token()
    person = respondent(desk, headers={"accept-language": language}).begin(token)
    person.complete()
    desk.answered = True
    person.get(f"/f/{token}")
    return person.get("/q/")


def foreign(language: str) -> httpx.Response:
    return begun(language, FakeDesk()).post("/q/1", {"BGAGREE": "1"})


def stranger(language: str) -> httpx.Response:
    return begun(language, FakeDesk()).send("/q/1", NOSUCH="1")


def malformed(language: str) -> httpx.Response:
    return begun(language, FakeDesk()).send("/q/1", _save="x")


def large(language: str) -> httpx.Response:
    return begun(language, FakeDesk()).post("/q/1", {"BGAGREE": "x" * 70_000})


def slow(language: str) -> httpx.Response:
    async def late() -> Any:
        yield b"_code="
        await asyncio.sleep(30)

    limits = Limits(address=0, token=0, strange=0, patience=0.05)
    person = begun(language, FakeDesk(), limits=limits)
    return person.ask("POST", "/", content=late(), headers={"content-type": FORM})


def often(language: str) -> httpx.Response:
    limits = Limits(address=0, token=2, strange=0)
    person = came(language, FakeDesk(), limits=limits)
    return [person.get("/q/") for _ in range(3)][-1]


def crowd(language: str) -> httpx.Response:
    desk = FakeDesk()
    person = respondent(desk, headers={"accept-language": language}, limits=Limits(joined=1))
    person.get(f"/f/{desk.link}")
    sent = {**marks_in(person.get("/join")), "_go": "join"}
    person.post("/join", sent)
    person.get(f"/f/{desk.link}")
    return person.post("/join", sent)


def missing(language: str) -> httpx.Response:
    return begun(language, FakeDesk()).get("/q/99")


def method(language: str) -> httpx.Response:
    return came(language, FakeDesk()).ask("DELETE", "/q/1")


def broken(language: str) -> httpx.Response:
    desk = FakeDesk()
    person = came(language, desk)
    desk.admit = None  # type: ignore[assignment, method-assign]
    return person.get("/q/")


def unavailable(language: str) -> httpx.Response:
    desk = FakeDesk()
    desk.refuses = True
    return came(language, desk).send("/q/")


NOTICES: dict[str, tuple[int, Met]] = {
    "unknown": (404, unknown),
    "answered": (403, answered),
    "early": (403, shut("early", WHEN)),
    "closed": (403, shut("over")),
    "paused": (403, shut("paused")),
    "full": (403, full),
    "missing": (404, missing),
    "method": (405, method),
    "foreign": (403, foreign),
    "stranger": (422, stranger),
    "malformed": (400, malformed),
    "slow": (408, slow),
    "large": (413, large),
    "often": (429, often),
    "crowd": (429, crowd),
    "broken": (500, broken),
    "unavailable": (503, unavailable),
}


def said_in(text: str, language: str) -> None:
    """The words of a phrase are of one language; a proper name may be in both."""
    if language == "en":
        assert not _HAN.search(text), text
    else:
        assert _HAN.search(text), text
        assert set(_WORD.findall(text)) <= {"Cookie", "UTC", "NOSUCH"}, text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("kind", NOTICES)
def test_a_notice_is_in_the_language_of_whoever_meets_it(kind: str, language: str) -> None:
    status, met = NOTICES[kind]
    reply = met(language)
    assert reply.status_code == status
    assert f'<html lang="{language}">' in reply.text
    text = phrases(language)(f"notice.{kind}.text", when=WHEN, names="NOSUCH")
    assert text in reply.text
    said_in(phrases(language)(f"notice.{kind}.title") + text, language)


def test_no_notice_was_forgotten() -> None:
    kinds = {key.split(".")[1] for key in phrases("en").phrases if key.startswith("notice.")}
    of_clerks = {"keying_over", "keying_paused"}
    assert kinds - {"home", "back"} - of_clerks == set(NOTICES)


@pytest.mark.parametrize("language", LANGUAGES)
def test_faults_at_fields_and_pages_that_were_not_saved_are_told_likewise(language: str) -> None:
    t = phrases(language)
    typed = respondent(FakeDesk(), headers={"accept-language": language}).post("/", {"_code": "AB"})
    said = t("enter.wrong", count=2)
    assert said in typed.text
    said_in(said, language)
    assert t("enter.no_cookie") in (
        respondent(FakeDesk(), headers={"accept-language": language}).get("/q/").text
    )
    desk = FakeDesk()
    person = begun(language, desk, form="coordinator")
    for page in range(1, NUMBER[0]):
        person.send(f"/q/{page}")
    wrong = person.send(f"/q/{NUMBER[0]}", **{NUMBER[1]: "many"})
    assert wrong.status_code == 422
    for phrase in ("page.faults", "notice.home"):
        said_in(t(phrase), language)
    assert t("page.faults") in wrong.text
    marks = marks_in(person.get("/q/1"))
    desk.refuses = True
    unsaved = person.post("/q/1", {**marks, "_go": "next"})
    assert unsaved.status_code == 503
    assert t("page.not_saved") in unsaved.text
    said_in(t("page.not_saved"), language)
