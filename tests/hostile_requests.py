"""Requests that no browser sends: drawn for one route, for a default run and for a long one.

Everything is drawn from a `random.Random`, so that a seed brings a request back, and hypothesis can
make a failing one smaller. The application is called as a web server calls it, without a network.
"""

from __future__ import annotations

import gzip
import html
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, unquote, urlencode

from cosyn.fielding.tokens import ALPHABET, new_token
from cosyn.fielding.types import Change
from cosyn.instrument.questionnaire import questionnaire
from cosyn.server.app import create_app
from cosyn.server.marks import mark, new_nonce
from cosyn.server.site import STYLE, static_name
from cosyn.server.types import Limits, Settings
from tests.served_pages import INSTRUMENT, SURVEY, FakeDesk, survey

PREFIX = "/cooperation"
MARK = "<q'\"&x>"
FORMS = {name: questionnaire(INSTRUMENT, name) for name in ("core-40", "coordinator")}
KNOWN = {question.id for form in FORMS.values() for question in form.questions}
ROUTES = (
    "/", "/f/{token}", "/q/", "/q/{number}", "/q/review", "/q/end", "/join", "/link", "/about",
    "/leave", "/language", "/done", "/ended", "/healthz", "/static/{file}", "/{nowhere}",
)  # fmt: skip
"""The respondents' routes, the files, and what is none."""
OPEN = Limits(address=0, token=0, strange=0, reserve=0.0)
ENCODED = "application/x-www-form-urlencoded"
_TEXTS = (
    MARK, "", "1", "98", "7", "-1", "1e999", "nan", "٣", "１", "\x00", "\r\nSet-Cookie: a=b", "{{7*7}}",
    "%s%n", "' OR 1=1 --", "../../etc/passwd", "//evil.test/", "https://evil.test/", "javascript:1",
    "\ud7ff\U0010ffff", "\u202etxet", "=1+1", "x" * 5000, "next", "back", "review", "join", "before", "anew",
    "en", "zh-Hans", "about", "q/", "link", "q/1", "D1", "S1", "0",
)  # fmt: skip
_CONTROLS = (
    "_nonce", "_check", "_go", "_save", "_language", "_clear", "_back", "_code", "_department",
    "_sheet", "_order", "_printed", "__proto__", "_", MARK, "",
)  # fmt: skip
_HEADERS = (
    "host", "cookie", "accept-language", "accept-encoding", "x-forwarded-for", "x-forwarded-prefix",
    "x-forwarded-host", "x-forwarded-proto", "forwarded", "x-original-url", "content-type", "origin",
    "sec-fetch-site", "range", "if-none-match", "content-length", "transfer-encoding", "expect",
    "x-http-method-override", "referer",
)  # fmt: skip
_METHODS = (*["GET"] * 5, *["POST"] * 7, "HEAD", "PUT", "OPTIONS", "DELETE", "get", "TRACE")
NUMBERS = (*"1231238", "9", "0", "10", "-1", "01", "99999999999999999999", "١", "1.0", "")
_TRICKS: tuple[Callable[[str], str], ...] = (
    lambda path: f"/{path}",
    lambda path: f"{path}/",
    lambda path: f"{path}%00",
    lambda path: f"{path};a=b",
    lambda path: f"{path}?lang={quote(MARK)}&renew=1&lang=en",
    lambda path: f"/..{path}",
    lambda path: f"/%2e%2e{path}",
    lambda path: f"{path}/../../etc/passwd",
    lambda path: f"{path}%2f..%2f",
    lambda path: f"{PREFIX}{path}",
    lambda path: path.upper(),
    lambda path: path.replace("/", "\\"),
    lambda path: f"{path}%F0%9F%98%80%ff%0d%0aSet-Cookie:%20a=b",
)


@dataclass(frozen=True)
class Hostile:
    """One request.

    Attributes
    ----------
    path : str
        As on the wire, percent-encoded, what follows a question mark included.
    ours : bool
        Whether the form bears the marks of the link that it comes with.
    """

    method: str
    path: str
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes
    ours: bool


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]


