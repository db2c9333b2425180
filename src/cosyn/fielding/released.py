"""What an import may read of a wave: envelopes that were released, opened with the private key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.errors import extra

with extra("field"):
    from sqlalchemy import func, select

from cosyn.fielding import schema
from cosyn.fielding.database import reading
from cosyn.fielding.envelopes import open_envelope

if TYPE_CHECKING:
    from cosyn.fielding.desk import Desk
    from cosyn.fielding.envelopes import Answered


def released(desk: Desk, private: bytes) -> tuple[tuple[Answered, ...], int]:
    """Open every envelope that was released.

    Returns
    -------
    answered : tuple of Answered
        In the order of their inner ids, which are random.
    waiting : int
        Envelopes whose batch is not full yet; they stay closed.

    Raises
    ------
    StoreError
        The store cannot be read, or ``field.sealed``.
    """
    envelopes = schema.envelopes
    ready = select(envelopes).where(envelopes.c.batch > 0)
    with reading(desk.answers) as connection:
        rows = connection.execute(ready).all()
        total = connection.execute(select(func.count()).select_from(envelopes)).scalar_one()
    found = [open_envelope(private, desk.wave, row.id, row.batch, row.sealed) for row in rows]
    return tuple(sorted(found, key=lambda answered: answered.id)), int(total) - len(rows)
