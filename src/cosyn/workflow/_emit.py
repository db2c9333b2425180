"""Data and models for other programs, beside the findings that they reproduce."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cosyn.findings import Findings
    from cosyn.instrument.types import Instrument
    from cosyn.plan import LoadedPlan
    from cosyn.responses import ResponseTable
    from cosyn.study import Study


def emitted(
    study: Study,
    findings: Findings,
    instrument: Instrument,
    plan: LoadedPlan,
    table: ResponseTable,
    programs: Sequence[str],
) -> dict[Path, bytes]:
    """What is to be written for each program, under ``results/emit``.

    Raises
    ------
    PlanError
        If a program is not known.
    """
    from cosyn.emitters import EMITTERS, emission

    entries = [EMITTERS[name] for name in dict.fromkeys(programs)]
    rests_on = findings.provenance
    identity = {
        "instrument": f"{rests_on.instrument} {rests_on.instrument_version}, form {rests_on.form}",
        **{f"digest of {part}": digest for part, digest in rests_on.digests.items()},
        "seed": str(rests_on.seed),
        "cosyn": rests_on.versions["cosyn"],
        "simulated": "yes" if rests_on.simulated else "no",
    }
    made = emission(instrument.in_form(rests_on.form), plan, table, identity)
    return {
        study.results / "emit" / entry.name / name: content
        for entry in entries
        for name, content in entry.write(made).items()
    }
