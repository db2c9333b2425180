"""Behind nginx, with the configuration that is given to users: TLS, a path prefix, no trace of links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from html import unescape

import httpx
import pytest
from tests.loaded_wave import ASKED, FORM, HIDDEN, NAME, Served, codes, free_port, new_wave
from tests.nginx import BASE, PREFIX, Nginx, nginx_before
from tests.referees.tools import needs

from cosyn.fielding.counts import counts
from cosyn.fielding.desk import open_desk
from cosyn.fielding.tokens import spelt
from cosyn.workflow.fielding_status import dashboard_link

pytestmark = needs("nginx")

LANGUAGES = ("en", "zh-Hans")
MINUTE = 90
"""Requests a minute from one address: more than one interview takes."""
PLACES = re.compile(r'(?:href|src|action)="([^"]*)"')


@dataclass(frozen=True)
class Stage:
    proxy: Nginx
    server: Served
    tokens: list[str]
    open: ExitStack


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    study, tokens = new_wave(tmp_path_factory.mktemp("proxied"), 4)
    more = ("--base-url", BASE, "--per-address", str(MINUTE))
    server = Served(study, free_port(), more=more)
    server.start()
    try:
        with nginx_before(server.port) as proxy, ExitStack() as opened:
            yield Stage(proxy, server, tokens, opened)
    finally:
        server.stop()


@dataclass
class Person:
    """A browser at an address of this machine, which keeps cookies as browsers do."""

    stage: Stage
    address: str
    language: str = "en"
    replies: list[httpx.Response] = field(default_factory=list)

    def __post_init__(self) -> None:
        transport = httpx.HTTPTransport(
            verify=self.stage.proxy.trust(), local_address=self.address, trust_env=False
        )
        headers = {"Host": NAME, "Accept-Language": self.language}
        self.client = httpx.Client(transport=transport, headers=headers, timeout=60)
        self.stage.open.callback(self.client.close)

    def ask(self, method: str, place: str, **how: object) -> httpx.Response:
        url = f"https://127.0.0.1:{self.stage.proxy.https}{place}"
        reply = self.client.request(method, url, extensions={"sni_hostname": NAME}, **how)  # type: ignore[arg-type]
        self.replies.append(reply)
        return reply

    def answer(self, token: str, offered: dict[str, list[str]]) -> str:
        """From the link to the thanks, by what the pages lead to alone; gives the last address."""
        place = self.ask("GET", f"{PREFIX}/f/{token}").headers["location"]
        switched = False
        while not place.endswith(("/done", "/ended")):
            page = self.ask("GET", place)
            if page.status_code == 303:
                place = page.headers["location"]
                continue
            form = FORM.search(page.text)
            assert form is not None, page.text
            fields = {item: offered[item][-1] for item in ASKED.findall(page.text)}
            said = {**dict(HIDDEN.findall(page.text)), **fields, "_go": "next"}
            if fields and not switched:  # there and back, with what was typed
                others = [tag for tag in LANGUAGES if tag != self.language]
                for tag in (*others, self.language):
                    reply = self.ask("POST", unescape(form[1]), data={**said, "_language": tag})
                    page = self.ask("GET", reply.headers["location"])
                    assert f'<html lang="{tag}">' in page.text
                    said.update(HIDDEN.findall(page.text))
                switched = True
            place = self.ask("POST", unescape(form[1]), data=said).headers["location"]
        self.ask("GET", place)
        return place


@pytest.fixture(scope="module")
def people(stage: Stage) -> list[Person]:
    found = [Person(stage, f"127.0.0.{n}", tag) for n, tag in enumerate(LANGUAGES, start=2)]
    for person, token in zip(found, stage.tokens, strict=False):
        assert person.answer(token, codes()) == f"{PREFIX}/done"
    return found


def test_interviews_in_both_languages_are_handed_in(stage: Stage, people: list[Person]) -> None:
    with closing(open_desk(stage.server.study / "fielding" / "1")) as desk:
        assert sum(counts(desk).completed.values()) == len(people)
    for person in people:
        assert f'<html lang="{person.language}">' in person.replies[-1].text


def test_everything_stays_below_the_prefix(people: list[Person]) -> None:
    for reply in (reply for person in people for reply in person.replies):
        places = [unescape(place) for place in PLACES.findall(reply.text)]
        places += [reply.headers.get("location", f"{PREFIX}/")]
        for place in places:
            assert place.startswith((f"{PREFIX}/", "#", "data:")), place
        assert reply.is_redirect or len(places) > 2


def test_cookies_are_for_this_prefix_and_tls_alone(people: list[Person]) -> None:
    found = [c for p in people for r in p.replies for c in r.headers.get_list("set-cookie")]
    assert len(found) > 6
    for cookie in found:
        assert f"Path={PREFIX}/;" in cookie
        assert {"Secure", "HttpOnly"} <= set(cookie.split("; "))
        assert "SameSite=lax" in cookie


def test_headers_come_through_and_nothing_tells_of_the_server(people: list[Person]) -> None:
    for reply in (reply for person in people for reply in person.replies):
        assert reply.headers.get_list("strict-transport-security") == ["max-age=31536000"]
        assert reply.headers["content-security-policy"].startswith("default-src 'none'")
        assert reply.headers["referrer-policy"] == "no-referrer"
        assert reply.headers["cache-control"] == "no-store"
        assert reply.headers["server"] == "nginx"


def test_files_the_link_and_the_page_of_progress_are_reached(stage: Stage) -> None:
    person = Person(stage, "127.0.0.4")
    token = stage.tokens[2]
    person.ask("GET", f"{PREFIX}/f/{token}")
    page = person.ask("GET", f"{PREFIX}/link")
    assert f'href="{BASE}/f/{token}"' in page.text
    sheet = next(place for place in PLACES.findall(page.text) if place.endswith(".css"))
    assert "immutable" in person.ask("GET", sheet).headers["cache-control"]
    made = dashboard_link(stage.server.study, base_url=BASE)
    link = made.link.removeprefix(f"https://{NAME}")
    for tag in LANGUAGES:
        shown = person.ask("GET", f"{link}?lang={tag}")
        assert shown.status_code == 200
        assert f'<html lang="{tag}">' in shown.text
    assert person.ask("GET", f"{link}0").status_code == 404


def test_plain_http_and_other_addresses_lead_to_ours_or_nowhere(stage: Stage) -> None:
    plain = f"http://127.0.0.1:{stage.proxy.http}{PREFIX}/q/"
    reply = httpx.get(plain, headers={"Host": "evil.test"}, trust_env=False)
    assert (reply.status_code, reply.headers["location"]) == (301, f"https://{NAME}{PREFIX}/q/")
    person = Person(stage, "127.0.0.5")
    assert (
        person.ask("GET", PREFIX, headers={"Host": "evil.test"}).headers["location"] == f"{PREFIX}/"
    )
    for place in ("/", "/q/", f"{PREFIX}/../q/", f"{PREFIX}/%2e%2e/q/", f"/{PREFIX}x/"):
        assert person.ask("GET", place).status_code == 404
    forged = {"Host": "evil.test", "X-Forwarded-Host": "evil.test", "X-Forwarded-Prefix": "/evil"}
    page = person.ask("GET", f"{PREFIX}/", headers=forged)
    assert page.status_code == 200
    assert "evil" not in page.text


def test_a_sender_is_counted_by_its_real_address_alone(stage: Stage) -> None:
    flood, other = Person(stage, "127.0.0.6"), Person(stage, "127.0.0.7")
    forged = ("X-Forwarded-For", "Forwarded", "X-Real-IP", "X-Client-IP")
    for number in range(40 * MINUTE):
        claims = dict.fromkeys(forged, f"203.0.113.{number % 250}")
        if flood.ask("GET", f"{PREFIX}/healthz", headers=claims).status_code == 429:
            break
    assert flood.replies[-1].status_code == 429
    claims = {"X-Forwarded-For": "127.0.0.6"}
    assert other.ask("GET", f"{PREFIX}/healthz", headers=claims).status_code == 200


def test_large_bodies_are_refused_at_the_door(stage: Stage) -> None:
    person = Person(stage, "127.0.0.8")
    assert person.ask("POST", f"{PREFIX}/", data={"_code": "x" * 70_000}).status_code == 413


def test_no_link_and_no_address_is_written_anywhere(stage: Stage, people: list[Person]) -> None:
    """Also where the server is away, at which nginx would like to quote the request."""
    token = stage.tokens[3]
    person = Person(stage, "127.0.0.9")
    assert person.ask("GET", f"{PREFIX}/f/{token}").status_code == 303
    stage.server.stop()
    reply = person.ask("GET", f"{PREFIX}/f/{token}")
    assert (reply.status_code, reply.headers["retry-after"]) == (503, "30")
    assert "One moment" in reply.text
    assert "请稍候" in reply.text
    written = stage.proxy.written()
    for path in stage.server.study.parent.rglob("*"):
        written += path.read_bytes() if path.is_file() else b""
    assert b"wave" in written
    for token in stage.tokens:
        assert token.encode() not in written
        assert spelt(token).encode() not in written
    for last in range(2, 10):
        assert not re.search(rb"127\.0\.0\.%d(?![0-9])" % last, written)
    assert b"203.0.113." not in written
