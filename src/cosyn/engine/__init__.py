"""Structural equation models in numpy and scipy: lavaan's language, numbers and names.

``from cosyn.engine import cfa, sem, compare`` is the face for tables of answers; the modules
hold the functions of arrays behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cosyn.engine.face import Fitted, cfa, compare, growth, sem

__all__ = ["Fitted", "cfa", "compare", "growth", "sem"]


def __getattr__(name: str) -> Any:
    """Import the face when it is asked for: the modules below it need none."""
    if name in __all__:
        from cosyn.engine import face  # noqa: PLC0415

        return getattr(face, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
