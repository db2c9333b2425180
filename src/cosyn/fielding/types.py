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
    answered : bool
        Whether it was handed in already. In identified mode alone: in anonymous mode a used token
        is let in as little as an unknown one.
    """

    token: str
    kind: Kind
    department: str
    person: str = ""
    full: bool = False
    answered: bool = False


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
        Of the page as it was shown; the same content has one effect, however often it is sent with
        it.
    sequence : int
        Order of the autosaves of one shown page, from 1; 0 finishes the page, after which late
        autosaves of this nonce are nothing. Other content that finishes the page once more counts:
        somebody went back to it.
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


@dataclass(frozen=True, slots=True)
class DepartmentCounts:
    """How far one department has come.

    Attributes
    ----------
    row : Mapping[str, object]
        What the roster says of it: names, words, level, group, invited.
    quota : int or None
        Completed questionnaires after which nobody begins one.
    invited : int
        Invitations to one person each that hold.
    withdrawn : int
        Invitations that were taken back.
    places : int
        Invitations that the department's common link has minted.
    answered : int
        Invitations marked as answered: whole batches.
    drafts : int
        Begun and not handed in.
    envelopes : int
        Handed in, released or not. To be shown in steps of k, if at all.
    released : int
        Handed in and released, in whole batches.
    """

    department: str
    row: Mapping[str, object]
    quota: int | None
    invited: int
    withdrawn: int
    places: int
    answered: int
    drafts: int
    envelopes: int
    released: int


@dataclass(frozen=True, slots=True)
class Counts:
    """What a wave knows of its progress; nothing here is suppressed yet.

    Attributes
    ----------
    drafts_by_page : Mapping[int, int]
        Furthest page reached, from 0 -> drafts, over all departments.
    started, completed : Mapping[str, int]
        Day -> how many, over all departments.
    minutes : Mapping[str, int]
        Band of minutes -> how many that handed in, over all departments.
    waiting : int
        Notes in the urn: handed in, and not marked in the roster yet.
    """

    departments: tuple[DepartmentCounts, ...]
    drafts_by_page: Mapping[int, int]
    started: Mapping[str, int]
    completed: Mapping[str, int]
    minutes: Mapping[str, int]
    waiting: int
