"""Who is asked, as it stands in the tables of a field team."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cosyn.i18n import Text

CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,19}")
"""Codes of departments: they stand in file names."""
PERSON = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.@-]{0,63}")
"""Codes of people."""
MOST_INVITED = 10_000
"""People in one department; a larger number is a slip of the pen."""

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Department:
    """A department that is asked.

    Attributes
    ----------
    words : Mapping[str, Text]
        Placeholder -> what it stands for in this department, in each language.
    name : Text
        What people call it, in each language; empty where the table has no names.
    level, group : str
        The field team's own classification; empty where there is none.
    invited : int or None
        How many people are asked, where they are not listed by name.
    quota : int or None
        Completed questionnaires after which nobody begins one.
    """

    code: str
    words: Mapping[str, Text]
    name: Text = field(default_factory=dict)
    level: str = ""
    group: str = ""
    invited: int | None = None
    quota: int | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is asked.

    Attributes
    ----------
    code : str
        The field team's own; no respondent sees it.
    language : str
        Of the instrument; empty where it is not known.
    """

    code: str
    department: str
    name: str = ""
    email: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Listed(Generic[T]):
    """What a table lists, and the titles of the columns that were not read."""

    rows: tuple[T, ...]
    unread: tuple[str, ...]
