"""The page on balance, necessity and configurations runs from top to bottom."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

PAGE = Path(__file__).resolve().parents[3] / "docs" / "how-to" / "balance-and-configurations.md"


def test_the_page_runs() -> None:
    pytest.importorskip("qca", reason="the optional part `qca` is not installed")
    names: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL):
        exec(block, names)  # noqa: S102 - our own page
    assert names["found"].congruence.verdict == "broad_congruence"
    assert names["found"].discrepancy.enough
    assert names["shares"].general.sum() == pytest.approx(names["shares"].r_squared)
    assert names["degrees"].identity_error < 1e-12
    assert 0 < names["needed"].ce_fdh.effect < 1
    assert [model.label for model in names["paths"].intermediate.models] == ["outer"]
