"""A run of the plan: stored responses in, findings and their record out."""

from __future__ import annotations

import hashlib
import json
import platform
from dataclasses import asdict, dataclass, field
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

import numpy as np

from cosyn import __version__, store
from cosyn.analysis import Context
from cosyn.errors import PlanError, ResponseError
from cosyn.findings import Finding, Findings, Provenance, Series, Statistic, Warned, findings_json
from cosyn.responses import first_items, response_table
from cosyn.scoring import facet_scores, keyed
from cosyn.screening import screening_items
from cosyn.versions import carried, with_known_orders

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from cosyn.analysis import Outcome
    from cosyn.instrument.types import Instrument
    from cosyn.lock import Lock
    from cosyn.plan import LoadedPlan
    from cosyn.responses import ResponseTable, Submissions
    from cosyn.versions import Equivalence

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


@dataclass(frozen=True, slots=True)
class StoredResponses:
    """Responses as they lie in the store.

    Attributes
    ----------
    digest : str
        SHA-256 of all that was imported.
    other_formats : int
        Respondents left out because they answered in the response formats of another form.
    pooled : tuple of Equivalence
        Why answers to other versions are among them.
    asked : ResponseTable or None
        The same respondents' answers to everything the form asks, for screening and items.
    forms : Mapping[str, ResponseTable]
        The same respondents' answers to the items of forms that robustness is tried with.
    """

    table: ResponseTable
    digest: str
    other_formats: int
    pooled: tuple[Equivalence, ...] = ()
    asked: ResponseTable | None = None
    forms: Mapping[str, ResponseTable] = field(default_factory=dict)


def responses_of(
    path: Path,
    instrument: Instrument,
    plan: LoadedPlan,
    ledger: Mapping[str, str] | None = None,
    equivalences: Sequence[Equivalence] = (),
) -> StoredResponses:
    """Lay out the stored responses to the items that the plan analyses.

    Parameters
    ----------
    path : Path
        Of the store.
    ledger : Mapping[str, str], optional
        Recorded version -> digest.
    equivalences : sequence of Equivalence
        What may be carried over from other versions.

    Raises
    ------
    PlanError
        If the plan names a form that the instrument does not have.
    ResponseError
        If there are no responses to analyse, or some to versions that are not mapped.
    """
    stored = store.read(path)
    form = plan.plan.form or instrument.default_form
    if form not in {f.id for f in instrument.forms}:
        where = plan.source.at("form")
        known = ", ".join(f.id for f in instrument.forms)
        raise PlanError("plan.unknown-form", where, f"no form {form!r}", f"Use one of: {known}")
    current = carried(stored.submissions, instrument, ledger or {}, equivalences)
    formats = {f.id: f.response_formats for f in instrument.forms}
    asked = current.particulars["form"]
    fitting = [formats.get(text, {}) == formats[form] for text in asked.texts]
    submissions = current if all(fitting) else current.taken(np.array(fitting)[asked.codes])
    submissions = with_known_orders(submissions, instrument)
    present = {item for item, found in submissions.answers.items() if (found.codes >= 0).any()}
    items = [item.id for item in instrument.scale_items_of(form) if item.id in present]
    if not items:
        raise _none(path)
    aside = len(current) - len(submissions)
    others: list[str] = []
    beside = plan.screening is not None or plan.plan.items is not None
    if beside:
        others = [name for name in screening_items(instrument, form) if name not in items]
    whole = response_table(submissions, [*items, *others], simulated=stored.simulated)
    return StoredResponses(
        table=first_items(whole, len(items)),
        digest=store.digest_of(stored),
        other_formats=aside,
        pooled=tuple(equivalences),
        asked=whole if beside else None,
        forms=_other_forms(submissions, instrument, plan, whole),
    )


def _other_forms(
    submissions: Submissions, instrument: Instrument, plan: LoadedPlan, whole: ResponseTable
) -> dict[str, ResponseTable]:
    """Answers to the items of forms that the plan compares with its own.

    Raises
    ------
    PlanError
        If the plan names a form that the instrument does not have.
    """
    rules = plan.plan.robustness if "robustness" in plan.plan.steps else None
    known = {form.id: form for form in instrument.forms}
    mine = known[plan.plan.form or instrument.default_form]
    found = {}
    for name in rules.forms if rules else ():
        if name not in known:
            where = plan.source.at("robustness", "forms")
            fix = f"Use one of: {', '.join(known)}"
            raise PlanError("plan.unknown-form", where, f"no form {name!r}", fix)
        if known[name].response_formats == mine.response_formats:
            items = [item.id for item in instrument.scale_items_of(name)]
            answered = [i for i in items if i in submissions.answers]
            present = [i for i in answered if (submissions.answers[i].codes >= 0).any()]
            found[name] = response_table(
                submissions, present, simulated=whole.simulated, beside=whole
            )
    return found


def all_responses(
    path: Path,
    instrument: Instrument,
    ledger: Mapping[str, str],
    equivalences: Sequence[Equivalence],
) -> ResponseTable:
    """Every stored response to every item, background questions included, in stored order.

    Parameters
    ----------
    path, ledger, equivalences
        As for `responses_of`.

    Raises
    ------
    ResponseError
        If there are none, or some to versions that are not mapped.
    """
    stored = store.read(path)
    current = carried(stored.submissions, instrument, ledger, equivalences)
    if not len(current):
        raise _none(path)
    items = [item.id for item in instrument.items]
    return response_table(current, items, simulated=stored.simulated)


def _none(path: Path) -> ResponseError:
    what = "there are no responses to analyse"
    fix = "Import some with `survey import FILE`, or draw some with `survey simulate`"
    return ResponseError("response.none", str(path), what, fix)


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
    provenance = _provenance(instrument, plan, responses, lock)
    return Findings(provenance, tuple(rows), tuple(warnings), tuple(series))


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
