"""A simulated wave that is watched after every event, and everything a watcher can try.

What is kept of the wave while it runs is what an operator's backups hold: both stores after every
single event (far more than any timer would keep), the files' raw bytes at the end, and the log. The
truth (who handed in which envelope, which row of the data it became) is known to the simulation alone.
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from cosyn.fielding.desk import admit, begin, change, hand_in
from cosyn.fielding.keys import read_private
from cosyn.fielding.released import released
from cosyn.fielding.settings import Settings
from cosyn.fielding.tokens import keyed_hash
from cosyn.fielding.types import Change
from cosyn.fielding.urn import draw
from tests.fielded_wave import invite, new_desk


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Both stores at one moment, as a backup holds them: without the urn.

    Attributes
    ----------
    marked : frozenset of str
        Hashes of invitations that are marked as answered.
    envelopes, drafts, spent : frozenset of str
    """

    marked: frozenset[str]
    envelopes: frozenset[str]
    drafts: frozenset[str]
    spent: frozenset[str]


@dataclass(frozen=True, slots=True)
class Watched:
    """A wave as it looks to a watcher, and the truth.

    Attributes
    ----------
    department : Mapping[str, str]
        Invitation -> department, for those who answered (a marked invitation says so).
    rows : Mapping[str, tuple of str]
        Department -> ids of its rows of data, in the data's order.
    sealed : Mapping[str, tuple of str]
        Department -> ids of its envelopes, in the store's order.
    opened : Mapping[str, str]
        Envelope -> row of data, for who holds the private key.
    places : Mapping[str, int]
        Id or hash -> where its text first stands in the raw files.
    truth : Mapping[str, str]
        Invitation -> row of data.
    """

    snapshots: Sequence[Snapshot]
    department: Mapping[str, str]
    rows: Mapping[str, Sequence[str]]
    sealed: Mapping[str, Sequence[str]]
    opened: Mapping[str, str]
    places: Mapping[str, int]
    truth: Mapping[str, str]
    k: int

    def chance(self) -> float:
        """Share that is right if a row of the same department is drawn for everybody."""
        return sum(1 / len(self.rows[d]) for d in self.department.values()) / len(self.department)


def watched_wave(
    folder: Path, *, departments: int = 20, people: int = 10, seed: int = 1
) -> Watched:
    """Field a wave in which everybody answers, at random times, and watch it."""
    chance = random.Random(seed)  # noqa: S311 - of the simulation, no secret
    codes = tuple(f"W{number:02d}" for number in range(departments))
    desk = new_desk(folder, settings=Settings(smallest_batch=5), departments=codes)
    tokens = {invite(desk, code): code for code in codes for _ in range(people)}
    events = [*tokens, *tokens]
    chance.shuffle(events)
    snapshots, of_envelope, came = [_snapshot(folder)], {}, set()
    for token in events:
        admission = admit(desk, token)
        assert admission is not None
        if token not in came:
            came.add(token)
            begin(desk, admission, chance.choice(["en", "zh-Hans"]))
            sent = {"IPG1": str(chance.randint(1, 7))}
            change(desk, admission, Change(nonce="n", page_id="p1", page=1, answers=sent))
        else:
            assert hand_in(desk, admission)
            [new] = _snapshot(folder).envelopes - snapshots[-1].envelopes
            of_envelope[new] = keyed_hash(desk.keys.roster, token)
            draw(desk)
        snapshots.append(_snapshot(folder))
    draw(desk, closing=True)
    snapshots.append(_snapshot(folder))
    private = read_private(folder / "keys" / "answers.key", desk.keys.public)
    _, answered, waiting = released(folder)
    assert waiting == 0
    opened = _opened(desk, private)
    desk.close()
    return Watched(
        snapshots=snapshots,
        department={keyed_hash(desk.keys.roster, token): code for token, code in tokens.items()},
        rows={code: [one.id for one in answered if one.department == code] for code in codes},
        sealed=_by_department(folder),
        opened=opened,
        places=_places(folder),
        truth={person: opened[envelope] for envelope, person in of_envelope.items()},
        k=desk.wave.k,
    )


def _opened(desk: object, private: bytes) -> dict[str, str]:
    from sqlalchemy import select

    from cosyn.fielding import schema
    from cosyn.fielding.database import reading
    from cosyn.fielding.desk import Desk
    from cosyn.fielding.envelopes import open_envelope

    assert isinstance(desk, Desk)
    with reading(desk.answers) as connection:
        rows = connection.execute(select(schema.envelopes)).all()
    return {r.id: open_envelope(private, desk.wave, r.id, r.batch, r.sealed).id for r in rows}


def _column(path: Path, query: str) -> list[str]:
    connection = sqlite3.connect(path)
    try:
        return [str(row[0]) for row in connection.execute(query)]
    finally:
        connection.close()


def _snapshot(folder: Path) -> Snapshot:
    roster, answers = folder / "roster.sqlite", folder / "answers.sqlite"
    return Snapshot(
        marked=frozenset(_column(roster, "select hash from invitations where state = 'answered'")),
        envelopes=frozenset(_column(answers, "select id from envelopes")),
        drafts=frozenset(_column(answers, "select hash from drafts")),
        spent=frozenset(_column(answers, "select hash from spent")),
    )


