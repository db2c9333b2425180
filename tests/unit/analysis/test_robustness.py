"""The grid holds every combination, the plan's own among them, and leaves out what it says."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from tests.planned import planned
from tests.unit.analysis.test_steps import run, table_of

from cosyn.analysis.robustness import curve, without
from cosyn.findings import Statistic
from cosyn.instrument.load import load_instrument
from cosyn.study import bundled

MODEL = "# A remark = none\nA =~ x1 + x3 + 0.5*x2  # the last\nB =~ x3 + x21\nA ~ b*B\n"


def test_an_indicator_is_left_out_and_nothing_else() -> None:
    assert without(MODEL, "") == MODEL
    left = without(MODEL, "x2").splitlines()
    assert left[1].replace(" ", "") == "A=~x1+x3"
    assert left[2].replace(" ", "") == "B=~x3+x21"
    assert [left[0], left[3]] == [MODEL.splitlines()[0], "A ~ b*B"]


def test_the_usual_choices_give_the_usual_effect() -> None:
    instrument, plan = load_instrument(bundled() / "instrument"), planned()
    section, grid = plan.plan.structure, plan.plan.robustness
    assert section
    assert grid
    few = section.model_copy(update={"models": section.models[:1]})
    small = grid.model_copy(update={"hypotheses": ("H1", "H2"), "flagged": False})
    wanted = plan.plan.model_copy(update={"structure": few, "robustness": small})
    plan = dataclasses.replace(plan, plan=wanted)
    rng = np.random.default_rng(4)
    items = instrument.scale_items_of("core-40")[:40]
    cells = {c: rng.standard_normal(700) for c in ("IP", "IN", "EP", "EN")}
    cells["CS"] = 0.5 * cells["IP"] + rng.standard_normal(700)
    columns = [4 + cells[i.construct] + rng.standard_normal(700) for i in items]
    values = np.clip(np.round(np.column_stack(columns)), 1, 7)
    values[rng.random(values.shape) < 0.02] = np.nan
    departments = tuple(f"D{k % 40}" for k in range(700))
    table = table_of(values, tuple(i.id for i in items), departments)
    rows = run(instrument, plan, table, "structure", "hypotheses", "robustness").findings
    mine = [r for r in rows if r.statistic == Statistic.SPECIFICATION and r.subject[0] == "H1"]
    assert len(mine) == len({r.subject for r in mine}) == 2 * 3 * 2
    effect = next(r for r in rows if r.statistic == Statistic.EFFECT and r.subject == ("H1",))
    usual = next(r for r in mine if r.subject[1:] == ("clusters", "all", "whole", "2"))
    assert usual.value == pytest.approx(effect.value, abs=1e-10)
    assert usual.se == pytest.approx(effect.se, abs=1e-10)
    one = next(r for r in mine if r.subject[1:] == ("no clusters", "all", "whole", "2"))
    assert one.value == pytest.approx(usual.value, abs=1e-6)
    assert one.se != pytest.approx(usual.se, abs=1e-6)
    other = next(r for r in mine if r.subject[1:] == ("clusters", "all", "CSI", "2"))
    assert other.value != pytest.approx(usual.value, abs=1e-4)
    drawn = curve("H1", mine)
    assert drawn
    assert list(drawn.columns["value"]) == sorted(r.value for r in mine if r.value is not None)
    assert sum(x or 0 for x in drawn.columns["3 CSI"]) == 4
