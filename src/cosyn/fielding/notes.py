"""What handing in leaves beside the envelope: a note for the urn, and names of tombstones."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any

from cosyn.errors import extra

with extra("field"):
    from sqlalchemy import bindparam, select

from cosyn.fielding import schema
from cosyn.fielding.sealing import sealed
from cosyn.fielding.tokens import keyed_hash

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from cosyn.fielding.keys import Keys

SPENT = select(schema.spent.c.hash).where(schema.spent.c.hash == bindparam("name"))
"""The tombstone of a name, if it has one."""


def has_tombstone(connection: Connection, name: str) -> bool:
    """Whether what bears this name was handed in."""
    return connection.execute(SPENT, {"name": name}).first() is not None


def note(keys: Keys, department: str, invited: str) -> dict[str, Any]:
    """A note for the urn: which invitation is to be marked, some time, with others.

    Parameters
    ----------
    invited : str
        Name of the invitation in the roster.
    """
    named = secrets.token_hex(16)
    content = sealed(keys.urn, {"hash": invited}, f"urn/{named}")
    return {"id": named, "department": department, "sealed": content}


def on_paper(keys: Keys, person: str) -> str:
    """Name of the tombstone of somebody, in identified mode, who answered on paper."""
    return keyed_hash(keys.answers, f"person/{person}")
