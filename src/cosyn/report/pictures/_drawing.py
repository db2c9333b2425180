"""A figure that is still to be drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure that is still to be drawn.

    Attributes
    ----------
    function : str
        Name of a function of ``cosyn.report.figures``.
    shown : tuple
        Its arguments: data of this module, texts and numbers, sequences, mappings and arrays of
        them, and methods of frozen data that write numbers. So they can be sent to another
        process, and told apart from other arguments by what they say.
    """

    function: str
    shown: tuple[Any, ...]
