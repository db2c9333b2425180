"""Whether a wave is whole: files, counts, log and envelopes, each with what was found."""

from __future__ import annotations

import stat
import sys
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from cosyn.errors import SurveyError, extra

with extra("field"):
    from sqlalchemy import func, select, text

from cosyn.fielding import schema
from cosyn.fielding.database import NAMES, file_of, reading
from cosyn.fielding.envelopes import open_envelope
from cosyn.fielding.events import events
from cosyn.fielding.restore import behind
from cosyn.fielding.schedule import read_schedule
from cosyn.fielding.sealing import OVERHEAD, PADDED_TO, unsealed
from cosyn.fielding.wave import instrument_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

    from cosyn.fielding.desk import Desk

Name = Literal[
    "files", "lock", "log", "batches", "lengths", "tombstones", "tallies", "departments",
    "urn", "times", "envelopes", "access",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Check:
    """One check.

    Attributes
    ----------
    ok : bool
    told : str
        What was counted, or what is wrong.
    """

    name: Name
    ok: bool
    told: str


def verify(desk: Desk, private: bytes | None = None) -> tuple[Check, ...]:
    """Check a wave; every check is made, whatever another finds.

    Parameters
    ----------
    private : bytes, optional
        The wave's private key: every envelope is then opened.
    """
    checks: list[tuple[Name, Callable[[], Check]]] = [
        ("files", lambda: _files(desk)),
        ("access", lambda: _access(desk)),
        ("lock", lambda: _lock(desk)),
        ("log", lambda: _log(desk)),
        ("departments", lambda: _departments(desk)),
        ("tombstones", lambda: _tombstones(desk)),
        ("tallies", lambda: _tallies(desk)),
        ("urn", lambda: _urn(desk)),
        ("batches", lambda: _batches(desk)),
        ("times", lambda: _times(desk)),
        ("lengths", lambda: _lengths(desk)),
    ]
    if private is not None:
        checks.append(("envelopes", lambda: _envelopes(desk, private)))
    return tuple(_tried(name, check) for name, check in checks)


def _tried(name: Name, check: Callable[[], Check]) -> Check:
    try:
        return check()
    except SurveyError as problem:
        return Check(name, ok=False, told=f"{problem.what} ({problem.where})")


def _files(desk: Desk) -> Check:
    wrong = []
    for store in (desk.roster, desk.answers):
        if store.is_sqlite:
            with reading(store) as connection:
                said = connection.execute(text("PRAGMA integrity_check")).scalar_one()
            wrong += [f"{store.name}: {said}"] * (said != "ok")
    told = "; ".join(wrong) or ("whole" if desk.answers.is_sqlite else "the database answers")
    return Check("files", not wrong, told)


def _access(desk: Desk) -> Check:
    """What others than the owner may read of keys and stores."""
    if sys.platform == "win32":
        return Check("access", ok=True, told="not asked on this system")
    paths = [*(desk.folder / "keys").iterdir()]
    paths += [path for name in NAMES if (path := file_of(desk.folder, name)).exists()]
    open_to_others = stat.S_IRWXG | stat.S_IRWXO
    wrong = sorted(path.name for path in paths if path.stat().st_mode & open_to_others)
    told = f"others may read {', '.join(wrong)}" if wrong else f"{len(paths)} files, the owner's"
    return Check("access", not wrong, told)


def _lock(desk: Desk) -> Check:
    found = instrument_of(desk.folder, desk.wave)
    return Check("lock", ok=True, told=f"{found.id} {found.version} ({found.digest[:12]})")


def _log(desk: Desk) -> Check:
    return Check("log", ok=True, told=f"{len(events(desk.folder)):,} lines in one chain")


def _departments(desk: Desk) -> Check:
    with reading(desk.roster) as connection:
        known = set(connection.execute(select(schema.departments.c.department)).scalars())
        used = set(connection.execute(select(schema.invitations.c.department)).scalars())
    with reading(desk.answers) as connection:
        for table in (schema.drafts, schema.envelopes, schema.urn):
            used |= set(connection.execute(select(table.c.department).distinct()).scalars())
    unknown = ", ".join(sorted(used - known))
    told = f"not in the roster: {unknown}" if unknown else f"{len(known):,} in the roster"
    return Check("departments", not unknown, told)


def _tombstones(desk: Desk) -> Check:
    both = select(func.count()).select_from(
        schema.drafts.join(schema.spent, schema.drafts.c.hash == schema.spent.c.hash)
    )
    with reading(desk.answers) as connection:
        twice = connection.execute(both).scalar_one()
        drafts, spent = _rows(connection, "drafts"), _rows(connection, "spent")
    told = f"{twice:,} questionnaires are both handed in and unfinished" if twice else ""
    return Check("tombstones", not twice, told or f"{drafts:,} unfinished, {spent:,} handed in")


def _rows(connection: Connection, name: str) -> int:
    table = schema.answers.tables[name]
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def _tallies(desk: Desk) -> Check:
    tallies = schema.tallies
    query = select(tallies.c.kind, func.sum(tallies.c.count)).group_by(tallies.c.kind)
    with reading(desk.answers) as connection:
        counted = {kind: int(count) for kind, count in connection.execute(query)}
        spent, envelopes = _rows(connection, "spent"), _rows(connection, "envelopes")
    tallied = counted.get("completed", 0)
    links = spent - counted.get("paper", 0)  # a sheet leaves a tombstone, and so does its person
    paper = envelopes - links
    ok = tallied >= links and paper >= 0
    told = f"{envelopes:,} envelopes: {links:,} from links, {paper:,} on paper"
    return Check("tallies", ok, told if ok else f"{told}, but {tallied:,} counted")


def _urn(desk: Desk) -> Check:
    with reading(desk.roster) as connection:
        known = set(connection.execute(select(schema.invitations.c.hash)).scalars())
    with reading(desk.answers) as connection:
        notes = connection.execute(select(schema.urn.c.id, schema.urn.c.sealed)).all()
    named = [unsealed(desk.keys.urn, note.sealed, f"urn/{note.id}")["hash"] for note in notes]
    stray = sum(name not in known for name in named)
    told = f"{stray:,} of {len(named):,} notes name no invitation"
    return Check("urn", not stray, told if stray else f"{len(named):,} notes wait for their batch")


def _batches(desk: Desk) -> Check:
    """Batches below k exist only once a wave is closed."""
    envelopes = schema.envelopes
    query = (
        select(envelopes.c.department, envelopes.c.batch, func.count())
        .where(envelopes.c.batch > 0)
        .group_by(envelopes.c.department, envelopes.c.batch)
    )
    with reading(desk.answers) as connection:
        sizes = [int(size) for _, _, size in connection.execute(query)]
    closed = bool(read_schedule(desk.folder).closed)
    small = sum(size < desk.wave.k for size in sizes)
    ok = closed or not small
    told = f"{len(sizes):,} batches of {sum(sizes):,} envelopes"
    return Check("batches", ok, told if ok else f"{told}, {small:,} smaller than {desk.wave.k}")


def _times(desk: Desk) -> Check:
    found = behind(desk)
    if not found:
        return Check("times", ok=True, told="roster and answers agree")
    first = found[0]
    told = (
        f"the answers are older than the roster in {len(found):,} departments: {first.department} "
        f"has {first.marked:,} marked and {first.released:,} released"
    )
    return Check("times", ok=False, told=told)


def _lengths(desk: Desk) -> Check:
    with reading(desk.answers) as connection:
        lengths = Counter(
            int(n)
            for n in connection.execute(select(func.length(schema.envelopes.c.sealed))).scalars()
        )
    odd = sum(count for length, count in lengths.items() if (length - OVERHEAD) % PADDED_TO)
    told = f"{odd:,} envelopes are of an odd length" if odd else f"all in steps of {PADDED_TO:,}"
    return Check("lengths", not odd, told)


def _envelopes(desk: Desk, private: bytes) -> Check:
    ids: Counter[str] = Counter()
    wrong = 0
    for row in _sealed(desk):
        try:
            found = open_envelope(private, desk.wave, row.id, row.batch, row.sealed)
        except SurveyError:
            wrong += 1
            continue
        ids[found.id] += 1
        wrong += (found.department, found.wave) != (row.department, desk.wave.wave)
    twice = sum(count > 1 for count in ids.values())
    told = f"{sum(ids.values()):,} opened"
    if wrong or twice:
        told = f"{told}; {wrong:,} do not open or lie in a wrong place, {twice:,} occur twice"
    return Check("envelopes", not wrong and not twice, told)


def _sealed(desk: Desk) -> Iterator[Any]:
    with reading(desk.answers) as connection:
        yield from connection.execute(select(schema.envelopes))
