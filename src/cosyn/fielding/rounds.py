"""Drawing the urn from time to time, while a server runs."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING

from cosyn.errors import SurveyError
from cosyn.fielding.events import note
from cosyn.fielding.urn import Drawn, draw

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.fielding.desk import Desk

EVERY_SECONDS = 60.0


def drawn_and_noted(desk: Desk, *, by_hand: bool) -> Drawn:
    """Draw every full batch and add what was done to the log; nothing done is not noted.

    Raises
    ------
    StoreError
        A store or the log cannot be written.
    """
    done = draw(desk)
    if done.departments:
        note(
            desk.folder,
            "draw",
            desk.clock(),
            by_hand=by_hand,
            departments=len(done.departments),
            marked=done.marked,
            released=done.released,
            tidied=done.tidied,
        )
    return done


@contextmanager
def drawing(desk: Desk, every: float = EVERY_SECONDS) -> Iterator[None]:
    """Draw every so many seconds until the block ends; what cannot be done now is tried again."""
    over = Event()

    def rounds() -> None:
        while not over.wait(every):
            try:
                drawn_and_noted(desk, by_hand=False)
            except SurveyError:
                # A full disk, a database that is being restarted: respondents are told by the
                # pages, and the notes wait.
                continue

    thread = Thread(target=rounds, name="urn", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
