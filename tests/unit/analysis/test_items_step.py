"""What the plan asks of items beyond their moments: discrimination, direction, gaps."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from cosyn.analysis import ANALYSES, Context, Outcome
from cosyn.analysis._probes import decide_direction
from cosyn.engine.discrimination import upper_lower
from cosyn.findings import Finding, Statistic
from cosyn.instrument.load import load_instrument
from cosyn.instrument.types import Missing
from cosyn.plan import load_plan
from cosyn.responses import MISSING_ORDER, ResponseTable, first_items
from cosyn.scoring import facet_scores, keyed
from cosyn.study import bundled

S = Statistic
INSTRUMENT = load_instrument(bundled() / "instrument")
PLAN = load_plan(bundled() / "analysis")
RULES = PLAN.plan.items
assert RULES is not None
ITEMS = tuple(item.id for item in INSTRUMENT.scale_items_of("core-40"))[:40]
PROBE = next(i.id for i in INSTRUMENT.items if dict(i.attributes).get("role") == "probe")
GROUP = RULES.missing_by[0]
CONSTRUCT = INSTRUMENT.item(ITEMS[0]).construct


def run(
    values: np.ndarray, probe: list[float], group: list[float], *, beside: bool = True
) -> Outcome:
    """Run the step on forty items, with a probe and a background item beside them."""
    n = len(values)
    whole = np.column_stack([values, probe, group])
    gap = MISSING_ORDER.index(Missing.DONT_KNOW)
    none, seconds = ("",) * n, np.full(n, np.nan)
    missing = np.where(np.isnan(whole), gap, 0).astype(np.int8)
    names = (*ITEMS, PROBE, GROUP)
    asked = ResponseTable(
        names, whole, missing, none, none, none, none, none, none, none, seconds, False
    )
    table = first_items(asked, 40)
    items = keyed(table, INSTRUMENT)
    facets = facet_scores(items, INSTRUMENT, 2)
    context = Context(INSTRUMENT, PLAN, table, items, facets, asked=asked if beside else None)
    return ANALYSES["items"].run(context)


def answers(n: int) -> np.ndarray:
    rng = np.random.default_rng(4)
    common = rng.standard_normal((n, 1))
    return np.asarray(np.clip(np.round(4 + common + rng.standard_normal((n, 40))), 1, 7))


def one(outcome: Outcome, statistic: Statistic, *subject: str) -> Finding:
    [found] = [r for r in outcome.findings if (r.statistic, r.subject) == (statistic, subject)]
    return found


def test_the_critical_ratio_is_that_of_the_construct_s_total() -> None:
    """The engine's is checked against R in tests/golden/test_discrimination.py."""
    values = answers(120)
    outcome = run(values, [4.0] * 120, [1.0] * 120)
    mine = [j for j, item in enumerate(ITEMS) if INSTRUMENT.item(item).construct == CONSTRUCT]
    truth = upper_lower(values[:, mine[0]], values[:, mine].sum(axis=1), 0.27)
    ratio, gap = one(outcome, S.CRITICAL_RATIO, ITEMS[0]), one(outcome, S.UPPER_LOWER, ITEMS[0])
    assert (ratio.value, ratio.p, ratio.df) == (truth.t, truth.pvalue, truth.df)
    assert (gap.value, (gap.low, gap.high)) == (truth.difference, truth.interval)
    assert ratio.n == truth.n_lower + truth.n_upper


def test_an_item_that_does_not_discriminate_is_named() -> None:
    values = answers(120)
    values[:, 0] = 8 - values[:, 1]
    warned = [w.values for w in run(values, [4.0] * 120, [1.0] * 120).warnings]
    [weak] = [w["subjects"] for w in warned if w.get("statistic") == "critical_ratio"]
    assert ITEMS[0] in weak.split(", ")


@pytest.mark.parametrize(
    ("towards", "label"), [(0.6, "drive"), (0.59, "mixed"), (0.41, "mixed"), (0.4, "restrain")]
)
def test_sixty_per_cent_settle_the_direction(towards: float, label: str) -> None:
    assert decide_direction(towards, 0.60) == label


def test_the_middle_has_no_direction() -> None:
    probe = [4.0] * 10 + [6.0] * 13 + [2.0] * 7 + [np.nan] * 10
    outcome = run(answers(40), probe, [1.0] * 40)
    shares = [one(outcome, s, PROBE) for s in (S.TOWARDS, S.AGAINST, S.TOWARDS_DIRECTED)]
    assert [(row.value, row.n) for row in shares] == [(13 / 30, 30), (7 / 30, 30), (0.65, 20)]
    assert one(outcome, S.DIRECTION, PROBE).label == "drive"


def test_gaps_by_background() -> None:
    values = answers(40)
    mine = [j for j, item in enumerate(ITEMS) if INSTRUMENT.item(item).construct == CONSTRUCT]
    values[:5, mine[0]] = np.nan
    group = [1.0] * 10 + [2.0] * 26 + [3.0] * 4
    outcome = run(values, [4.0] * 40, group)
    cells = 40 * len(mine)
    assert one(outcome, S.BLOCK_MISSING, CONSTRUCT).value == 5 / cells
    first = one(outcome, S.BLOCK_MISSING, CONSTRUCT, GROUP, "1")
    assert (first.value, first.n) == (5 / (10 * len(mine)), 10)
    assert one(outcome, S.BLOCK_MISSING, CONSTRUCT, GROUP, "2").value == 0
    small = one(outcome, S.BLOCK_MISSING, CONSTRUCT, GROUP, "3")
    assert (small.value, small.reason, small.n) == (None, "below the minimum cell", None)


def test_what_was_not_asked_or_answered_has_a_reason() -> None:
    outcome = run(np.full((12, 40), 4.0), [4.0] * 12, [np.nan] * 12)
    assert one(outcome, S.DIRECTION, PROBE).reason == "no answer has a direction"
    assert one(outcome, S.TOWARDS_DIRECTED, PROBE).value is None
    assert one(outcome, S.CRITICAL_RATIO, ITEMS[0]).value is None
    nobody = run(np.full((12, 40), np.nan), [np.nan] * 12, [1.0] * 12)
    assert one(nobody, S.DIRECTION, PROBE).reason == "no answers"
    assert one(nobody, S.CRITICAL_RATIO, ITEMS[0]).reason == "too few complete answers"
    alone = run(answers(12), [4.0] * 12, [1.0] * 12, beside=False)
    assert one(alone, S.DIRECTION, "probes").reason == "the form asks no direction probe"
    assert one(alone, S.BLOCK_MISSING, "by", GROUP).reason == "not asked"


def test_a_plan_that_does_not_ask_gets_nothing_more() -> None:
    bare = dataclasses.replace(PLAN, plan=PLAN.plan.model_copy(update={"items": None}))
    values = answers(12)
    none = ("",) * 12
    table = ResponseTable(
        ITEMS,
        values,
        np.zeros((12, 40), np.int8),
        *(none,) * 7,
        np.full(12, np.nan),
        False,
    )
    items = keyed(table, INSTRUMENT)
    context = Context(INSTRUMENT, bare, table, items, facet_scores(items, INSTRUMENT, 2))
    found = {row.statistic for row in ANALYSES["items"].run(context).findings}
    assert not found & {S.CRITICAL_RATIO, S.DIRECTION, S.BLOCK_MISSING}
