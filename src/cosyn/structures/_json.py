"""Read JSON of a known make, whatever somebody has put in its place."""

from __future__ import annotations

import json
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from cosyn.structures._types import Unreadable

if TYPE_CHECKING:
    from collections.abc import Iterator

# What reaching into JSON of another make raises.
_FAULTS = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    ArithmeticError,
    RecursionError,
)


@contextmanager
def parsed(content: bytes, make: str) -> Iterator[Any]:
    """Parse the content; whatever fails while it is used says that it is not of this make."""
    try:
        yield json.loads(content)
    except Unreadable:
        raise
    except _FAULTS as problem:
        raise Unreadable(f"this is no {make} ({problem!r})") from problem