async def call(app: Any, request: Hostile) -> Answer:
    """Hand a request to an ASGI application as a web server does; the body comes in two parts."""
    raw, _, query = request.path.partition("?")
    half = len(request.body) // 2
    parts: list[dict[str, Any]] = [
        {"type": "http.request", "body": request.body[:half], "more_body": True},
        {"type": "http.request", "body": request.body[half:], "more_body": False},
        {"type": "http.disconnect"},
    ]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return parts.pop(0) if len(parts) > 1 else parts[0]

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": unquote(raw),
        "raw_path": raw.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": list(request.headers),
        "client": ("127.0.0.1", 50000),
        "server": ("127.0.0.1", 8000),
    }
    await app(scope, receive, send)
    told = tuple((k.decode("latin-1").lower(), v.decode("latin-1")) for k, v in sent[0]["headers"])
    body = b"".join(message.get("body", b"") for message in sent[1:])
    return Answer(sent[0]["status"], told, body)


def hostile(
    chance: random.Random, path: str, token: str, action: str, names: tuple[str, ...]
) -> Hostile:
    """Draw a request for a path.

    Parameters
    ----------
    token : str
        Of the link in use; now and then it is left out or guessed at.
    action : str
        What the marks of a form at this path are made for.
    names : tuple of str
        Fields that the page has.
    """
    nonce, right = f"{chance.getrandbits(128):032x}", chance.random() < 0.6
    fields = [
        (chance.choice((*names, *names, *_CONTROLS)) if chance.random() < 0.9 else text(chance),
         _value(chance))
        for _ in range(chance.randrange(9))
    ]  # fmt: skip
    check = (
        mark(SURVEY.key, token, action, nonce) if right else _forged(chance, token, action, nonce)
    )
    if right or chance.random() < 0.5:
        fields = [*(f for f in fields if f[0] not in {"_nonce", "_check"})]
        fields += [("_nonce", nonce), ("_check", check)]
    cookie = token if right or chance.random() < 0.5 else _guess(chance, token)
    body, whole = _body(chance, fields)
    headers = {"content-type": ENCODED, "cookie": f"cosyn={cookie}; cosyn_language=en"}
    for _ in range(chance.randrange(3)):
        headers[chance.choice(_HEADERS)] = _latin(chance)
    kept = headers["cookie"].startswith(f"cosyn={token};")
    method = chance.choice(_METHODS)
    ours = right and whole and kept and method == "POST"
    shown = path if chance.random() < 0.8 else chance.choice(_TRICKS)(path)
    pairs = tuple((name.encode(), value.encode("latin-1")) for name, value in headers.items())
    return Hostile(method, shown, pairs, body, ours)


def text(chance: random.Random) -> str:
    ranges = (
        (32, 126),
        (0, 31),
        (0xA0, 0x2FF),
        (0x4E00, 0x4FFF),
        (0x2000, 0x206F),
        (0x1F300, 0x1F5FF),
    )
    low, high = chance.choice(ranges)
    return "".join(chr(chance.randint(low, high)) for _ in range(chance.randrange(40)))


def _value(chance: random.Random) -> str:
    return chance.choice(_TEXTS) if chance.random() < 0.7 else text(chance)


def _latin(chance: random.Random) -> str:
    """A header's value: what the network lets through (RFC 9110, 5.5)."""
    known = ("cross-site", "same-origin", "gzip", "zh-CN,zh;q=0.9", "evil.test", "70000", "-5", "text/plain",
             "127.0.0.1", "203.0.113.9, 127.0.0.1", "chunked", "/admin", "bytes=0-1", MARK, "cosyn=;;==,")  # fmt: skip
    if chance.random() < 0.6:
        return chance.choice(known)
    return (
        "".join(chr(chance.randint(32, 255)) for _ in range(chance.randrange(80)))
        .replace("\x7f", "")
        .strip()
    )


def _forged(chance: random.Random, token: str, action: str, nonce: str) -> str:
    """Marks that are not right: of another link, another page, another key, or anything."""
    return chance.choice(
        (
            mark(SURVEY.key, new_token(), action, nonce),
            mark(SURVEY.key, token, f"{action}x", nonce),
            mark(b"another", token, action, nonce),
            "0" * 32,
            "",
        )
    )


def _guess(chance: random.Random, token: str) -> str:
    place = chance.randrange(len(token))
    near = token[:place] + chance.choice(ALPHABET.replace(token[place], "")) + token[place + 1 :]
    return chance.choice(
        (new_token(), near[:1].translate({ord("8"): "0"}) + near[1:], "", token[:-1], MARK)
    )


