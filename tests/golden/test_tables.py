"""Parameter tables equal lavaan's, row by row and in its order."""

from __future__ import annotations

import json

import pytest
from tests.golden.golden_cases import FOLDER, expected

from cosyn.engine.partable import Parameter, TableOptions, parameter_table
from cosyn.engine.syntax import parse

CASE = FOLDER / "cases" / "lavaan_tables"
MODELS = json.loads((CASE / "models.json").read_text(encoding="utf-8"))
TRUTH = expected(CASE)
OBSERVED = [f"x{number}" for number in range(1, 10)]


def shown(row: Parameter) -> str:
    state = "defined" if row.op == ":=" else "free" if row.value is None else f"{row.value:g}"
    return f"{row.name} {state} {row.label}"


@pytest.mark.parametrize("name", list(TRUTH))
def test_rows(name: str) -> None:
    model, _, option = name.rpartition(" ")
    table = parameter_table(
        parse(MODELS[model]),
        OBSERVED,
        TableOptions(std_lv=option == "std_lv", orthogonal=option == "orthogonal"),
    )
    assert [shown(row) for row in table.rows] == TRUTH[name]["rows"]
    assert table.n_free == TRUTH[name]["npar"]
