"""Effects of products by other means are withheld where the model is not sound."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from cosyn.analysis import _interactions
from cosyn.analysis._cases import Cases
from cosyn.analysis._interactions import variant_findings
from cosyn.analysis._models import About
from cosyn.synergy import InteractionResult, Task
from cosyn.synergy._interactions import Comparison, ProductEffect

EFFECT = ProductEffect("CS", "IPxEP", ("IP", "EP"), 0.4, 0.1, 0.2, 0.6)


@pytest.mark.parametrize("unsound", ["", "Heywood case"])
def test_an_effect_of_an_inadmissible_model_is_not_shown(
    unsound: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    none = Comparison(None, None, None, "Wald")
    result = InteractionResult("SAM", (), (EFFECT,), none, None, (), unsound=unsound)
    fitted: Any = SimpleNamespace(run=lambda *_: SimpleNamespace(interaction=result))
    monkeypatch.setattr(_interactions, "SYNERGIES", {"interaction_sam": fitted})
    cases = Cases((), np.empty((0, 0)), None)
    task = Task(syntax="", where="", outcome="CS", products={"IPxEP": ("IP", "EP")})
    [row] = variant_findings(About("structure", "c", 0.95), cases, task, "interaction", ("sam",))
    assert (row.value, row.reason) == ((None, "Heywood case") if unsound else (0.4, ""))
