"""The frame of screening: which departments were asked, and who says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cosyn.errors import PlanError
from cosyn.fielding.asked import departments_asked
from cosyn.roster import read_roster

if TYPE_CHECKING:
    from pathlib import Path

    from cosyn.instrument.types import Instrument
    from cosyn.plan import LoadedPlan


@dataclass(frozen=True, slots=True)
class AskedDepartments:
    """Departments that were asked.

    Attributes
    ----------
    codes : frozenset of str or None
        None if nothing says which.
    origin : str
        What says so; empty if nothing does.
    """

    codes: frozenset[str] | None = None
    origin: str = ""


def asked_departments(
    study: Path,
    instrument: Instrument,
    plan: LoadedPlan,
    *,
    simulated: bool,
    roster: Path | None = None,
) -> AskedDepartments:
    """Find the departments that were asked.

    A table that is named counts, else the one that ``frame`` of the rules names, else the rosters
    of the study's own waves together.

    Parameters
    ----------
    study : Path
        The study's folder.
    simulated : bool
        Whether the answers are: waves for training serve them, and no others.
    roster : Path, optional
        A table of departments.

    Raises
    ------
    PlanError
        ``screening.roster-outside`` if the table named in the rules is not in the study's folder.
    ResponseError, Faults
        If it is no table of departments.
    StoreError
        If the roster of a wave cannot be read.
    """
    rule = plan.screening.rules.frame if plan.screening is not None else None
    if roster is None and rule is None:
        return AskedDepartments()
    path, name = roster, str(roster)
    if path is None and rule is not None and rule.roster:
        path, name = _within(study, rule.roster), rule.roster
    if path is not None:
        return AskedDepartments(frozenset(d.code for d in read_roster(path, instrument)), name)
    waves = departments_asked(study, simulated=simulated)
    if not waves:
        return AskedDepartments()
    origin = f"the roster of wave{'s' * (len(waves) > 1)} {', '.join(waves)}"
    return AskedDepartments(frozenset().union(*waves.values()), origin)


def _within(study: Path, name: str) -> Path:
    path = (study / name).resolve()
    if not path.is_relative_to(study.resolve()):
        what = f"frame: the roster {name!r} is not in the study's folder"
        fix = "Copy it there, e.g. to data/, and name it from the study's folder on"
        raise PlanError("screening.roster-outside", "analysis/screening.yaml", what, fix)
    return path
