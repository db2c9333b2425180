"""How many starts a search for a minimum tries."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from cosyn.engine.fit import FitOptions
from cosyn.engine.partable import parameter_table
from cosyn.engine.search import search
from cosyn.engine.syntax import parse


@pytest.mark.parametrize(("last", "tried"), [(True, 4), (False, 10)])
def test_searches_in_vain_come_to_an_end(last: bool, tried: int) -> None:
    """Where each goes on to its last iteration; one that ends early costs little, so all are tried."""
    table = parameter_table(parse("F =~ x1 + x2 + x3 + x4"), ("x1", "x2", "x3", "x4"))
    options, values = FitOptions("ML"), []

    def method(_: Any, point: np.ndarray, *, tolerance: float, max_iterations: int) -> Any:
        values.append(float(point[0]))
        here = SimpleNamespace(value=float(point[0]), x=point)
        iterations = max_iterations if last else 1
        return SimpleNamespace(converged=False, iterations=iterations, evaluation=here)

    points = [np.full(table.n_free, 10.0 - k) for k in range(10)]
    nothing: Any = None
    found = search(table, (), nothing, points, options, method)
    assert len(values) == tried
    assert found.evaluation.value == min(values)
