"""A draft as it lies sealed: what was answered, what was answered before, and which POSTs count."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from cosyn.errors import StoreError
from cosyn.fielding.sealing import derived, sealed, unsealed
from cosyn.fielding.types import Draft

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cosyn.fielding.types import Change

VERSION = 1
_REMEMBERED = 1000
"""Shown pages whose POSTs are remembered, and former values: no honest respondent has more."""
_PAUSE_SECONDS = 600
"""Of a longer silence only so much counts as answering."""
BANDS = (0, 3, 5, 10, 15, 20, 30, 45, 60)
"""Lower ends, in minutes, of how long answering took."""


@dataclass(frozen=True, slots=True)
class Page:
    """What is remembered of one shown page.

    Attributes
    ----------
    sequence : int
        Of the last autosave.
    finished : tuple of str
        Digests of what finished it.
    """

    sequence: int = 0
    finished: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A draft with what respondents are not shown.

    Attributes
    ----------
    pages : Mapping[str, Page]
        Nonce -> what came from that shown page.
    history : tuple of (str, str)
        Item and the value that was replaced, oldest first.
    seconds : float
        Spent answering so far, without long pauses.
    at : float
        When it was last changed, in seconds since 1970.
    """

    draft: Draft
    pages: Mapping[str, Page] = field(default_factory=dict)
    history: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0
    at: float = 0.0


def changed(sheet: Sheet, change: Change, at: float) -> Sheet:
    """Carry a POST out, once: what was sent before, or comes too late, changes nothing."""
    page = sheet.pages.get(change.nonce, Page())
    content = _digest(change)
    if change.sequence > 0:
        if page.finished or change.sequence <= page.sequence:
            return sheet
        page = replace(page, sequence=change.sequence)
    else:
        if content in page.finished:
            return sheet
        page = replace(page, finished=(*page.finished, content))
    draft = sheet.draft
    former = [
        (item, draft.answers[item])
        for item, value in change.answers.items()
        if item in draft.answers and draft.answers[item] != value
    ]
    others = {nonce: known for nonce, known in sheet.pages.items() if nonce != change.nonce}
    pages = [*others.items(), (change.nonce, page)][-_REMEMBERED:]
    return Sheet(
        draft=_redrafted(draft, change),
        pages=dict(pages),
        history=(*sheet.history, *former)[-_REMEMBERED:],
        seconds=sheet.seconds + min(max(at - sheet.at, 0.0), _PAUSE_SECONDS),
        at=at,
    )


def _redrafted(draft: Draft, change: Change) -> Draft:
    new = change.page_id and change.page_id not in draft.seen
    return replace(
        draft,
        language=change.language or draft.language,
        consented=draft.consented if change.consented is None else change.consented,
        page=max(draft.page, change.page or 0),
        answers={**draft.answers, **change.answers},
        seen=(*draft.seen, change.page_id) if new else draft.seen,
        ended=draft.ended if change.ended is None else change.ended,
    )


def _digest(change: Change) -> str:
    """Names what a POST says; eight bytes are enough to tell a person's POSTs apart."""
    said = [
        change.page_id,
        change.page,
        sorted(change.answers.items()),
        change.language,
        change.consented,
        change.ended,
    ]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()[:16]


def band(seconds: float) -> str:
    """Band of minutes, e.g. ``10-15``; the last is open: ``60-``."""
    minutes = seconds / 60
    for low, high in pairwise(BANDS):
        if minutes < high:
            return f"{low}-{high}"
    return f"{BANDS[-1]}-"


def sealed_sheet(token: str, place: str, sheet: Sheet) -> bytes:
    """Seal so that only the token opens it, in this place."""
    draft = sheet.draft
    content = {
        "v": VERSION,
        "department": draft.department,
        "order": draft.order,
        "language": draft.language,
        "consented": draft.consented,
        "page": draft.page,
        "answers": dict(draft.answers),
        "seen": draft.seen,
        "ended": draft.ended,
        "pages": {nonce: [page.sequence, *page.finished] for nonce, page in sheet.pages.items()},
        "history": sheet.history,
        "seconds": round(sheet.seconds, 1),
        "at": sheet.at,
    }
    return sealed(_key(token), content, f"draft/{place}")


def opened_sheet(token: str, place: str, blob: bytes) -> Sheet:
    """Open what `sealed_sheet` sealed.

    Raises
    ------
    StoreError
        ``field.sealed``, or ``store.newer`` if a newer version of the program wrote it.
    """
    found = unsealed(_key(token), blob, f"draft/{place}")
    if found["v"] != VERSION:
        what = f"a newer version of this program wrote a draft (layout {found['v']})"
        raise StoreError("store.newer", place, what, "Update the program")
    return Sheet(
        draft=Draft(
            department=found["department"],
            order=found["order"],
            language=found["language"],
            consented=found["consented"],
            page=found["page"],
            answers=found["answers"],
            seen=tuple(found["seen"]),
            ended=found["ended"],
        ),
        pages={n: Page(int(first), tuple(rest)) for n, (first, *rest) in found["pages"].items()},
        history=tuple((item, value) for item, value in found["history"]),
        seconds=found["seconds"],
        at=found["at"],
    )


def _key(token: str) -> bytes:
    return derived(token.encode(), "draft")


def first_sheet(draft: Draft, at: float) -> Sheet:
    """A draft that was just begun."""
    return Sheet(draft, at=at)


def content_of(sheet: Sheet, *, minutes: bool) -> dict[str, Any]:
    """What of a draft goes into the envelope: of the answers those alone that stand."""
    draft = sheet.draft
    told: dict[str, Any] = {
        "language": draft.language,
        "order": draft.order,
        "ended": draft.ended,
        "answers": {item: value for item, value in draft.answers.items() if value},
        "seen": list(draft.seen),
    }
    return {**told, "minutes": band(sheet.seconds)} if minutes else told
