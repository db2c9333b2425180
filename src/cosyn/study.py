"""A study: a folder with an instrument, an analysis plan, and what comes of them."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

from cosyn.atomic import guarded, make_folder, write_all
from cosyn.errors import InstrumentError

PARTS = ("instrument", "analysis")
COMPILED = "__pycache__"
"""What Python writes beside scripts, and installing a wheel does: no part of a study."""
DEMONSTRATION = "DEMONSTRATION.md"
_ABOUT = """# A demonstration of cosyn

Every answer in this folder is simulated. `survey demo` made it and may overwrite its data and
results; delete it whenever you like, and make a study of your own with `survey init`.
"""


@dataclass(frozen=True, slots=True)
class Study:
    """Where the parts of a study lie.

    Attributes
    ----------
    root : Path
        The folder itself.
    """

    root: Path

    @property
    def instrument(self) -> Path:
        """Folder of the questionnaire's data."""
        return self.root / "instrument"

    @property
    def analysis(self) -> Path:
        """Folder of the plan, the models and the simulation's population."""
        return self.root / "analysis"

    @property
    def store(self) -> Path:
        """The responses."""
        return self.root / "data" / "responses.sqlite"

    @property
    def import_reports(self) -> Path:
        """Folder of the reports on imported files."""
        return self.root / "data" / "imports"

    @property
    def quarantine(self) -> Path:
        """Folder of what imports kept apart: columns that nobody has declared."""
        return self.root / "data" / "quarantine"

    @property
    def questionnaires(self) -> Path:
        """Folder of exported questionnaires."""
        return self.root / "questionnaires"

    @property
    def locks(self) -> Path:
        """Folder of locked versions, each a folder of its own."""
        return self.root / "locks"

    @property
    def parts(self) -> tuple[str, ...]:
        """Folders that make a study, and that a lock freezes."""
        return PARTS

    @property
    def results(self) -> Path:
        """Folder of findings and reports."""
        return self.root / "results"


def locate(folder: Path | None) -> Study:
    """Find the study to work on: the folder given, or the present one.

    Raises
    ------
    InstrumentError
        If it holds no instrument.
    """
    root = (folder or Path.cwd()).resolve()
    if not (root / "instrument").is_dir():
        raise InstrumentError(
            "study.none",
            str(folder or root),
            "this folder is no study: it has no folder `instrument`",
            "Make one with `survey init DIR`, or name one with --study DIR",
        )
    return Study(root)


def create(folder: Path) -> Study:
    """Copy the default instrument and plan into a new study.

    Raises
    ------
    InstrumentError
        If the folder already holds a study: nothing is overwritten.
    StoreError
        If the machine refuses.
    """
    root = folder.resolve()
    for part in PARTS:
        if (root / part).exists():
            raise InstrumentError(
                "study.exists",
                str(folder),
                f"there is already a folder `{part}` in it",
                "Choose a new folder; nothing is overwritten",
            )
    make_folder(root)
    origin = bundled()
    with guarded(root, "copy the default study into"):
        for part in PARTS:
            shutil.copytree(origin / part, root / part, ignore=shutil.ignore_patterns(COMPILED))
    return Study(root)


def demonstration(folder: Path) -> Study:
    """Make the demonstration's study, or find it again.

    Raises
    ------
    InstrumentError
        If the folder holds somebody's study.
    StoreError
        If the machine refuses.
    """
    root = folder.resolve()
    made = all((root / part).is_dir() for part in PARTS)
    if made and (root / DEMONSTRATION).is_file():
        return Study(root)
    study = create(folder)
    write_all({root / DEMONSTRATION: _ABOUT.encode()})
    return study


def bundled() -> Path:
    """Return the folder of the default study: inside the wheel, or the repository itself."""
    package = Path(__file__).parent
    installed = package / "_study"
    return installed if installed.is_dir() else package.parents[1]
