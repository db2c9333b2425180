"""Stored responses as the plan's steps look at them: whose, on which occasion, to which items."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cosyn import store
from cosyn.errors import PlanError, ResponseError
from cosyn.occasions import parted
from cosyn.responses import first_items, response_table
from cosyn.screening import screening_items
from cosyn.versions import carried, with_known_orders

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from cosyn.instrument.types import Instrument
    from cosyn.occasions import Parted
    from cosyn.plan import LoadedPlan
    from cosyn.responses import ResponseTable, Submissions
    from cosyn.versions import Equivalence


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
    later : ResponseTable or None
        Second and later answers of the same people to the items of `table`, for retest.
    told : ResponseTable or None
        What others answered to the form of the criteria; they are no respondents.
    aside : Mapping[str, int]
        Form -> how many answered it and are in none of the tables.
    """

    table: ResponseTable
    digest: str
    other_formats: int
    pooled: tuple[Equivalence, ...] = ()
    asked: ResponseTable | None = None
    forms: Mapping[str, ResponseTable] = field(default_factory=dict)
    later: ResponseTable | None = None
    told: ResponseTable | None = None
    aside: Mapping[str, int] = field(default_factory=dict)


def responses_of(
    path: Path,
    instrument: Instrument,
    plan: LoadedPlan,
    ledger: Mapping[str, str] | None = None,
    equivalences: Sequence[Equivalence] = (),
) -> StoredResponses:
    """Lay out the stored responses to the items that the plan analyses.

    The table holds each respondent once: the first answers to the plan's form, or to a longer one
    that asks all of it. Later answers, and those to the form of the criteria, lie beside it.

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
    parts = parted(current, instrument, plan.plan)
    submissions = with_known_orders(parts.first, instrument)
    present = {item for item, found in submissions.answers.items() if (found.codes >= 0).any()}
    items = [item.id for item in instrument.scale_items_of(form) if item.id in present]
    if not items or not len(submissions):
        raise _none(path) if not len(current) else _none_of_form(path, form, parts)
    others: list[str] = []
    beside = plan.screening is not None or plan.plan.items is not None
    if beside:
        others = [name for name in screening_items(instrument, form) if name not in items]

    def table(of: Submissions, names: Sequence[str]) -> ResponseTable | None:
        return response_table(of, names, simulated=stored.simulated) if len(of) else None

    whole = response_table(submissions, [*items, *others], simulated=stored.simulated)
    telling = plan.plan.criterion.form if plan.plan.criterion else ""
    told = [item.id for item in instrument.items_of(telling)] if len(parts.told) else []
    return StoredResponses(
        table=first_items(whole, len(items)),
        digest=store.digest_of(stored),
        other_formats=parts.other_formats,
        pooled=tuple(equivalences),
        asked=whole if beside else None,
        forms=_other_forms(submissions, instrument, plan, whole),
        later=table(parts.later, items),
        told=table(parts.told, told),
        aside=parts.aside,
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


def _none_of_form(path: Path, form: str, parts: Parted) -> ResponseError:
    others = {
        "later answers of the same people": len(parts.later),
        "to the form of the criteria": len(parts.told),
        "in the response formats of another form": parts.other_formats,
        **{f"to the form {name}": count for name, count in parts.aside.items()},
    }
    found = "; ".join(f"{count} {what}" for what, count in others.items() if count)
    what = f"there are no first answers to the form {form}" + (f", only {found}" if found else "")
    fix = "Import answers to this form, or name under `form` of analysis/plan.yaml another one"
    return ResponseError("response.none-of-form", str(path), what, fix)


def _none(path: Path) -> ResponseError:
    what = "there are no responses to analyse"
    fix = "Import some with `survey import FILE`, or draw some with `survey simulate`"
    return ResponseError("response.none", str(path), what, fix)
