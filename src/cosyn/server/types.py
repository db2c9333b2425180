"""What the pages are told of a wave, and what they ask of its stores."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping
    from contextlib import AbstractContextManager

    from cosyn.fielding.schedule import State
    from cosyn.fielding.types import Admission, Change, Draft, Mode
    from cosyn.i18n import Text
    from cosyn.instrument.types import Instrument


@dataclass(frozen=True, slots=True)
class Survey:
    """A wave as its pages tell of it.

    Attributes
    ----------
    k : int
        Smallest batch in which invitations are marked as answered.
    keep_language : bool
        Whether the language of the pages goes into the data, where at least k used it.
    keep_minutes : bool
        Whether a rough band of the time taken goes into the data.
    contact : Text
        Who runs the survey; empty where nobody is named.
    key : bytes
        32 bytes, for the marks that forms carry, and nothing else.
    demonstration : bool
        Every page says that nothing is stored.
    rehearsal : bool
        Every page says that answers are stored, and count as made up.
    """

    instrument: Instrument
    form: str
    mode: Mode
    k: int
    keep_language: bool
    keep_minutes: bool
    contact: Text
    key: bytes
    demonstration: bool = False
    rehearsal: bool = False


@dataclass(frozen=True, slots=True)
class Opening:
    """Whether questionnaires are taken at this moment.

    Attributes
    ----------
    when : str
        ``2026-11-30 18:00`` with the zone: when it opens (`early`) or closes (`open`); empty where
        no such time is set.
    """

    state: State
    when: str = ""


class Keeper(Protocol):
    """The stores of a wave. Every method blocks; what cannot be committed raises `StoreError`."""

    def admit(self, token: str) -> Admission | None:
        """Look a token up: None for one that is unknown, withdrawn or (anonymous mode) spent."""

    def arrive(self, token: str) -> tuple[Admission, Draft | None] | None:
        """Look a token up together with its draft; None for the draft if none was begun."""

    def begin(self, admission: Admission, language: str) -> Draft | None:
        """Open the draft, and make it where there is none; None if it was handed in."""

    def change(self, admission: Admission, change: Change) -> Draft | None:
        """Carry a POST out, once; gives the draft as it then is, None if it was handed in."""

    def hand_in(self, admission: Admission) -> bool:
        """Turn the draft into an envelope; True also where that was done before."""

    def handed_in(self, token: str) -> bool:
        """Tell whether the questionnaire of a token was handed in."""

    def join(self, token: str, nonce: str) -> str | None:
        """Draw a personal token for a department's link, one a shown page; None if it is none."""

    def words(self, department: str) -> Mapping[str, Text]:
        """What placeholders stand for in a department, where it has words of its own."""

    def together(self) -> AbstractContextManager[None]:
        """Commit what this thread does meanwhile at the end, all or nothing.

        Raises
        ------
        Undone
            Something of it failed; nothing was done. `StoreError` says that the commit failed.
        """

    def opening(self) -> Opening:
        """Tell whether questionnaires are taken now."""

    def close(self) -> None:
        """Let go of the stores."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds on what one sender may ask of the server.

    Attributes
    ----------
    token : int
        Requests a minute with one link.
    address : int
        Requests a minute from one address; 0 sets no bound. Offices share an address.
    strange : int
        Links and codes that open nothing, ten minutes long from one address.
    joined : int
        Personal links that one department's link hands out in ten minutes.
    body : int
        Bytes of a request.
    patience : float
        Seconds for a request to arrive.
    reserve : float
        Seconds that the answer to a link which opens nothing takes, whatever was looked up.
    """

    token: int = 240
    address: int = 6000
    strange: int = 60
    joined: int = 600
    body: int = 65_536
    patience: float = 20.0
    reserve: float = 0.25


@dataclass(frozen=True, slots=True)
class Settings:
    """How the pages are reached.

    Attributes
    ----------
    base : str
        Address under which respondents reach the server, ``https://host/prefix``; no slash at its
        end. Links and redirections are made of it: what a request says of its host counts nothing.
    writers : int
        Threads for requests that may write. A single one commits together what waits together.
    readers : int
        Threads for the others; 0 if the writers make them too.
    """

    base: str
    writers: int = 1
    readers: int = 4
    limits: Limits = field(default_factory=Limits)

    @property
    def prefix(self) -> str:
        """Path of the base, empty or ``/prefix``."""
        _, _, rest = self.base.partition("://")
        _, slash, path = rest.partition("/")
        return slash + path

    @property
    def secure(self) -> bool:
        """Whether cookies are for encrypted connections alone."""
        return self.base.startswith("https://")
