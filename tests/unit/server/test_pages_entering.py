"""Links, typed codes, departments' links, and the pages that need none."""

from __future__ import annotations

import re

import pytest
from tests.served_pages import BASE, FakeDesk, marks_in, respondent

from cosyn.fielding.tokens import new_token, spelt


def test_a_link_puts_its_token_into_a_cookie_and_out_of_the_address() -> None:
    desk = FakeDesk()
    token = desk.token()
    reply = respondent(desk).get(f"/f/{token}")
    assert (reply.status_code, reply.headers["location"]) == (303, "/q/")
    (cookie,) = (c for c in reply.headers.get_list("set-cookie") if c.startswith("cosyn="))
    assert cookie == f"cosyn={token}; HttpOnly; Path=/; SameSite=lax"


def test_cookies_are_for_encrypted_connections_where_the_base_is() -> None:
    desk = FakeDesk()
    reply = respondent(desk, base="https://pages.test/office").get(f"/f/{desk.token()}")
    assert reply.headers["location"] == "/office/q/"
    (cookie,) = (c for c in reply.headers.get_list("set-cookie") if c.startswith("cosyn="))
    assert cookie.endswith("HttpOnly; Path=/office/; SameSite=lax; Secure")


@pytest.mark.parametrize("strip", [True, False])
def test_pages_below_a_prefix_refer_to_it(strip: bool) -> None:
    desk = FakeDesk()
    person = respondent(desk, base="http://pages.test/office")
    person.jar.set("cosyn", desk.token())
    text = person.get("/q/" if strip else "/office/q/").text
    assert 'action="/office/q/"' in text
    assert all(place.startswith("/office/") for place in re.findall(r'href="(/[^"]*)"', text))


def test_what_a_request_says_of_its_host_counts_nothing() -> None:
    desk = FakeDesk()
    person = respondent(desk, headers={"host": "evil.test", "x-forwarded-prefix": "//evil.test"})
    person.jar.set("cosyn", desk.token())
    for place in ("/", "/q/", "/link"):
        reply = person.get(place)
        assert "evil" not in reply.text + str(reply.headers)
    assert f"{BASE}/f/" in person.get("/link").text


def test_a_code_is_typed_from_paper_as_people_type() -> None:
    desk = FakeDesk()
    token = desk.token()
    typed = spelt(token).replace("0", "o").replace("1", "l").lower().replace("-", " ")
    person = respondent(desk)
    assert person.post("/", {"_code": typed}).headers["location"] == "/q/"
    assert person.jar["cosyn"] == token


def test_an_incomplete_code_is_told_and_kept() -> None:
    reply = respondent(FakeDesk()).post("/", {"_code": 'ABC-"><x'})
    assert reply.status_code == 422
    assert "4 of 26" in reply.text
    assert 'value="ABC-&#34;&gt;&lt;x"' in reply.text


def test_unknown_used_and_malformed_links_are_answered_alike() -> None:
    desk = FakeDesk()
    used = desk.token()
    respondent(desk).begin(used).complete()
    seen = set()
    for token in (used, new_token()):
        person = respondent(desk)
        person.get(f"/f/{token}")
        reply = person.get("/q/")
        seen.add((reply.status_code, reply.text))
    malformed = respondent(desk).get("/f/nonsense")
    seen.add((malformed.status_code, malformed.text))
    assert len(seen) == 1


def test_without_a_cookie_the_way_in_is_shown() -> None:
    reply = respondent(FakeDesk()).get("/q/3")
    assert reply.status_code == 403
    assert "keeps no cookies" in reply.text


def test_a_departments_link_gives_everybody_a_link_of_their_own() -> None:
    desk = FakeDesk()
    person = respondent(desk)
    person.get(f"/f/{desk.link}")
    assert person.get("/q/").headers["location"] == "/join"
    assert person.send("/join", _go="join").headers["location"] == "/link"
    text, token = person.get("/link").text, person.jar["cosyn"]
    assert token != desk.link
    assert f"{BASE}/f/{token}" in text
    assert spelt(token) in text
    assert 'src="data:image/png;base64,' in text
    person.begin(token)


def test_pressed_twice_the_departments_link_gives_one_link() -> None:
    desk = FakeDesk()
    person = respondent(desk)
    person.get(f"/f/{desk.link}")
    sent = {**marks_in(person.get("/join")), "_go": "join"}
    first = person.post("/join", sent)
    token = person.jar["cosyn"]
    assert first.headers["location"] == "/link"
    assert person.post("/join", sent).headers["location"] == "/link", "with the new cookie"
    person.get(f"/f/{desk.link}")
    person.post("/join", sent)
    assert person.jar["cosyn"] == token, "the reply was lost, and the page sent again"


def test_who_comes_again_with_the_departments_link_may_go_on() -> None:
    desk = FakeDesk()
    person = respondent(desk)
    person.get(f"/f/{desk.link}")
    person.send("/join", _go="join")
    token = person.jar["cosyn"]
    person.begin(token).send("/q/1", BGAGREE="1")
    person.get(f"/f/{desk.link}")
    assert "Go on with it" in person.get("/join").text
    assert person.send("/join", _go="before").headers["location"] == "/q/"
    assert person.jar["cosyn"] == token
    assert person.get("/q/").headers["location"] == "/q/2"


def test_the_departments_link_is_no_persons() -> None:
    desk = FakeDesk()
    person = respondent(desk)
    person.get(f"/f/{desk.token()}")
    assert person.get("/join").headers["location"] == "/link", "it has one already"


def test_leaving_forgets_the_link() -> None:
    desk = FakeDesk()
    person = respondent(desk).begin(desk.token())
    assert "Forget my link" in person.get("/about").text
    person.post("/leave")
    assert "cosyn" not in person.jar


def test_the_language_of_pages_without_answers_is_kept_in_a_cookie() -> None:
    person = respondent(FakeDesk())
    reply = person.post("/language", {"_language": "zh-Hans", "_back": "about"})
    assert reply.headers["location"] == "/about"
    assert '<html lang="zh-Hans">' in person.get("/about").text
    reply = person.post("/language", {"_language": "zh-Hans", "_back": "//evil.test"})
    assert reply.headers["location"] == "/"


def test_forms_of_other_links_and_pages_are_refused() -> None:
    desk = FakeDesk()
    person, other = respondent(desk).begin(desk.token()), respondent(desk).begin(desk.token())
    marks = marks_in(other.get("/q/1"))
    before = len(desk.changes)
    for sent in (marks, {}, {**marks, "_check": ""}, marks_in(person.get("/about"))):
        reply = person.post("/q/1", {**sent, "BGAGREE": "1"})
        assert reply.status_code == 403
        assert "not valid any more" in reply.text
    mine = marks_in(person.get("/q/1"))
    assert person.post("/q/", mine).status_code in {303, 403}
    assert len(desk.changes) == before
    assert person.post("/q/1", {**mine, "BGAGREE": "1"}).status_code == 303


def test_the_health_page_tells_nothing() -> None:
    reply = respondent(FakeDesk()).get("/healthz")
    assert (reply.status_code, reply.text) == (200, "ok\n")
