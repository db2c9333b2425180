"""The grid of specifications: every combination of choices, and why some are none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING

from cosyn.engine.syntax import parse_model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.analysis._types import Context
    from cosyn.plan import Hypothesis, Robustness, StructureEntry

WLSMV, LISTWISE, FIML, USUAL = "WLSMV", "listwise", "fiml", "usual"
EVERY = "every"
NO_LIKELIHOOD = "WLSMV has no likelihood and so no full information"
NO_SCORES = "WLSMV takes items and no facet scores"
ORDINAL_PRODUCTS = "products of ordinal answers are not defined"
NORMAL_PRODUCTS = "full information takes scores as normal and products are not"
ONE_FACTOR = "under this key both constructs are one factor, and their product would be its square"
NOT_SCORED = "the key does not score this construct"
NOT_ADDITIVE = "a key is for models in which constructs only explain the outcome"
NO_FURTHER_ITEMS = "no answers to further items of the form"


@dataclass(frozen=True, slots=True)
class Specification:
    """One combination of choices; the usual ones are the plan's.

    Attributes
    ----------
    clusters, flagged : bool
        Whether departments are clusters, and flagged respondents are kept.
    without : str
        A facet or item that is left out, "" if none.
    answered : int
        Items that a facet score needs.
    estimator : str
        The plan's, or ``WLSMV`` of the items as ordinal answers, facets being factors.
    missing : str
        ``listwise``, or ``fiml``: whoever answered anything.
    form : str
        The form whose items are taken.
    key : str
        Attribute of items by which constructs are put together; "" as the models say.
    """

    clusters: bool
    flagged: bool
    without: str
    answered: int
    estimator: str = "MLR"
    missing: str = LISTWISE
    form: str = USUAL
    key: str = ""

    def subject(self) -> tuple[str, ...]:
        """The choices as ids."""
        return (
            "clusters" if self.clusters else "no clusters",
            "all" if self.flagged else "unflagged",
            self.without or "whole",
            str(self.answered),
            self.estimator,
            self.missing,
            self.form,
            self.key or USUAL,
        )


def specifications(context: Context, rules: Robustness) -> tuple[Specification, ...]:
    """Every combination that makes sense for some hypothesis, the plan's own first."""
    plan = context.plan.plan
    usual, clustered = plan.facet_scores.minimum_answered, plan.estimation.clusters != "none"
    known = {facet.id for facet in context.instrument.facets()} | set(context.items.names)
    choices = product(
        (True, False) if rules.clusters and clustered else (clustered,),
        (True, False) if rules.flagged and context.plan.screening else (True,),
        ("", *(name for name in rules.without if name in known)),
        dict.fromkeys((usual, *rules.minimum_answered)),
        dict.fromkeys((plan.estimation.estimator, *rules.estimators)),
        (LISTWISE, *rules.missing),
        dict.fromkeys((plan.form or context.instrument.default_form, *_forms(context, rules))),
        ("", *(each.key for each in rules.keys)),
    )
    every = (Specification(*each) for each in choices)
    return tuple(each for each in every if not senseless(each, usual))


def _forms(context: Context, rules: Robustness) -> list[str]:
    """Forms with answers to items that the plan's form does not ask, or fewer of its own."""
    mine = set(context.table.items)
    return [name for name in rules.forms if set(_items(context, name)) not in (mine, set())]


def _items(context: Context, form: str) -> tuple[str, ...]:
    return context.forms[form].items if form in context.forms else ()


def senseless(choice: Specification, usual: int) -> tuple[tuple[str, ...], str] | None:
    """Choices of a specification that exclude one another, and why."""
    if choice.estimator == WLSMV and choice.missing == FIML:
        return (WLSMV, FIML), NO_LIKELIHOOD
    if choice.estimator == WLSMV and choice.answered != usual:
        return (WLSMV, str(choice.answered)), NO_SCORES
    return None


def unfit(
    context: Context, test: Hypothesis, entry: StructureEntry, choice: Specification
) -> tuple[tuple[str, ...], str] | None:
    """Choices that do not suit the model of a hypothesis, and why."""
    found: tuple[tuple[str, ...], str] | None = None
    if entry.products and choice.estimator == WLSMV:
        found = (WLSMV,), ORDINAL_PRODUCTS
    elif entry.products and choice.missing == FIML:
        found = (FIML,), NORMAL_PRODUCTS
    elif choice.key:
        reason = _not_keyed(context, test, entry, choice.key)
        found = ((choice.key,), reason) if reason else None
    return found


def _not_keyed(context: Context, test: Hypothesis, entry: StructureEntry, key: str) -> str:
    """Why a hypothesis cannot be tried under a key, "" if it can."""
    groups = groups_of(context, entry, key)
    if groups is None:
        return NOT_ADDITIVE
    predictor = test.effect.partition("~")[2].strip()
    factors = {name for pair in entry.products.values() for name in pair}
    if predictor not in entry.products:
        factors.add(predictor)
    if not factors <= groups.keys():
        return NOT_SCORED
    put_together = (a != b and groups[a] == groups[b] for a, b in entry.products.values())
    return ONE_FACTOR if any(put_together) else ""


def not_tried(
    context: Context,
    rules: Robustness,
    tests: list[tuple[Hypothesis, StructureEntry]],
    grid: tuple[Specification, ...],
) -> Iterator[tuple[tuple[str, ...], str]]:
    """What was not combined, whose reason: hypothesis (or ``every``) and choices."""
    usual = context.plan.plan.facet_scores.minimum_answered
    for form in rules.forms:
        if form not in {choice.form for choice in grid}:
            yield (EVERY, form), NO_FURTHER_ITEMS
    if WLSMV in rules.estimators:
        plain = Specification(clusters=True, flagged=True, without="", answered=usual)
        ordinal = replace(plain, estimator=WLSMV)
        pairs = [replace(ordinal, missing=missing) for missing in rules.missing]
        pairs += [replace(ordinal, answered=n) for n in rules.minimum_answered]
        for found in (senseless(each, usual) for each in pairs):
            if found is not None:
                yield (EVERY, *found[0]), found[1]
    for test, entry in tests:
        reasons = (unfit(context, test, entry, choice) for choice in grid)
        for options, reason in dict.fromkeys(each for each in reasons if each is not None):
            yield (test.id, *options), reason


def groups_of(context: Context, entry: StructureEntry, key: str) -> dict[str, str] | None:
    """Construct -> factor that takes its place under a key; None if the model is not additive."""
    section = context.plan.plan.structure
    assert section is not None, "looked at before"
    statements = parse_model(context.plan.models[entry.file]).statements
    if any(s.op == "~" and s.lhs != section.outcome for s in statements):
        return None
    values = {item.construct: item.attributes.get(key, "") for item in context.instrument.items}
    factors = dict.fromkeys(s.lhs for s in statements if s.op == "=~" and s.lhs != section.outcome)
    scored = {name: values.get(name, "") for name in factors}
    return {
        name: f"K_{value.replace('-', '_')}"
        for name, value in scored.items()
        if value not in {"", "none"}
    }
