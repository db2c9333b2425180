"""A run of the plan: stored responses in, findings and their record out."""

from __future__ import annotations

import hashlib
import json
import platform
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from cosyn import __version__
from cosyn.analysis import Context
from cosyn.findings import Finding, Findings, Provenance, Series, Statistic, Warned, findings_json
from cosyn.scoring import facet_scores, keyed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from cosyn.analysis import Outcome
    from cosyn.instrument.types import Instrument
    from cosyn.lock import Lock
    from cosyn.plan import LoadedPlan
    from cosyn.stored import StoredResponses

COMPUTING = (
    "numpy",
    "scipy",
    "pandas",
    "factor-analyzer",
    "semopy",
    "pingouin",
    "pyqca",
    "matplotlib",
)


def findings_of_steps(
    instrument: Instrument,
    plan: LoadedPlan,
    responses: StoredResponses,
    outcomes: Sequence[Outcome],
    lock: Lock | None = None,
) -> Findings:
    """Put together what the steps found, and what must be said of the responses.

    Parameters
    ----------
    outcomes : sequence of Outcome
        In the order of the plan's steps.
    lock : Lock, optional
        That of the instrument; named in the findings.
    """
    table = responses.table
    form = plan.plan.form or instrument.default_form
    left_out = [i.id for i in instrument.scale_items_of(form) if i.id not in table.items]
    warnings: list[Warned] = []
    if left_out:
        warnings.append(Warned("sample", "items_left_out", {"items": ", ".join(left_out)}))
    if responses.other_formats:
        warnings.append(Warned("sample", "other_formats", {"count": str(responses.other_formats)}))
    for rule in responses.pooled:
        gaps = {"version": rule.version, "because": rule.because}
        warnings.append(Warned("sample", "versions_pooled", gaps))
    if lock is not None and lock.plan != plan.digest:
        warnings.append(Warned("sample", "plan_changed_since_lock", {"lock": lock.id[:12]}))
    rows: list[Finding] = []
    series: list[Series] = []
    for outcome in outcomes:
        rows += outcome.findings
        warnings += outcome.warnings
        series += outcome.series
    rows += _beside(responses)
    provenance = _provenance(instrument, plan, responses, lock)
    return Findings(provenance, tuple(rows), tuple(warnings), tuple(series))


def _beside(responses: StoredResponses) -> Iterator[Finding]:
    """Answers that are not in the main table: of whom, and how many."""
    tables = {"later_answers": responses.later, "criterion_forms": responses.told}
    counts: dict[tuple[str, ...], int]
    counts = {(name,): table.n for name, table in tables.items() if table is not None}
    counts |= {("other_form", form): count for form, count in responses.aside.items()}
    for subject, count in counts.items():
        yield Finding("sample", Statistic.COUNT, subject, count)


def context_of(
    instrument: Instrument,
    plan: LoadedPlan,
    responses: StoredResponses,
    progress: Callable[[str], None],
    frame: frozenset[str] | None = None,
) -> Context:
    """What the first step looks at: answers, keyed items and facet scores in the plan's form.

    Parameters
    ----------
    frame : frozenset of str, optional
        Departments that were asked.
    """
    asked = instrument.in_form(plan.plan.form or instrument.default_form)
    items = keyed(responses.table, asked)
    facets = facet_scores(items, asked, plan.plan.facet_scores.minimum_answered)
    return Context(
        asked,
        plan,
        responses.table,
        items,
        facets,
        progress=progress,
        asked=responses.asked,
        forms=responses.forms,
        frame=frame,
        later=responses.later,
        told=responses.told,
    )


def _provenance(
    instrument: Instrument, plan: LoadedPlan, responses: StoredResponses, lock: Lock | None
) -> Provenance:
    return Provenance(
        instrument=instrument.id,
        instrument_version=instrument.version,
        form=plan.plan.form or instrument.default_form,
        simulated=responses.table.simulated,
        seed=plan.plan.seed,
        digests={
            "data": responses.digest,
            "instrument": instrument.digest,
            "plan": plan.digest,
            **({"lock": lock.id} if lock else {}),
        },
        versions=versions(),
    )


def versions(names: Sequence[str] = COMPUTING) -> dict[str, str]:
    """Versions of cosyn, Python and some libraries."""
    found = {"cosyn": __version__, "python": platform.python_version()}
    for name in names:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def record(
    findings: Findings, seconds: float, known: Sequence[str] = (), *, written: bytes = b""
) -> bytes:
    """What is needed to repeat the run, as JSON.

    Parameters
    ----------
    known : sequence of str
        Steps whose outcome was kept from another run, so that they took no time.
    written : bytes, optional
        The findings as a file, if they are written already.
    """
    content = {
        "schema": "cosyn.run/1",
        **asdict(findings.provenance),
        "platform": platform.platform(),
        "seconds": round(seconds, 2),
        "from_cache": list(known),
        "warnings": [asdict(warning) for warning in findings.warnings],
        "findings_sha256": hashlib.sha256(written or findings_json(findings)).hexdigest(),
    }
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode()


def not_sound(findings: Findings, plan: LoadedPlan) -> tuple[str, ...]:
    """Models that matter and whose estimates must not be relied on, each with its status.

    These are the structural models that are not exploratory, and the expected measurement model.
    """
    structure, measurement = plan.plan.structure, plan.plan.measurement
    models = structure.models if structure else ()
    relied_on = {model.id for model in models if not model.exploratory}
    if measurement and measurement.expected:
        relied_on.add(measurement.expected)
    return tuple(
        f"{row.model}: {row.label}"
        for row in findings.select(statistic=Statistic.STATUS)
        if row.model in relied_on and row.label != "ok"
    )
