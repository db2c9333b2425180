"""A demonstration for training: the same pages over a desk that writes nothing."""

from __future__ import annotations

import secrets
import time
from contextlib import nullcontext
from typing import TYPE_CHECKING

from cosyn.fielding.drafts import changed, first_sheet
from cosyn.fielding.tokens import drawn_token, new_token
from cosyn.fielding.types import Admission, Draft
from cosyn.server.types import Opening

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from cosyn.fielding.drafts import Sheet
    from cosyn.fielding.types import Change
    from cosyn.i18n import Text

DEPARTMENT = "DEMO"
_MOST = 2000


class Rehearsal:
    """What is entered lives in memory until it is handed in or the program ends (`types.Keeper`).

    Parameters
    ----------
    orders : int
        From how many permuted orders one is drawn; 0 for the listed one.

    Attributes
    ----------
    link : str
        Token of the department's common link: everybody who trains may use it.
    """

    def __init__(self, orders: int) -> None:
        self.link = new_token()
        self._key = secrets.token_bytes(32)
        self._orders = orders
        self._given: dict[str, None] = {}
        self._sheets: dict[str, Sheet] = {}
        self._done: dict[str, None] = {}

    def admit(self, token: str) -> Admission | None:
        """Let in with the common link, or one that it handed out; they are never used up."""
        if token == self.link:
            return Admission(token, "department", DEPARTMENT)
        return Admission(token, "place", DEPARTMENT) if token in self._given else None

    def arrive(self, token: str) -> tuple[Admission, Draft | None] | None:
        """Let in, with what was entered so far."""
        found = self.admit(token)
        return (found, self.draft_of(found)) if found else None

    def draft_of(self, admission: Admission) -> Draft | None:
        """What was entered so far."""
        found = self._sheets.get(admission.token)
        return found.draft if found else None

    def begin(self, admission: Admission, language: str) -> Draft | None:
        """Begin, or begin again."""
        order = 1 + secrets.randbelow(self._orders) if self._orders else 0
        sheet = first_sheet(Draft(DEPARTMENT, order, language), time.time())
        self._done.pop(admission.token, None)
        return self._sheets.setdefault(admission.token, sheet).draft

    def change(self, admission: Admission, change: Change) -> Draft | None:
        """Carry a POST out, once."""
        found = self._sheets.get(admission.token)
        if found is None:
            return None
        now = changed(found, change, time.time())
        self._sheets[admission.token] = now
        return now.draft

    def hand_in(self, admission: Admission) -> bool:
        """Forget what was entered."""
        if self._sheets.pop(admission.token, None) is not None:
            _remember(self._done, admission.token)
        return admission.token in self._done

    def handed_in(self, token: str) -> bool:
        """Tell whether it was handed in and not begun again."""
        return token in self._done

    def join(self, token: str, nonce: str) -> str | None:
        """Hand out a link."""
        if token != self.link:
            return None
        given = drawn_token(self._key, nonce)
        self._sheets.pop(_remember(self._given, given), None)
        return given

    def words(self, _: str) -> Mapping[str, Text]:
        """None of its own: those of the instrument."""
        return {}

    def together(self) -> AbstractContextManager[None]:
        """Nothing is committed."""
        return nullcontext()

    def opening(self) -> Opening:
        """It is open while it runs."""
        return Opening("open")

    def close(self) -> None:
        """Forget everything."""
        self._sheets.clear()


def _remember(names: dict[str, None], name: str) -> str:
    """Add a name; of more than 2,000 the oldest is forgotten, and returned."""
    names[name] = None
    oldest = next(iter(names)) if len(names) > _MOST else ""
    names.pop(oldest, None)
    return oldest