def _body(chance: random.Random, fields: list[tuple[str, str]]) -> tuple[bytes, bool]:
    """The body, and whether it is the fields as they are."""
    content = urlencode(fields, errors="replace").encode()
    if chance.random() < 0.9:
        return content, True
    broken = (
        chance.randbytes(chance.randrange(300)),
        content + b"&" + b"x" * 70_000,
        b"a&" * 2500,
        content[: len(content) // 2],
        b"",
    )
    junk = b"%zz=%&=&==;" + content
    return (junk, True) if chance.random() < 0.2 else (chance.choice(broken), False)


class Target:
    """The pages over a desk in memory, for one route; a respondent is made for each request."""

    def __init__(self, route: str, form: str = "core-40") -> None:
        self.route = route
        self.form = form
        self.desk = FakeDesk()
        settings = Settings(f"http://pages.test{PREFIX}", limits=OPEN)
        self.app = create_app(survey(form=form), self.desk, settings)

    def drawn(self, chance: random.Random) -> Hostile:
        """A respondent at the route's stage, and a request of theirs or in their name."""
        pages = FORMS[self.form].pages
        number = chance.choice(NUMBERS)
        place = int(number) if number in {"1", "2", "3", "8"} else 1
        page = pages[min(place, len(pages)) - 1]
        names = tuple(question.id for question in page.questions)
        person = self.desk.token()
        token = self.desk.link if self.route == "/join" else person
        self._to_stage(person, chance, len(pages))
        path, action = self._place(chance, number, token)
        if self.route in {"/", "/language"}:
            names = ("_code", "_language", "_back")
        return hostile(chance, path, token, action, names)

    def _place(self, chance: random.Random, number: str, token: str) -> tuple[str, str]:
        code = chance.choice((token, token.lower(), _guess(chance, token), text(chance), MARK))
        path = self.route.replace("{token}", quote(code)).replace("{number}", quote(number))
        path = path.replace(
            "{file}", quote(chance.choice((static_name(STYLE), "../app.py", "x.js", text(chance))))
        )
        path = path.replace("{nowhere}", quote(text(chance) or "x"))
        return path, f"q/{number}" if "{number}" in self.route else path[1:]

    def _to_stage(self, person: str, chance: random.Random, pages: int) -> None:
        if self.route == "/q/" and chance.random() < 0.7:
            return
        admission = self.desk.admit(person)
        assert admission is not None
        self.desk.begin(admission, "en")
        ended = (
            next((q.id for q in FORMS[self.form].questions if q.screen_out), "")
            if self.route == "/q/end"
            else ""
        )
        reached = pages if self.route == "/q/review" else chance.randrange(pages + 1)
        stage = Change(new_nonce(), page=reached, consented=True, ended=ended)
        self.desk.change(admission, stage)

    async def send(self, request: Hostile, *, twice: bool = False) -> Answer:
        """Send one, and make sure of what holds for every reply."""
        self.desk.changes.clear()
        self.desk.handed.clear()
        given = next(reversed(self.desk._given))
        reply = await call(self.app, request)
        check_reply(reply)
        handed_out = [] if next(reversed(self.desk._given)) == given else [given]
        written = (*self.desk.changes, *self.desk.handed, *handed_out)
        assert request.ours or not written, "stored what bears no marks of ours"
        for change in self.desk.changes:
            assert set(change.answers) <= KNOWN, "stored an answer to no question"
            assert all(len(answer) <= 40 for answer in change.answers.values()), (
                "stored a long text"
            )
        if twice:
            before = {token: sheet.draft for token, sheet in self.desk._sheets.items()}
            check_reply(await call(self.app, request))
            for token, sheet in self.desk._sheets.items():  # who joins twice has two links
                assert before.get(token, sheet.draft) == sheet.draft, "a replay counted"
        return reply


def check_reply(reply: Answer) -> None:
    """What holds for every reply: no failure, no echo, no header or address of others."""
    assert reply.status < 500, f"status {reply.status}"
    packed = reply.all("content-encoding") == ["gzip"]
    shown = (gzip.decompress(reply.body) if packed else reply.body).decode()
    assert "<q" not in shown.replace(html.escape(MARK), ""), "markup is echoed"
    for name, value in reply.headers:
        assert not {"\r", "\n", "\0"} & set(name + value), "a header holds a line break"
    for place in reply.all("location"):
        assert place.startswith(f"{PREFIX}/"), f"sent on to {place}"
        assert not place.startswith("//"), f"sent on to {place}"
    for cookie in reply.all("set-cookie"):
        assert cookie.startswith(("cosyn=", "cosyn_before=", "cosyn_language=")), (
            "a cookie of others"
        )
        assert f"Path={PREFIX}/;" in cookie
    (policy,) = reply.all("content-security-policy")
    assert policy.startswith("default-src 'none'")
    assert reply.all("referrer-policy") == ["no-referrer"]
