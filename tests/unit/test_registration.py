"""A registered plan is recognised by its digest, and a changed one is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from cosyn.errors import PlanError
from cosyn.plan import load_plan, quick
from cosyn.registration import registered
from cosyn.study import bundled

DIGEST = "0123456789abcdef" * 4


@pytest.mark.parametrize("text", [f'{{"plan": "{DIGEST}"}}', f"plan: {DIGEST.upper()}\n", DIGEST])
def test_the_digest_is_found(tmp_path: Path, text: str) -> None:
    file = tmp_path / "lock.json"
    file.write_text(text, encoding="utf-8")
    assert registered(file, {DIGEST})
    assert not registered(file, {"f" * 64})


@pytest.mark.parametrize("text", ["", "a plan", DIGEST[:-1], DIGEST + "0"])
def test_a_file_without_a_digest_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "lock.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(PlanError) as caught:
        registered(file, {DIGEST})
    assert caught.value.code == "registration.no-digest"


def test_a_plan_in_a_hurry_draws_little() -> None:
    plan = load_plan(bundled() / "analysis").plan
    fast = quick(plan)
    assert "robustness" not in fast.steps
    assert fast.dimensionality
    assert (fast.dimensionality.bootstrap, fast.dimensionality.parallel.draws) == (0, 20)
    assert fast.validity
    assert fast.validity.replicates == 100
    assert fast.structure
    assert not any(model.variants for model in fast.structure.models)
    assert not any(model.exploratory for model in fast.structure.models)
    assert quick(fast) == fast
    assert fast.hypotheses == plan.hypotheses
