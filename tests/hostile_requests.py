"""Requests that no browser sends: generated, for a default run and for a long one."""

from __future__ import annotations

import html
from typing import Any

import httpx
from hypothesis import strategies as st

from cosyn.instrument.questionnaire import questionnaire
from tests.served_pages import INSTRUMENT, FakeDesk, Respondent, marks_in, respondent

RECORDS = [q.id for q in questionnaire(INSTRUMENT, "coordinator").pages[1].questions]
KNOWN = {q.id for q in questionnaire(INSTRUMENT, "core-40").questions} | set(RECORDS)
ECHOED = ("_code", RECORDS[1])
"""Fields whose text is shown again where it is wrong: a code, a number."""
MARK = "<q'\"&x>"
PLACES = (
    "/", "/f/{token}", "/q/", "/q/1", "/q/2", "/q/9", "/q/review", "/q/end", "/join", "/link",
    "/about", "/leave", "/language", "/done", "/ended", "/healthz", "/static/x", "/q//1", "/../q/1",
    "/q/%2e%2e/1", "/q/1%00", "/q/١", "/q/99999999999999999999", "/f/", "/f/%F0%9F%98%80", "/F/x",
)  # fmt: skip
"""Every route, and addresses near them."""
_TEXT = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        (MARK, "1", "98", "7", "-1", "1e999", "nan", "\x00", "\r\nSet-Cookie: a=b", "{{7*7}}",
         "%s%n", "' OR 1=1 --", "../../etc/passwd", "\ud7ff\U0010ffff", "٣", "1" * 5000)
    ),
)  # fmt: skip
_NAMES = st.one_of(
    st.sampled_from(
        ("BGAGREE", "BGPART", "IPG1", "_nonce", "_check", "_go", "_save", "_language", "_clear",
         "_back", "_code", MARK, "__proto__")
    ),
    st.text(max_size=20),
)  # fmt: skip
_HEADERS = st.dictionaries(
    st.sampled_from(
        ("host", "cookie", "accept-language", "accept-encoding", "x-forwarded-for",
         "x-forwarded-prefix", "x-forwarded-host", "content-type", "origin", "sec-fetch-site",
         "range", "if-none-match", "content-length")
    ),
    st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f"), max_size=80),
    max_size=4,
)  # fmt: skip


@st.composite
def requests(draw: st.DrawFn) -> dict[str, Any]:
    """A method, a place, fields or raw bytes, headers, and whether the marks are right."""
    return {
        "method": draw(st.sampled_from(("GET", "POST", "POST", "POST", "HEAD", "PUT", "OPTIONS"))),
        "place": draw(st.one_of(st.sampled_from(("/", "/q/2")), st.sampled_from(PLACES))),
        "form": draw(st.sampled_from(("core-40", "coordinator"))),
        "fields": draw(st.lists(st.tuples(_NAMES, _TEXT), max_size=8))
        + [(name, MARK) for name in ECHOED if draw(st.booleans())],
        "raw": draw(st.one_of(st.none(), st.none(), st.binary(max_size=300))),
        "headers": draw(_HEADERS),
        "marked": draw(st.booleans()),
    }


def send(desk: FakeDesk, person: Respondent, token: str, request: dict[str, Any]) -> httpx.Response:
    """Send one, and make sure of what holds for every reply."""
    place = request["place"].replace("{token}", token)
    fields = list(request["fields"])
    if request["marked"] and request["method"] == "POST":
        fields += marks_in(person.get(place)).items()
    content = request["raw"]
    if content is None:
        content = str(httpx.QueryParams(fields)).encode()
    headers = {
        "content-type": "application/x-www-form-urlencoded",
        **{name: value.strip().encode("latin-1") for name, value in request["headers"].items()},
    }
    headers.pop("content-length", None)
    reply = person.ask(request["method"], place, content=content, headers=headers)
    assert reply.status_code < 500, (request, reply.status_code)
    assert MARK not in reply.text, request
    assert "<q" not in reply.text.replace(html.escape(MARK), ""), request
    assert "\n" not in reply.headers.get("location", ""), request
    assert reply.headers["content-security-policy"].startswith("default-src 'none'")
    for change in desk.changes:
        assert set(change.answers) <= KNOWN, request
        assert all(len(answer) <= 40 for answer in change.answers.values()), request
    desk.changes.clear()
    return reply


def begun(form: str) -> tuple[FakeDesk, Respondent, str]:
    """Somebody on the second page."""
    desk = FakeDesk()
    token = desk.token()
    person = respondent(desk, form=form).begin(token)
    person.send("/q/1", **({"BGAGREE": "1"} if form == "core-40" else {}))
    return desk, person, token
