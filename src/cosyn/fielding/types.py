"""What passes between the pages, the stores and the commands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Mode = Literal["anonymous", "identified"]
Kind = Literal["person", "place", "department", "desk"]


@dataclass(frozen=True, slots=True)
class Admission:
    """A token that opens a questionnaire.

    Attributes
    ----------
    token : str
        As `tokens.read_token` gives it; in memory alone, never in a store or a log.
    department : str
    person : str
        Code of the person in identified mode; empty otherwise.
    full : bool
        Whether the department's quota is reached: whoever has begun may still finish.
    """

    token: str
    kind: Kind
    department: str
    person: str = ""
    full: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """An unfinished questionnaire, opened with its token.

    Attributes
    ----------
    order : int
        Number of the permuted form, drawn when it was begun.
    language : str
        Language of the page last shown.
    consented : bool
    page : int
        Furthest page reached, from 0.
    answers : Mapping[str, str]
        Item -> what was chosen or typed: a code, ``""`` where an answer was taken back.
    seen : tuple of str
        Ids of the pages that were shown.
    ended : str
        Item whose answer screened the respondent out; empty otherwise.
    """

    department: str
    order: int
    language: str
    consented: bool = False
    page: int = 0
    answers: Mapping[str, str] = field(default_factory=dict)
    seen: tuple[str, ...] = ()
    ended: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """What one POST does to a draft.

    Attributes
    ----------
    nonce : str
        Of the page as it was shown; a finished page's nonce has one effect, however often sent.
    sequence : int
        Order of the autosaves of one shown page, from 1; 0 finishes the page, after which late
        autosaves of this nonce are nothing.
    page_id : str
        The page that is answered; its items alone may be in `answers`.
    page : int
        The page to show next.
    answers : Mapping[str, str]
        Validated: each is a code on offer, a number within bounds, or empty.
    language : str
        Switch to it; empty keeps it.
    consented : bool or None
        None keeps it.
    ended : str or None
        Item that screens out; None keeps it.
    """

    nonce: str
    sequence: int = 0
    page_id: str = ""
    page: int | None = None
    answers: Mapping[str, str] = field(default_factory=dict)
    language: str = ""
    consented: bool | None = None
    ended: str | None = None
