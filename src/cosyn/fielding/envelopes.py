"""Envelopes: answers that were handed in, for the holder of the wave's private key alone."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from cosyn.errors import StoreError
from cosyn.fielding import schema
from cosyn.fielding.sealing import enveloped, opened

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

    from cosyn.fielding.keys import Keys
    from cosyn.fielding.wave import Wave

VERSION = 1
Origin = Literal["web", "paper"]


@dataclass(frozen=True, slots=True)
class Answered:
    """One questionnaire as it was handed in.

    Attributes
    ----------
    id : str
        A second random id, inside the envelope: an envelope in a backup matches no row of data.
    person : str
        Code of the person in identified mode; empty otherwise.
    minutes : str
        Band; empty if it was not kept.
    ended : str
        Item whose answer ended the questionnaire; empty otherwise.
    answers : Mapping[str, str]
        Item -> code or number, for what was answered.
    seen : tuple of str
        Ids of the pages that were shown.
    batch : int
        In which batch of its department it was released.
    """

    id: str
    wave: str
    department: str
    person: str
    language: str
    form: str
    digest: str
    order: int
    minutes: str
    origin: Origin
    ended: str
    answers: Mapping[str, str] = field(default_factory=dict)
    seen: tuple[str, ...] = ()
    batch: int = 0


def deposit(
    connection: Connection,
    wave: Wave,
    keys: Keys,
    department: str,
    content: Mapping[str, Any],
    *,
    origin: Origin = "web",
    person: str = "",
) -> None:
    """Put what was answered into an envelope, under ids that nothing else knows.

    Parameters
    ----------
    connection : Connection
        A transaction of the answers store.
    content : Mapping[str, Any]
        ``language``, ``order``, ``ended``, ``answers``, ``seen``, and ``minutes`` if kept.
    """
    named = secrets.token_hex(16)
    told: dict[str, Any] = {
        "v": VERSION,
        "id": secrets.token_hex(16),
        "wave": wave.wave,
        "department": department,
        "form": wave.form,
        "digest": wave.digest,
        "origin": origin,
        **content,
    }
    if not wave.anonymous:
        told["person"] = person
    row = {
        "id": named,
        "department": department,
        "batch": 0,
        "sealed": enveloped(keys.public, told, _place(wave, named)),
    }
    connection.execute(schema.envelopes.insert(), row)


def open_envelope(private: bytes, wave: Wave, named: str, batch: int, blob: bytes) -> Answered:
    """Open an envelope with the wave's private key.

    Raises
    ------
    StoreError
        ``field.sealed``, or ``store.newer`` if a newer version of the program sealed it.
    """
    found = opened(private, blob, _place(wave, named))
    if found["v"] != VERSION:
        what = f"a newer version of this program sealed it (layout {found['v']})"
        raise StoreError("store.newer", f"envelope {named}", what, "Update the program")
    return Answered(
        id=found["id"],
        wave=found["wave"],
        department=found["department"],
        person=found.get("person", ""),
        language=found["language"],
        form=found["form"],
        digest=found["digest"],
        order=found["order"],
        minutes=found.get("minutes", ""),
        origin=found["origin"],
        ended=found["ended"],
        answers=found["answers"],
        seen=tuple(found["seen"]),
        batch=batch,
    )


def _place(wave: Wave, named: str) -> str:
    return f"envelope/{wave.wave}/{named}"
