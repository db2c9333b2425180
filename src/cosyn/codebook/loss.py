"""What a format cannot hold."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Loss:
    """Something of an item that the target cannot express."""

    item: str
    what: str
