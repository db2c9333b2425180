"""What an invitation is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from cosyn.i18n import Text

Way = Literal["person", "department", "both"]
"""Who gets a link: each person or card, each department as a whole, or both."""
SHARED = "shared"


@dataclass(frozen=True, slots=True)
class Link:
    """A link as it is handed out: its token is nowhere else.

    Attributes
    ----------
    code : str
        What it is called in commands: a person's code, ``D01/3`` for a numbered card, or
        ``D01/shared``.
    token : str
        Empty where it is not known any more.
    number : int
        Of a card without a name; 0 otherwise.
    """

    code: str
    department: str
    token: str
    name: str = ""
    email: str = ""
    language: str = ""
    number: int = 0

    @property
    def shared(self) -> bool:
        """Whether the whole department has it."""
        return self.code == shared_code(self.department)


@dataclass(frozen=True, slots=True)
class Occasion:
    """What every invitation of a wave says.

    Attributes
    ----------
    base : str
        Address of the server.
    title : Text
        Of the questionnaire.
    languages : tuple of str
        In which invitations are written.
    names : Mapping[str, Text]
        Department -> its name in each language, for those that have one.
    contact : Text
        Who runs the survey; empty if nobody is named.
    opens, closes : datetime or None
        With the zone in which they are told.
    """

    base: str
    title: Text
    languages: tuple[str, ...]
    anonymous: bool
    names: Mapping[str, Text] = field(default_factory=dict)
    contact: Text = field(default_factory=dict)
    opens: datetime | None = None
    closes: datetime | None = None

    def name_of(self, department: str, language: str) -> str:
        """What a department is called; its code where it has no name."""
        return self.names.get(department, {}).get(language) or department


def card_code(department: str, number: int) -> str:
    """What a numbered card is called."""
    return f"{department}/{number}"


def shared_code(department: str) -> str:
    """What the link is called that a whole department shares."""
    return f"{department}/{SHARED}"
