"""The pages over a desk in memory: for tests in this process, and for a browser's visits."""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import httpx
import uvicorn

from cosyn.errors import StoreError
from cosyn.fielding.types import Admission, Change, Draft
from cosyn.i18n import Text
from cosyn.instrument.load import load_instrument
from cosyn.instrument.types import Instrument
from cosyn.server.app import create_app
from cosyn.server.marks import new_nonce
from cosyn.server.rehearsal import Rehearsal
from cosyn.server.serving import _config, _Server, listening
from cosyn.server.types import Limits, Opening, Settings, Survey
from cosyn.study import bundled

if TYPE_CHECKING:
    from cosyn.server.gate import Page

INSTRUMENT = load_instrument(bundled() / "instrument")
SURVEY = Survey(
    instrument=INSTRUMENT,
    form="core-40",
    mode="anonymous",
    k=5,
    keep_language=True,
    keep_minutes=True,
    contact={"en": "The research team", "zh-Hans": "研究组"},
    key=bytes(32),
)
BASE = "http://pages.test"
HIDDEN = re.compile(r'name="(_nonce|_check)" value="(\w+)"')
QUESTION = re.compile(r'<input type="(?:radio|text)"[^>]*? name="([A-Za-z][A-Za-z0-9]*)"')


def survey(**changes: Any) -> Survey:
    return replace(SURVEY, **changes)


class FakeDesk(Rehearsal):
    """The demonstration's desk, made to behave as a wave's does where tests say so."""

    def __init__(self, orders: int = 0, *, reusable: bool = False) -> None:
        super().__init__(orders)
        self.reusable = reusable
        self.state = Opening("open")
        self.full = False
        self.refuses = False
        self.wording: Mapping[str, Text] = {}
        self.handed: list[Draft] = []
        self.changes: list[Change] = []
        self.answered = False

    def token(self) -> str:
        """A personal link's."""
        token = self.join(self.link, new_nonce())
        assert token is not None
        return token

    def admit(self, token: str) -> Admission | None:
        found = super().admit(token)
        used = self.handed_in(token) and not self.reusable
        if found is None or (used and not self.answered):
            return None
        return replace(found, full=self.full, answered=used)

    def begin(self, admission: Admission, language: str) -> Draft | None:
        self._may_write()
        return super().begin(admission, language)

    def change(self, admission: Admission, change: Change) -> Draft | None:
        self._may_write()
        self.changes.append(change)
        return super().change(admission, change)

    def hand_in(self, admission: Admission) -> bool:
        self._may_write()
        draft = self.draft_of(admission)
        done = super().hand_in(admission)
        if draft is not None:
            self.handed.append(draft)
        return done

    def words(self, _: str) -> Mapping[str, Text]:
        return self.wording

    def opening(self) -> Opening:
        return self.state

    def _may_write(self) -> None:
        if self.refuses:
            raise StoreError("store.no-space", "answers", "the disk is full", "Free some space")


@dataclass
class Respondent:
    """A browser without a screen: it keeps cookies and follows nothing by itself."""

    app: Any
    headers: dict[str, str] = field(default_factory=dict)
    base: str = BASE

    def __post_init__(self) -> None:
        self.jar = httpx.Cookies()

    def ask(self, method: str, path: str, **how: Any) -> httpx.Response:
        async def sent() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(
                transport=transport, base_url=self.base, cookies=self.jar, headers=self.headers
            ) as client:
                reply = await client.request(method, path, **how)
                self.jar = client.cookies
                return reply

        return asyncio.run(sent())

    def get(self, path: str) -> httpx.Response:
        return self.ask("GET", path)

    def post(self, path: str, fields: Mapping[str, Any] | None = None) -> httpx.Response:
        kind = {"content-type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, data=dict(fields or {}), headers=kind)

    def send(self, path: str, **fields: Any) -> httpx.Response:
        """Open a page with a form and send it with these fields."""
        return self.post(path, {**marks_in(self.get(path)), "_go": "next", **fields})

    def begin(self, token: str) -> Respondent:
        assert self.get(f"/f/{token}").status_code == 303
        reply = self.send("/q/")
        assert (reply.status_code, reply.headers["location"]) == (303, "/q/1")
        return self

    def complete(self, answer: str = "1") -> httpx.Response:
        """Answer every page and hand in; gives the last reply."""
        place = self.get("/q/").headers["location"]
        while place not in {"/done", "/ended"}:
            names = set(QUESTION.findall(self.get(place).text))
            reply = self.send(place, **dict.fromkeys(names, answer))
            assert reply.status_code == 303, reply.text
            place = reply.headers["location"]
        return reply


def marks_in(reply: httpx.Response) -> dict[str, str]:
    return dict(HIDDEN.findall(reply.text))


def respondent(
    desk: FakeDesk,
    *,
    base: str = BASE,
    limits: Limits | None = None,
    headers: dict[str, str] | None = None,
    more: tuple[Page, ...] = (),
    **changes: Any,
) -> Respondent:
    settings = Settings(base, limits=limits or Limits(address=0, token=0, strange=0, reserve=0.0))
    app = create_app(survey(**changes), desk, settings, more)
    return Respondent(
        app, headers or {"accept-language": "en"}, settings.base[: -len(settings.prefix) or None]
    )


@contextmanager
def listened(
    desk: FakeDesk,
    more: tuple[Page, ...] = (),
    *,
    limits: Limits | None = None,
    **changes: Any,
) -> Iterator[str]:
    """Serve the pages on a free port of this machine; gives the base address."""
    with listening("127.0.0.1", 0) as taken:
        base = f"http://127.0.0.1:{taken.getsockname()[1]}"
        bounds = limits or Limits(address=0, token=0, strange=0, reserve=0.0)
        app = create_app(survey(**changes), desk, Settings(base, limits=bounds), more)
        server: uvicorn.Server = _Server(_config(app))
        thread = threading.Thread(target=server.run, args=([taken],), daemon=True)
        thread.start()
        try:
            yield base
        finally:
            server.should_exit = True
            thread.join(30)
            assert not thread.is_alive()


def instrument(**changes: Any) -> Instrument:
    return replace(INSTRUMENT, **changes)
