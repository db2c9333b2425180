"""All models of synergy side by side: what each adds beyond the sum of the dynamics."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from cosyn.analysis._soundness import withheld
from cosyn.analysis._types import Analysis, Context, Outcome
from cosyn.findings import Decision, Finding, Statistic
from cosyn.synergy import SYNERGIES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cosyn.plan import ComparedEntry, Comparison, Plan, StructureEntry

NAME = "comparison"
NULL = "the null itself"
EQUIVALENT = "equivalent to the null: fit cannot tell them apart"
OTHER_DATA = "other variables: no common test"
NO_MODEL = "not a model of the answers: no common test"
NOTHING = "not estimated"
_SAME = 1e-4
"""Difference of chi-squares of the same degrees of freedom that is none."""
_row = partial(Finding, NAME)


class _Beyond(NamedTuple):
    """Test against the null, gain of explained variance, BIC of the null less that of the model."""

    test: Finding | str
    gain: Finding | None = None
    bic: float | None = None


def run(context: Context) -> Outcome:
    """Gather what the steps before found of each model of the plan."""
    plan = context.plan.plan
    section = plan.comparison
    if section is None:
        return Outcome(())
    rows: list[Finding] = []
    for entry in section.models:
        rows += _rows(entry, _beyond(entry, section, plan, context.earlier))
    alpha = plan.hypotheses.alpha if plan.hypotheses else 1 - plan.confidence
    rows.append(_synergy(section, context.earlier, rows, alpha))
    return Outcome(tuple(rows))


def _rows(entry: ComparedEntry, found: _Beyond) -> Iterator[Finding]:
    about = (entry.id,)
    if isinstance(found.test, str):
        yield _row(Statistic.BEYOND_NULL, about, reason=found.test)
    else:
        yield replace(
            found.test, analysis=NAME, statistic=Statistic.BEYOND_NULL, subject=about, model=""
        )
    if found.gain is not None and found.gain.value is not None:
        yield _row(Statistic.R_SQUARED_GAIN, about, found.gain.value, n=found.gain.n)
    if found.bic is not None:
        yield _row(Statistic.BIC_DIFFERENCE, about, found.bic)


def _beyond(
    entry: ComparedEntry, section: Comparison, plan: Plan, earlier: Sequence[Finding]
) -> _Beyond:
    if entry.source == "structure":
        return _structural(entry.model, section, plan, earlier)
    if entry.source in {"surface", "latent_surface"}:
        return _surface(entry, plan, earlier)
    if entry.source == "coupling":
        outcome = plan.coupling.outcome if plan.coupling else None
        gain = _find(earlier, Statistic.R_SQUARED_GAIN, (outcome or "",), "coupling")
        if gain is None or gain.value is None:
            return _Beyond(gain.reason if gain else NOTHING)
        # The test is F's; its value is not kept among the findings, its p-value is.
        return _Beyond(replace(gain, value=None, label="F"), gain)
    return _Beyond(NO_MODEL)


def _structural(model: str, section: Comparison, plan: Plan, earlier: Sequence[Finding]) -> _Beyond:
    models: tuple[StructureEntry, ...] = plan.structure.models if plan.structure else ()
    entry = next((each for each in models if each.id == model), None)
    mine = [row for row in earlier if row.analysis == "structure" and row.model == model]
    status = _find(mine, Statistic.STATUS, ())
    if model == section.null:
        return _Beyond(NULL)
    if entry is None or status is None:
        return _Beyond(NOTHING)
    # Of products the null is the same model without their effects; see the step `structure`.
    own = SYNERGIES[entry.kind].null_is_restricted
    unsound = withheld(earlier, (model,) if own or not entry.null else (model, entry.null))
    if unsound is not None:
        return _Beyond(unsound.reason)
    test = next((r for r in mine if r.statistic is Statistic.CHI_SQUARE_DIFFERENCE), None)
    if test is None:
        null = [row for row in earlier if row.model == section.null]
        same = _equivalent(_find(mine, Statistic.CHI_SQUARE), _find(null, Statistic.CHI_SQUARE))
        return _Beyond(EQUIVALENT if same else OTHER_DATA)
    if test.value is None:
        return _Beyond(test.reason or NOTHING)
    gain = _find(mine, Statistic.R_SQUARED_GAIN, (model,))
    bic = next((r.value for r in mine if r.statistic is Statistic.BIC_DIFFERENCE), None)
    if bic is not None and not SYNERGIES[entry.kind].null_is_restricted:
        bic = -bic
    return _Beyond(replace(test, label="χ²"), gain, bic)


def _equivalent(one: Finding | None, other: Finding | None) -> bool:
    if one is None or other is None or one.value is None or other.value is None:
        return False
    return one.df == other.df and abs(one.value - other.value) < _SAME * max(1.0, other.value)


def _surface(entry: ComparedEntry, plan: Plan, earlier: Sequence[Finding]) -> _Beyond:
    if plan.balance is None or entry.pair is None:
        return _Beyond(NOTHING)
    latent = entry.source == "latent_surface"
    about = (plan.balance.outcome, *entry.pair)
    mine = [r for r in earlier if r.analysis == "balance" and (r.model == "latent") == latent]
    test = _find(mine, Statistic.JOINT_TEST, (*about, "curvature"))
    if test is None or test.value is None:
        verdict = _find(mine, Statistic.CONGRUENCE, about)
        return _Beyond(verdict.reason if verdict and verdict.reason else NOTHING)
    gain = _find(mine, Statistic.R_SQUARED_GAIN, about)
    return _Beyond(replace(test, label="χ²" if latent else "F"), gain)


def _synergy(
    section: Comparison, earlier: Sequence[Finding], rows: Sequence[Finding], alpha: float
) -> Finding:
    """Supported only if one of the claims is, and its model explains more than the null."""
    decisions = {
        row.subject[0]: row.label
        for row in earlier
        if row.statistic is Statistic.DECISION and row.subject[0] in section.synergy
    }
    beyond = {
        name
        for entry in section.models
        for name in entry.hypotheses
        for row in rows
        if row.statistic is Statistic.BEYOND_NULL
        and row.subject == (entry.id,)
        and row.p is not None
        and row.p < alpha
    }
    supported = [n for n, label in decisions.items() if label == Decision.SUPPORTED]
    if set(supported) & beyond:
        names = tuple(name for name in supported if name in beyond)
        return _row(Statistic.SYNERGY, names, label="supported")
    whole = len(decisions) == len(section.synergy)
    if whole and all(label == Decision.FALSIFIED for label in decisions.values()):
        return _row(Statistic.SYNERGY, label="not_found")
    return _row(Statistic.SYNERGY, label="undecided")


def _find(
    rows: Sequence[Finding],
    statistic: Statistic,
    subject: tuple[str, ...] = (),
    analysis: str = "",
) -> Finding | None:
    return next(
        (
            row
            for row in rows
            if row.statistic is statistic
            and row.subject == subject
            and (not analysis or row.analysis == analysis)
        ),
        None,
    )


ANALYSIS = Analysis(NAME, run)
