"""The page of a wave's progress: what `survey status` says, for whoever holds a signed link."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from cosyn.fielding.progress import progress
from cosyn.fielding.watch import told
from cosyn.fielding.watch.passes import PATH, pass_ends
from cosyn.fielding.watch.wording import phrases
from cosyn.server.reception import Refused
from cosyn.server.site import WATCH_STYLE, made, static_name

if TYPE_CHECKING:
    from cosyn.fielding.desk import Desk
    from cosyn.fielding.progress import Progress
    from cosyn.server.gate import Page
    from cosyn.server.site import Site
    from cosyn.server.visits import Reply, Visit

RENEWED_SECONDS = 60
_FRESH_SECONDS = 20.0


class Dashboard:
    """Progress as it was a few seconds ago: many who look cost no more than one.

    Parameters
    ----------
    desk : Desk
        Not closed with it.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._lock = threading.Lock()
        self._found: tuple[float, Progress] | None = None

    def pages(self) -> tuple[Page, ...]:
        """What is put beside the respondents' pages."""
        return ((f"/{PATH}/{{pass}}", self.show, ["GET"]),)

    def show(self, site: Site, visit: Visit) -> Reply:
        """Show how far the wave has come, in the language that the address names.

        Raises
        ------
        Refused
            As a page that is not there: the pass has ended, or is none of ours.
        StoreError
            The stores cannot be read.
        """
        ends = pass_ends(self._desk.keys.watch, visit.path["pass"], self._desk.clock())
        if ends is None:
            raise Refused("missing", 404)
        asked = visit.query.get("lang", "")
        language = asked if asked in site.languages else visit.language
        found = told(self._now(), language)
        return made(
            site,
            "dashboard",
            language,
            about=False,
            title=found.title,
            found=found,
            w=phrases(language),
            k=self._desk.wave.k,
            sheet=static_name(WATCH_STYLE),
            renewed=RENEWED_SECONDS if visit.query.get("renew") == "1" else 0,
            ends=f"{ends:%Y-%m-%d %H:%M} UTC",
        )

    def _now(self) -> Progress:
        """Progress, counted anew unless somebody else is about to."""
        last = self._found
        if last and (time.monotonic() - last[0] < _FRESH_SECONDS or self._lock.locked()):
            return last[1]
        with self._lock:
            if self._found is None or self._found is last:
                self._found = (time.monotonic(), progress(self._desk))
            return self._found[1]
