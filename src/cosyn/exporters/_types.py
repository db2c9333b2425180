"""What an exporter is: a function from a questionnaire and a language to files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cosyn.instrument.questionnaire import Questionnaire


@dataclass(frozen=True, slots=True)
class Loss:
    """Something of an item that the target cannot express."""

    item: str
    what: str


@dataclass(frozen=True, slots=True)
class Exported:
    """File name -> content, and what was lost on the way."""

    files: Mapping[str, bytes]
    losses: tuple[Loss, ...] = ()


@dataclass(frozen=True, slots=True)
class Exporter:
    """An entry of the registry: one questionnaire format.

    Attributes
    ----------
    title : str
        What the format is, in one line.
    write : callable
        Questionnaire and language (BCP 47 tag) -> `Exported`.
    """

    name: str
    title: str
    write: Callable[[Questionnaire, str], Exported]
