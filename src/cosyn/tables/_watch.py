"""How far the reading of a file has come, for whoever wants to see it.

Every kind of file passes its rows to `tabulate`, far below whoever asked; a context variable
carries the ear to it, so that readers need not hand it down.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_EAR: ContextVar[Callable[[float], None] | None] = ContextVar("ear", default=None)


@contextmanager
def watched(tell: Callable[[float], None]) -> Iterator[None]:
    """Have the share of a file's rows that has been read told while the block runs."""
    before = _EAR.set(tell)
    try:
        yield
    finally:
        _EAR.reset(before)


def told(rows: int, of: int) -> None:
    """Tell that so many rows have been read of about so many; nothing is told of 0."""
    tell = _EAR.get()
    if tell is not None and of:
        tell(min(1.0, rows / of))
