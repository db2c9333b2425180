"""What a store tells of itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cosyn.responses import Submissions


@dataclass(frozen=True, slots=True)
class StoredImport:
    """One file that was imported.

    Attributes
    ----------
    sha256 : str
        Of the source file.
    imported_at : str
        The day (UTC); exact times would help to tell who answered.
    rows : int
        Number of submissions.
    superseded : bool
        Whether a later import replaced it.
    """

    id: int
    file: str
    sha256: str
    importer: str
    imported_at: str
    rows: int
    simulated: bool
    superseded: bool


@dataclass(frozen=True, slots=True, eq=False)
class Stored:
    """What holds now: everything that was not superseded.

    Attributes
    ----------
    simulated : bool
        Whether the submissions were drawn by a computer.
    """

    submissions: Submissions
    imports: tuple[StoredImport, ...]
    simulated: bool
