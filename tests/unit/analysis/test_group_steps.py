"""Reliability and gaps in groups of respondents."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from tests.planned import planned
from tests.unit.analysis.test_steps import answers, core, one, run, table_of

from cosyn.findings import Statistic
from cosyn.instrument.load import load_instrument
from cosyn.instrument.types import Instrument
from cosyn.plan import LoadedPlan, ReliabilityRule
from cosyn.study import bundled

S = Statistic
N = 400


@pytest.fixture(scope="module")
def instrument() -> Instrument:
    return load_instrument(bundled() / "instrument")


@pytest.fixture(scope="module")
def plan() -> LoadedPlan:
    loaded = planned()
    modes = {f"D{k}": "paper" if k < 2 else "post" if k == 2 else "web" for k in range(7)}
    rule = ReliabilityRule(groups=("language", "mode", "region"), least=100)
    assert loaded.plan.items
    items = loaded.plan.items.model_copy(update={"missing_by": ("mode", "region")})
    changed = loaded.plan.model_copy(update={"reliability": rule, "items": items})
    return dataclasses.replace(loaded, plan=changed, departments={"mode": modes})


def test_reliability_in_a_group_is_that_of_its_answers(
    instrument: Instrument, plan: LoadedPlan
) -> None:
    values = answers(N, 40)
    values[3, 0] = np.nan
    rows = run(instrument, plan, table_of(values, core(instrument)), "reliability").findings
    facet = instrument.item(core(instrument)[0]).facet
    english = values[: N // 2, :2]
    pair = english[~np.isnan(english).any(axis=1)]
    r = np.corrcoef(pair.T)[0, 1]
    found = one(rows, S.SPEARMAN_BROWN, facet, "language", "en")
    assert found.value == pytest.approx(2 * r / (1 + r))
    assert found.n == N // 2 - 1
    construct = instrument.item(core(instrument)[0]).construct
    web = values[[k for k in range(N) if k % 7 > 2]]
    complete = web[~np.isnan(web).any(axis=1)][:, :8]
    S_ = np.cov(complete.T)
    alpha = 8 / 7 * (1 - np.trace(S_) / S_.sum())
    assert one(rows, S.ALPHA, construct, "mode", "web").value == pytest.approx(alpha)
    assert one(rows, S.OMEGA, construct, "mode", "web").value is not None


def test_groups_too_small_are_named_and_left_out(instrument: Instrument, plan: LoadedPlan) -> None:
    table = table_of(answers(N, 40), core(instrument))
    outcome = run(instrument, plan, table, "reliability")
    post = one(outcome.findings, S.COUNT, "mode", "post")
    assert (post.value, post.label) == (57, "left_out")
    assert not [
        r
        for r in outcome.findings
        if r.subject[1:] == ("mode", "post") and r.value is not None and r.statistic == S.ALPHA
    ]
    assert one(outcome.findings, S.COUNT, "region").reason == "no such answers"
    named = [w for w in outcome.warnings if w.code == "below_convention"]
    assert all("en" not in w.values["subjects"].split(", ") for w in named)


def test_gaps_are_compared_by_mode(instrument: Instrument, plan: LoadedPlan) -> None:
    values = answers(N, 40)
    paper = np.array([k % 7 < 2 for k in range(N)])
    values[np.ix_(paper, np.arange(4))] = np.nan
    rows = run(instrument, plan, table_of(values, core(instrument)), "items").findings
    construct = instrument.item(core(instrument)[0]).construct
    assert one(rows, S.BLOCK_MISSING, construct, "mode", "paper").value == pytest.approx(0.5)
    assert one(rows, S.BLOCK_MISSING, construct, "mode", "web").value == 0
    assert one(rows, S.BLOCK_MISSING, "by", "region").reason == "not asked"
