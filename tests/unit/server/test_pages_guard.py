"""What stands between the network and the pages."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from tests.served_pages import FakeDesk, marks_in, respondent

from cosyn.errors import StoreError
from cosyn.fielding.tokens import new_token
from cosyn.fielding.types import Admission
from cosyn.server.site import Site
from cosyn.server.types import Limits, Opening
from cosyn.server.visits import Reply, Visit

OPEN = Limits(address=0, token=0, strange=0, reserve=0.0)


def test_every_reply_bears_the_headers() -> None:
    desk = FakeDesk()
    person = respondent(desk)
    for place in ("/", f"/f/{desk.token()}", "/q/", "/nowhere", "/healthz", "/about"):
        headers = person.get(place).headers
        assert headers["content-security-policy"].startswith("default-src 'none'; style-src 'self'")
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["cache-control"] == "no-store"


def test_pages_hold_no_address_of_others_and_no_inline_script_or_style() -> None:
    desk = FakeDesk()
    person = respondent(desk).begin(desk.token())
    for place in ("/", "/q/1", "/about", "/link"):
        text = person.get(place).text
        assert "<style" not in text
        assert " style=" not in text
        assert "<script>" not in text
        assert "onclick" not in text


def test_files_of_ours_are_kept_by_browsers() -> None:
    person = respondent(FakeDesk())
    name = person.get("/").text.partition('rel="stylesheet" href="')[2].partition('"')[0]
    reply = person.get(name)
    assert reply.headers["content-type"].startswith("text/css")
    assert "immutable" in reply.headers["cache-control"]


def test_pages_are_packed_for_those_who_take_it_at_lengths_that_vary() -> None:
    desk = FakeDesk()
    person = respondent(desk).begin(desk.token())
    packed, lengths = person.get("/about"), set()
    for _ in range(8):
        lengths.add(person.get("/about").headers["content-length"])
    assert packed.headers["content-encoding"] == "gzip"
    assert len(lengths) > 1
    person.headers["accept-encoding"] = "identity"
    assert person.get("/about").text == packed.text


def test_the_script_is_small() -> None:
    desk = FakeDesk()
    person = respondent(desk).begin(desk.token())
    name = person.get("/q/1").text.partition('<script src="')[2].partition('"')[0]
    assert len(person.get(name).content) <= 2048


@pytest.mark.parametrize(
    ("method", "place", "status"),
    [("POST", "/about", 405), ("DELETE", "/q/1", 405), ("GET", "/leave", 405), ("GET", "/x", 404)],
)
def test_wrong_methods_and_addresses_are_told(method: str, place: str, status: int) -> None:
    reply = respondent(FakeDesk()).ask(method, place)
    assert reply.status_code == status
    assert "<h1>" in reply.text


def test_large_bodies_are_refused() -> None:
    person = respondent(FakeDesk())
    assert person.post("/", {"_code": "x" * 70_000}).status_code == 413

    async def endless() -> Any:
        for _ in range(100):
            yield b"x" * 1024

    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert person.ask("POST", "/", content=endless(), headers=headers).status_code == 413


def test_slow_bodies_are_given_up() -> None:
    limits = Limits(address=0, token=0, strange=0, patience=0.05)
    person = respondent(FakeDesk(), limits=limits)

    async def slow() -> Any:
        yield b"_code="
        await asyncio.sleep(30)

    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert person.ask("POST", "/", content=slow(), headers=headers).status_code == 408


@pytest.mark.parametrize("kind", ["text/plain", "application/json", "multipart/form-data", ""])
def test_other_kinds_of_content_are_not_read(kind: str) -> None:
    reply = respondent(FakeDesk()).ask("POST", "/", content=b"{}", headers={"content-type": kind})
    assert reply.status_code == 400


def test_requests_from_other_sites_are_refused() -> None:
    desk = FakeDesk()
    person = respondent(desk).begin(desk.token())
    marks = marks_in(person.get("/q/1"))
    person.headers["sec-fetch-site"] = "cross-site"
    assert person.post("/q/1", {**marks, "BGAGREE": "1"}).status_code == 403


def test_a_path_holds_no_more_than_text_may() -> None:
    """PostgreSQL refuses a NUL wherever it stands, and the page would fail."""

    def echo(_: Site, visit: Visit) -> Reply:
        return Reply(200, visit.path["what"])

    person = respondent(FakeDesk(), more=(("/echo/{what}", echo, ["GET"]),))
    assert person.get("/echo/a%00b%1bc").text == "abc"


def test_one_link_cannot_ask_without_end() -> None:
    desk = FakeDesk()
    limits = Limits(address=0, token=5, strange=0, reserve=0.0)
    person = respondent(desk, limits=limits)
    person.get(f"/f/{desk.token()}")
    replies = [person.get("/q/") for _ in range(6)]
    assert [reply.status_code for reply in replies] == [200] * 5 + [429]
    assert replies[-1].headers["retry-after"] == "60"


def test_guessing_is_slowed_and_then_stopped() -> None:
    desk = FakeDesk()
    person = respondent(desk, limits=Limits(address=0, token=0, strange=3, reserve=0.0))
    for _ in range(3):
        person.get(f"/f/{new_token()}")
        assert person.get("/q/").status_code == 404
    assert person.get(f"/f/{new_token()}").status_code == 429
    assert person.post("/", {"_code": new_token()}).status_code == 429


def test_one_address_cannot_ask_without_end() -> None:
    person = respondent(FakeDesk(), limits=Limits(address=2, token=0, strange=0))
    assert [person.get("/").status_code for _ in range(3)] == [200, 200, 429]


class Broken(FakeDesk):
    """A desk with a bug that knows a secret."""

    def admit(self, token: str) -> Admission | None:
        raise RuntimeError(f"secret {token}")


def test_a_bug_stays_inside(capsys: pytest.CaptureFixture[str]) -> None:
    desk = Broken()
    token = desk.token()
    person = respondent(desk)
    person.get(f"/f/{token}")
    reply = person.get("/q/")
    assert reply.status_code == 500
    assert "fault of the server" in reply.text
    said = capsys.readouterr().err
    assert token not in said + reply.text
    assert "secret" not in said + reply.text
    (line,) = map(json.loads, said.splitlines())
    assert (line["event"], line["error"], line["route"]) == ("bug", "RuntimeError", "/q/")
    assert len(line["at"]) == len("2026-01-01T00:00Z")


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Very many people of your department"), ("zh-Hans", "贵单位此刻开始填写的人非常多")],
)
def test_a_crowd_behind_one_departments_link_is_asked_to_wait(language: str, said: str) -> None:
    desk = FakeDesk()
    limits = Limits(address=0, token=0, joined=2)
    person = respondent(desk, limits=limits, headers={"accept-language": language})
    replies = []
    for _ in range(3):
        person.get(f"/f/{desk.link}")
        replies.append(person.send("/join", _go="join"))
    assert [reply.status_code for reply in replies] == [303, 303, 429]
    assert said in replies[2].text
    assert replies[2].headers["retry-after"] == "60"


class Unreachable(FakeDesk):
    """A desk whose stores do not answer."""

    def opening(self) -> Opening:
        raise StoreError("store.refused", "answers", "it cannot be used", "Check it")


def test_stores_that_do_not_answer_are_told_with_503(capsys: pytest.CaptureFixture[str]) -> None:
    desk = Unreachable()
    person = respondent(desk)
    person.get(f"/f/{desk.token()}")
    for place in ("/q/", "/healthz"):
        reply = person.get(place)
        assert (reply.status_code, reply.headers["retry-after"]) == (503, "30")
    assert json.loads(capsys.readouterr().err.splitlines()[0])["code"] == "store.refused"
