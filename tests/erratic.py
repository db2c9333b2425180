"""A respondent over a bad line with two tabs: what is sent comes twice, out of order, and late."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from html import unescape

from tests.loaded_wave import ASKED, FORM, HIDDEN, Browser, Person, Reply, Unanswered

Sent = tuple[str, dict[str, str]]


@dataclass
class Erratic(Person):
    """Every POST is sent twice, some at once, and an old one comes again with each page.

    Attributes
    ----------
    former : list of Sent
        What finished a page, to be sent again an hour too late.
    """

    former: list[Sent] = field(default_factory=list)

    async def _page(self, page: Reply, offered: Mapping[str, list[str]]) -> str:
        here = FORM.search(page.text)
        assert page.status == 200, (page.status, page.text[:2000])
        assert here is not None, page.text[:2000]
        action, items = unescape(here[1]), dict.fromkeys(ASKED.findall(page.text))
        if not items:
            return await super()._page(page, offered)
        other = await self._sent("GET", action)
        assert other.status == 200, (other.status, other.text[:2000])
        first, second = (dict(HIDDEN.findall(tab.text)) for tab in (page, other))

        def chosen() -> dict[str, str]:
            return {item: self.chance.choice(offered[item]) for item in items}

        await self._saves(action, {**first, "_save": "2"}, chosen())
        await self._saves(action, {**first, "_save": "1"}, chosen(), late=True)
        await self._finishes(action, second, chosen())
        place = await self._finishes(action, first, chosen())
        await self._saves(action, {**first, "_save": "3"}, chosen(), late=True)
        await self._again(*self.chance.choice(self.former))
        self.pages += 1
        return place

    async def _saves(
        self, action: str, marks: dict[str, str], answers: dict[str, str], *, late: bool = False
    ) -> None:
        """What comes late has no effect, so that nothing of it may ever be found."""
        self.pending = {} if late else answers
        reply = await self._twice(action, {**marks, **answers})
        assert reply.status == 204, (reply.status, reply.text[:2000])
        self.saved.update(self.pending)
        self.pending = {}

    async def _finishes(self, action: str, marks: dict[str, str], answers: dict[str, str]) -> str:
        self.pending = answers
        sent = {**marks, **answers, "_go": "next"}
        reply = await self._twice(action, sent)
        assert reply.status == 303, (reply.status, reply.text[:2000])
        self.saved.update(answers)
        self.pending = {}
        self.former.append((action, sent))
        return reply.place

    async def _again(self, action: str, sent: dict[str, str]) -> None:
        reply = await self._sent("POST", action, sent)
        assert reply.status == 303, (reply.status, reply.text[:2000])

    async def _twice(self, action: str, sent: dict[str, str]) -> Reply:
        """Send on two connections at once, or one after the other."""
        twin = Browser(self.browser.port, cookies=dict(self.browser.cookies))
        if self.chance.random() < 0.5:
            reply, _ = await asyncio.gather(
                self._sent("POST", action, sent), _heedless(twin, action, sent)
            )
        else:
            await _heedless(twin, action, sent)
            reply = await self._sent("POST", action, sent)
        twin.close()
        for status, count in twin.statuses.items():
            self.browser.statuses[status] = self.browser.statuses.get(status, 0) + count
        return reply


async def _heedless(browser: Browser, action: str, sent: dict[str, str]) -> None:
    try:
        await browser.ask("POST", action, sent)
    except Unanswered:
        return
