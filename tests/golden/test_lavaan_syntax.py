"""Model syntax is read as lavaan reads it, row by row and in its order."""

from __future__ import annotations

import json

import pytest
from tests.golden.golden_cases import FOLDER, expected

from cosyn.engine.syntax import Constraint, Modifier, Statement, parse_model

CASE = FOLDER / "cases" / "lavaan_syntax"
MODELS = json.loads((CASE / "models.json").read_text(encoding="utf-8"))
TRUTH = expected(CASE)
#: Fields of an expected row.
LHS, OP, RHS, BLOCK, FIXED, START, LABEL = range(7)


def merged(statements: tuple[Statement, ...]) -> list[tuple[Statement, tuple[Modifier, ...]]]:
    """Each relation once with all its modifiers, as lavaan merges the terms of one formula."""
    found: dict[tuple[object, ...], tuple[Statement, tuple[Modifier, ...]]] = {}
    for s in statements:
        key = (s.block, s.lhs, s.op, s.rhs, s.line if s.op == "~~" else 0)
        first, modifiers = found.get(key, (s, ()))
        found[key] = (first, modifiers + s.modifiers)
    return list(found.values())


def row(statement: Statement, modifiers: tuple[Modifier, ...]) -> dict[str, object]:
    values = [m for m in modifiers if m.kind in {"fixed", "free", "mixed"}]
    starts = [m for m in modifiers if m.kind == "start"]
    labels = [m for m in modifiers if m.kind in {"label", "equal"}]
    return {
        "relation": sides(statement.lhs, statement.op, statement.rhs),
        "fixed": numbers(values[:1]),
        "start": numbers(starts[:1]),
        "label": ";".join(labels[0].labels or (labels[0].label,)) if labels else "",
    }


def sides(lhs: str, op: str, rhs: str) -> tuple[str, ...]:
    """lavaan turns the sides of some covariances around."""
    return (op, *sorted((lhs, rhs))) if op == "~~" else (lhs, op, rhs)


def numbers(modifiers: list[Modifier]) -> str:
    if not modifiers:
        return ""
    only = modifiers[0]
    values = only.values or (None if only.kind == "free" else only.value,)
    return ";".join("NA" if value is None else f"{value:.12g}" for value in values)


def rounded(text: str) -> str:
    """lavaan's numbers, pasted with up to 15 digits, with as many as ours."""
    parts = text.split(";") if text else []
    return ";".join(part if part == "NA" else f"{float(part):.12g}" for part in parts)


def expected_row(fields: list[str]) -> dict[str, object]:
    return {
        "relation": sides(fields[LHS], fields[OP], fields[RHS]),
        "fixed": rounded(fields[FIXED]),
        "start": rounded(fields[START]),
        "label": fields[LABEL],
    }


@pytest.mark.parametrize("name", list(TRUTH))
def test_rows(name: str) -> None:
    model = parse_model(MODELS[name])
    relations = tuple(s for s in model.statements if s.op != ":=")
    wanted = [expected_row(fields) for fields in TRUTH[name]["rows"] if fields[OP] != ":"]
    assert [row(*both) for both in merged(relations)] == wanted


@pytest.mark.parametrize("name", [name for name in TRUTH if "blocks" in name])
def test_blocks(name: str) -> None:
    model = parse_model(MODELS[name])
    rows = TRUTH[name]["rows"]
    assert [b.group for b in model.blocks] == [f[RHS] for f in rows if f[OP] == ":"]
    numbers = [model.blocks.index(s.block) + 1 for s in model.statements if s.block]
    assert numbers == [int(f[BLOCK]) for f in rows if f[OP] != ":"]


@pytest.mark.parametrize("name", list(TRUTH))
def test_constraints_and_definitions(name: str) -> None:
    model = parse_model(MODELS[name])
    definitions = [f"{s.lhs} := {s.rhs}" for s in model.statements if s.op == ":="]
    wanted = TRUTH[name]["constraints"]
    assert definitions == [text for text in wanted if ":=" in text]
    assert [spaced(c) for c in model.constraints] == [t for t in wanted if ":=" not in t]


def spaced(constraint: Constraint) -> str:
    left, _, right = constraint.text.partition(constraint.op)
    return f"{left} {constraint.op} {right}"


@pytest.mark.parametrize("name", [name for name in TRUTH if "groups" in name])
def test_what_each_group_gets(name: str) -> None:
    n_groups = int(name.partition(" ")[0])
    model = parse_model(MODELS[name])
    groups = [block.group for block in model.blocks] or [str(k + 1) for k in range(n_groups)]
    found = [
        f"{group} {s.lhs} {s.op} {s.rhs} {state([m.for_group(*of) for m in modifiers])}"
        for number, group in enumerate(groups, start=1)
        for s, modifiers in merged(model.statements)
        if s.block is None or s.block.number_in(groups) == number
        for of in [(1, 1) if s.block else (number, n_groups)]
    ]
    assert found == TRUTH[name]["groups"]


def state(modifiers: list[Modifier | None]) -> str:
    by_kind = {m.kind: m for m in modifiers if m is not None}
    label = by_kind["label"].label if "label" in by_kind else ""
    for kind in ("fixed", "start"):
        if kind in by_kind:
            return f"{kind} {by_kind[kind].value:g} {label}"
    return f"free {label}"
