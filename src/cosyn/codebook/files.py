"""Files that were made, and what their format cannot hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Loss:
    """Something of an item that the target cannot express."""

    item: str
    what: str


@dataclass(frozen=True, slots=True)
class Exported:
    """File name -> content, and what was lost on the way for the sake of a text."""

    files: Mapping[str, bytes]
    losses: tuple[Loss, ...] = ()
