"""Which departments were asked: a table that is named, or the rosters of a study's waves."""

from __future__ import annotations

import shutil
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tests.fielded_wave import instrument, new_desk

from cosyn.errors import PlanError, ResponseError, StoreError
from cosyn.fielding.wave import folder_of
from cosyn.frame import asked_departments
from cosyn.plan import LoadedPlan, load_plan
from cosyn.study import bundled

if TYPE_CHECKING:
    from pathlib import Path


def plan_with(**frame: str) -> LoadedPlan:
    plan = load_plan(bundled() / "analysis")
    assert plan.screening is not None
    rule = plan.screening.rules.frame
    assert rule is not None
    rules = plan.screening.rules.model_copy(update={"frame": rule.model_copy(update=frame)})
    return replace(plan, screening=plan.screening.model_copy(update={"rules": rules}))


def test_the_waves_of_a_study(tmp_path: Path) -> None:
    new_desk(folder_of(tmp_path, "1"), departments=("D1", "D2")).close()
    new_desk(folder_of(tmp_path, "2b"), departments=("D2", "部门3")).close()
    found = asked_departments(tmp_path, instrument(), plan_with(), simulated=False)
    assert found.codes == frozenset({"D1", "D2", "部门3"})
    assert found.origin == "the roster of waves 1, 2b"
    assert asked_departments(tmp_path, instrument(), plan_with(), simulated=True).codes is None
    (folder_of(tmp_path, "1") / "roster.sqlite").unlink()
    found = asked_departments(tmp_path, instrument(), plan_with(), simulated=False)
    assert (found.codes, found.origin) == (frozenset({"D2", "部门3"}), "the roster of wave 2b")


def test_a_wave_whose_roster_is_damaged(tmp_path: Path) -> None:
    folder = folder_of(tmp_path, "1")
    new_desk(folder).close()
    for left in folder.glob("roster.sqlite*"):
        left.write_bytes(b"no store" * 1000)
    with pytest.raises(StoreError) as caught:
        asked_departments(tmp_path, instrument(), plan_with(), simulated=False)
    assert caught.value.code == "field.damaged"


def test_a_table_that_is_named_comes_first(tmp_path: Path) -> None:
    (tmp_path / "asked.csv").write_text("department\nA\n", encoding="utf-8")
    (tmp_path / "given.csv").write_text("department\nB\n", encoding="utf-8")
    new_desk(folder_of(tmp_path, "1")).close()
    plan = plan_with(roster="asked.csv")
    found = asked_departments(tmp_path, instrument(), plan, simulated=False)
    assert (found.codes, found.origin) == (frozenset({"A"}), "asked.csv")
    given = tmp_path / "given.csv"
    found = asked_departments(tmp_path, instrument(), plan, simulated=False, roster=given)
    assert found.codes == frozenset({"B"})


def test_a_table_that_is_not_there_or_not_of_the_study(tmp_path: Path) -> None:
    with pytest.raises(ResponseError) as caught:
        asked_departments(tmp_path, instrument(), plan_with(roster="gone.csv"), simulated=False)
    assert caught.value.code == "response.missing-file"
    for outside in ("../asked.csv", str(tmp_path.parent / "asked.csv")):
        plan = plan_with(roster=outside)
        with pytest.raises(PlanError) as wrong:
            asked_departments(tmp_path, instrument(), plan, simulated=False)
        assert wrong.value.code == "screening.roster-outside"


def test_nothing_is_read_where_the_rule_is_not_applied(tmp_path: Path) -> None:
    shutil.copytree(bundled() / "analysis", tmp_path / "analysis")
    rules = tmp_path / "analysis" / "screening.yaml"
    lines = rules.read_text(encoding="utf-8").splitlines()
    rules.write_text("\n".join(x for x in lines if "frame:" not in x), encoding="utf-8")
    new_desk(folder_of(tmp_path, "1")).close()
    plan = load_plan(tmp_path / "analysis")
    assert asked_departments(tmp_path, instrument(), plan, simulated=False).codes is None
