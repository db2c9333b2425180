"""Hostile requests to the pages for keying and for progress, over the stores of a wave in files."""

from __future__ import annotations

import random
import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

from sqlalchemy import delete, select

from cosyn.fielding import schema
from cosyn.fielding.database import reading, writing
from cosyn.fielding.paper import KeyedSheet, begin_sheet, issue_keying_link
from cosyn.fielding.watch.passes import new_pass
from cosyn.server.app import create_app
from cosyn.server.dashboard import Dashboard
from cosyn.server.fielded import Fielded
from cosyn.server.keying import keying_pages
from cosyn.server.types import Settings
from tests.fielded_wave import instrument, new_desk
from tests.hostile_requests import (
    FORMS,
    NUMBERS,
    OPEN,
    PREFIX,
    Answer,
    Hostile,
    Target,
    call,
    check_reply,
    hostile,
    text,
)
from tests.served_pages import survey


class Stored(Target):
    """The pages over a wave's stores, for one route; a sheet is made for each request."""

    def __init__(self, route: str, folder: Path) -> None:
        self.route = route
        self.wave = new_desk(folder / "1")
        more = (*keying_pages(self.wave), *Dashboard(self.wave).pages())
        settings = Settings(f"http://pages.test{PREFIX}", limits=OPEN)
        shown = survey(instrument=instrument(), form=self.wave.wave.form)
        self.app = create_app(shown, Fielded(self.wave), settings, more)
        self.link = issue_keying_link(self.wave)
        self.names = tuple(q.id for q in FORMS["core-40"].questions)

    def drawn(self, chance: random.Random) -> Hostile:
        """A sheet at some stage, and a request of its clerk or in their name."""
        number = f"S{chance.randrange(10**9)}"
        passes = chance.randrange(3)
        keyed = tuple({self.names[0]: str(answer)} for answer in range(passes))
        if "{sheet}" in self.route:
            begin_sheet(self.wave, self.link, KeyedSheet(number, "D1", 0, "en", passes=keyed))
        shown = chance.choice(
            (new_pass(self.wave.keys.watch, self.wave.clock() + timedelta(1)), text(chance))
        )
        other = quote(text(chance) or "x")
        path = self.route.replace("{sheet}", number if chance.random() < 0.8 else other)
        path = path.replace(
            "{number}", str(passes + 1) if chance.random() < 0.8 else chance.choice(NUMBERS)
        )
        path = path.replace("{pass}", quote(shown))
        for name, usual in (("{department}", "D1"), ("{order}", "0"), ("{printed}", "en")):
            path = path.replace(name, usual if chance.random() < 0.8 else other)
        names = (
            self.names
            if "{sheet}" in self.route
            else ("_department", "_sheet", "_order", "_printed")
        )
        return hostile(chance, path, self.link, path[1:], names)

    async def send(self, request: Hostile, *, twice: bool = False) -> Answer:
        """Send one, and make sure of what holds for every reply."""
        before = self._rows()
        reply = await call(self.app, request)
        check_reply(reply)
        after = self._rows()
        assert request.ours or before == after, "stored what bears no marks of ours"
        for sheet, department, _ in after - before:
            assert re.fullmatch("[A-Za-z0-9]{1,20}", sheet), "a sheet with another kind of number"
            assert department in {"D1", "D2"}, "a sheet of no department"
        if twice:
            check_reply(await call(self.app, request))
        self._forget()
        return reply

    def _rows(self) -> set[tuple[str, str, int]]:
        table = schema.keyed
        with reading(self.wave.answers) as connection:
            found = connection.execute(select(table.c.sheet, table.c.department, table.c.passes))
            return {(row[0], row[1], row[2]) for row in found}

    def _forget(self) -> None:
        with writing(self.wave.answers) as connection:
            connection.execute(delete(schema.keyed))


AFTER = "/key/{department}/{order}/{printed}/{sheet}"
STORED = ("/key", AFTER, "/key/{sheet}/{number}", "/progress/{pass}")


def target(route: str, folder: Path, form: str = "core-40") -> Target:
    """What a route is tried on."""
    return Stored(route, folder) if route in STORED else Target(route, form)
