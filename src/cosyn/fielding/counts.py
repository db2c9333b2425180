"""How far a wave has come: counts, from both stores, of which nothing is suppressed yet."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from cosyn.errors import extra

with extra("field"):
    from sqlalchemy import func, select

from cosyn.fielding import schema
from cosyn.fielding.database import reading
from cosyn.fielding.types import Counts, DepartmentCounts

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, Table

    from cosyn.fielding.desk import Desk


def counts(desk: Desk) -> Counts:
    """Count what a wave has come to.

    Raises
    ------
    StoreError
        A store cannot be read.
    """
    invitations = schema.invitations
    states = select(
        invitations.c.department, invitations.c.kind, invitations.c.state, func.count()
    ).group_by(invitations.c.department, invitations.c.kind, invitations.c.state)
    with reading(desk.roster) as connection:
        rows = connection.execute(
            select(schema.departments).order_by(schema.departments.c.department)
        ).all()
        by_state = {(d, k, s): n for d, k, s, n in connection.execute(states)}
    with reading(desk.answers) as connection:
        drafts = _by_department(connection, schema.drafts)
        envelopes = _by_department(connection, schema.envelopes)
        released = _by_department(connection, schema.envelopes, released=True)
        waiting = sum(_by_department(connection, schema.urn).values())
        pages = connection.execute(
            select(schema.drafts.c.page, func.count()).group_by(schema.drafts.c.page)
        ).all()
        tallies = {kind: _tally(connection, kind) for kind in ("started", "completed", "minutes")}
    departments = tuple(
        DepartmentCounts(
            department=row.department,
            row=json.loads(row.row),
            quota=row.quota,
            invited=_sum(by_state, row.department, ("person",), ("issued", "answered")),
            withdrawn=_sum(by_state, row.department, ("person",), ("withdrawn",)),
            places=_sum(by_state, row.department, ("place",), ("issued", "answered")),
            answered=_sum(by_state, row.department, ("person", "place"), ("answered",)),
            drafts=drafts.get(row.department, 0),
            envelopes=envelopes.get(row.department, 0),
            released=released.get(row.department, 0),
        )
        for row in rows
    )
    return Counts(departments, dict(sorted((p, n) for p, n in pages)), **tallies, waiting=waiting)


def _sum(
    counted: Mapping[tuple[str, str, str], int],
    department: str,
    kinds: tuple[str, ...],
    states: tuple[str, ...],
) -> int:
    return sum(counted.get((department, kind, state), 0) for kind in kinds for state in states)


def _by_department(
    connection: Connection, table: Table, *, released: bool = False
) -> dict[str, int]:
    query = select(table.c.department, func.count()).group_by(table.c.department)
    if released:
        query = query.where(table.c.batch > 0)
    return {department: int(n) for department, n in connection.execute(query)}


def _tally(connection: Connection, kind: str) -> dict[str, int]:
    tallies = schema.tallies
    query = select(tallies.c.key, tallies.c.count).where(tallies.c.kind == kind)
    return {key: int(n) for key, n in connection.execute(query.order_by(tallies.c.key))}
