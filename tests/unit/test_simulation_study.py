"""The simulation study: its page is what its rows say, and its rows can be made again."""

from __future__ import annotations

import importlib.util
import math
import sys
from pathlib import Path
from types import ModuleType
from typing import Any, Self

import pytest

from cosyn.study import bundled

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def module() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "simulation_study", ROOT / "benchmarks" / "simulation_study.py"
    )
    assert spec
    assert spec.loader
    found = importlib.util.module_from_spec(spec)
    sys.modules["simulation_study"] = found  # its dataclasses look there for their module
    spec.loader.exec_module(found)
    return found


def row(estimate: str, se: str, z: str, why: str = "") -> dict[str, str]:
    return {"estimate": estimate, "se": se, "z": z, "why": why, "n": "100"}


def test_the_page_has_the_tables_that_the_rows_give(module: ModuleType) -> None:
    """Run ``python benchmarks/simulation_study.py --write`` if this fails."""
    text = module.PAGE.read_text(encoding="utf-8")
    assert module.page_of(text, module.read(module.RESULTS)) == text


def test_the_main_conditions_have_five_hundred_samples_and_more(module: ModuleType) -> None:
    rows = module.read(module.RESULTS)
    for condition in module.conditions():
        mine = [r for r in rows if (r["condition"], r["method"]) == (condition.name, "products")]
        assert len(mine) >= 500, condition.name
        assert len({r["replicate"] for r in mine}) == len(mine)


def test_a_cell_is_summarised_as_its_name_says(module: ModuleType) -> None:
    rows = [
        row("0.10", "0.10", "1.0"),
        row("0.30", "0.10", "3.0"),
        row("0.50", "0.10", "5.0"),
        row("", "", "", "not sound"),
    ]
    cell = module.summary(rows, 0.2)
    assert (cell.used, cell.unsound, cell.n) == (3, 1, 100)
    assert cell.mean == pytest.approx(0.3)
    assert cell.ratio == pytest.approx(0.1 / 0.2)
    assert cell.covered == pytest.approx(2 / 3)
    assert cell.rejected == pytest.approx(2 / 3)
    assert module.summary(rows[:1], 0.2) is None
    assert module.monte_carlo_error(0.05, 500) == pytest.approx(0.00975, abs=1e-5)


def test_the_stated_effect_is_the_standardised_one(module: ModuleType) -> None:
    for condition in module.conditions():
        if condition.effect is not None:
            assert module.truth(condition) == pytest.approx(condition.effect)
        else:
            rule = module.study().population.outcome
            sd = math.sqrt(module.outcome_variance(module.study().population))
            assert module.truth(condition) == pytest.approx(rule.interactions["IP*EP"] / sd)


def test_the_same_sample_is_drawn_again(module: ModuleType) -> None:
    """A row of the file, made anew; the numbers are written with five decimals."""
    rows = {(r["condition"], r["replicate"], r["method"]): r for r in module.read(module.RESULTS)}
    condition = next(c for c in module.conditions() if c.part == "design")
    [again] = module.sample((condition, 3, ("products",)))
    stored = rows[condition.name, "3", "products"]
    assert float(again[5]) == pytest.approx(float(stored["estimate"]), abs=2e-4)
    assert float(again[6]) == pytest.approx(float(stored["se"]), abs=2e-4)
    other = module.sample((condition, 4, ("products",)))[0]
    assert other[5] != again[5]


def test_an_interrupted_run_goes_on_where_it_stopped(
    module: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn: list[tuple[int, tuple[str, ...]]] = []

    class Here:
        """A pool that works in this process."""

        def __init__(self, processes: int) -> None:
            assert processes == 1

        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def imap(self, work: Any, jobs: list[Any], **_: object) -> Any:
            for job in jobs:
                drawn.append(job[1:])
                yield work(job)

    monkeypatch.setattr(module, "get_context", lambda _: type("Context", (), {"Pool": Here}))
    monkeypatch.setattr(
        module, "sample", lambda job: [(job[0].name, job[1], m, "AxB", 9, "0.1", "0.1", "1", "", "0.1") for m in job[2]]
    )  # fmt: skip
    path = tmp_path / "results" / "rows.csv"
    condition = next(c for c in module.conditions() if c.methods == ("products", "unclustered"))
    module.run(path, [condition], 2, 1)
    whole = path.read_text(encoding="utf-8")
    assert [r for r, _ in drawn] == [0, 1]
    path.write_text(whole[:-5], encoding="utf-8")  # as if the machine had stopped in the last line
    drawn.clear()
    module.run(path, [condition], 3, 1)
    assert drawn == [(1, ("unclustered",)), (2, ("products", "unclustered"))]
    assert path.read_text(encoding="utf-8").startswith(whole)


def test_screening_looks_only_at_rules_that_count(module: ModuleType) -> None:
    """Whoever is excluded is so by them; the others would take time and change nothing."""
    mine = module.study().rules.applied()
    loaded = module.load_plan(bundled() / "analysis").screening
    assert set(mine) == {name for name, rule in loaded.applied().items() if rule.counts}