def _by_department(folder: Path) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in _column(folder / "answers.sqlite", "select department || ' ' || id from envelopes"):
        department, named = row.split()
        found.setdefault(department, []).append(named)
    return found


def _places(folder: Path) -> dict[str, int]:
    """Where each id and hash stands in the raw files: their order there might be that of arrival."""
    found: dict[str, int] = {}
    for name, query in (
        ("answers", "select id from envelopes union select hash from spent"),
        ("roster", "select hash from invitations"),
    ):
        raw = (folder / f"{name}.sqlite").read_bytes()
        log = folder / f"{name}.sqlite-wal"
        raw += log.read_bytes() if log.is_file() else b""
        for named in _column(folder / f"{name}.sqlite", query):
            found[named] = raw.find(named.encode())
    return found


Attack = Callable[[Watched], Mapping[str, str]]
"""From what is watched to a guess: invitation -> row of data."""


def _paired(watched: Watched, people: Sequence[str], rows: Sequence[str]) -> dict[str, str]:
    """Pair people and rows of each department in the orders given."""
    guess: dict[str, str] = {}
    for department in watched.rows:
        theirs = [row for row in rows if row in set(watched.rows[department])]
        here = [person for person in people if watched.department[person] == department]
        guess.update(zip(here, theirs, strict=False))
    return guess


def _marking(watched: Watched) -> dict[str, int]:
    """When each invitation was marked, by the snapshots."""
    return _first(watched, lambda snapshot: snapshot.marked)


def _arrival(watched: Watched) -> dict[str, int]:
    """When each envelope came, by the snapshots."""
    return _first(watched, lambda snapshot: snapshot.envelopes)


def _first(watched: Watched, seen: Callable[[Snapshot], frozenset[str]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for time, snapshot in enumerate(watched.snapshots):
        for named in seen(snapshot):
            found.setdefault(named, time)
    return found


def _envelopes(watched: Watched, order: Callable[[str], object]) -> list[str]:
    """Rows of data in an order of the envelopes, each paired by rank within its department.

    Without the private key nobody knows which row an envelope became: its rank is all there is.
    """
    rows: list[str] = []
    for department, sealed in watched.sealed.items():
        ranked = sorted(sealed, key=order)  # type: ignore[arg-type]
        place = {named: rank for rank, named in enumerate(sorted(sealed))}
        rows += [watched.rows[department][place[named]] for named in ranked]
    return rows


def without_keys() -> dict[str, Attack]:
    """Attacks of somebody with stores, backups, raw files and the data, but no key."""

    def hashes(w: Watched) -> Mapping[str, str]:
        return _paired(w, sorted(w.department), [r for d in w.rows for r in w.rows[d]])

    def marks(w: Watched) -> Mapping[str, str]:
        when = _marking(w)
        people = sorted(w.department, key=lambda p: (when.get(p, len(w.snapshots)), p))
        return _paired(w, people, [r for d in w.rows for r in w.rows[d]])

    def arrivals(w: Watched) -> Mapping[str, str]:
        when, came = _marking(w), _arrival(w)
        people = sorted(w.department, key=lambda p: (when.get(p, len(w.snapshots)), p))
        return _paired(w, people, _envelopes(w, lambda named: came[named]))

    def raw(w: Watched) -> Mapping[str, str]:
        people = sorted(w.department, key=lambda p: w.places[p])
        return _paired(w, people, _envelopes(w, lambda named: w.places[named]))

    def raw_marks(w: Watched) -> Mapping[str, str]:
        when = _marking(w)
        people = sorted(w.department, key=lambda p: (when.get(p, 0), w.places[p]))
        return _paired(w, people, _envelopes(w, lambda named: w.places[named]))

    def names(w: Watched) -> Mapping[str, str]:
        return _paired(w, sorted(w.department), _envelopes(w, lambda named: named))

    return {f.__name__: f for f in (hashes, marks, arrivals, raw, raw_marks, names)}


def with_all_keys(watched: Watched) -> tuple[Mapping[str, str], Mapping[str, int]]:
    """The best guess of who also holds every key, and how many people each row could be from.

    The rows of one batch and the people marked with it belong together; the times at which their
    envelopes came say nothing more, since the people bear none. Those who were never marked share
    what is left of their department.
    """
    when, came = _marking(watched), _arrival(watched)
    end = len(watched.snapshots)
    guess: dict[str, str] = {}
    crowd: dict[str, int] = {}
    for department in watched.rows:
        people = [p for p, d in watched.department.items() if d == department]
        sealed = sorted(watched.sealed[department], key=lambda named: came[named])
        for batch in sorted({when.get(person, end) for person in people}):
            marked = sorted(p for p in people if when.get(p, end) == batch)
            theirs, sealed = sealed[: len(marked)], sealed[len(marked) :]
            for person, envelope in zip(marked, theirs, strict=True):
                guess[person] = watched.opened[envelope]
                crowd[watched.opened[envelope]] = len(marked)
    return guess, crowd


def hits(watched: Watched, guess: Mapping[str, str]) -> float:
    """Share of people whose row was guessed."""
    right = sum(guess.get(person) == row for person, row in watched.truth.items())
    return right / len(watched.truth)
