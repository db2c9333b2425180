"""Expressions of definitions and constraints: values, derivatives and limits."""

from __future__ import annotations

import numpy as np
import pytest

from cosyn.engine.expression import Label, evaluate, labels
from cosyn.engine.syntax import parse, parse_model
from cosyn.errors import ModelSyntaxError


@pytest.mark.parametrize("op", ["==", "<", ">", "<=", ">="])
def test_constraints(op: str) -> None:
    (found,) = parse_model(f"f =~ x\n a + b**2 {op} \n 2 * 'c'").constraints
    assert (found.op, found.text) == (op, f"a+b**2{op}2*c")
    assert (found.place.line, found.place.column) == (2, 2)
    values = {"a": 1.0, "b": 3.0, "c": 4.0}
    assert (evaluate(found.left, values), evaluate(found.right, values)) == (10.0, 8.0)
    assert [label.name for label in labels(found.right)] == ["c"]
    assert found == parse_model(f"\n\na+b**2{op}2*c").constraints[0]


@pytest.mark.parametrize(
    ("text", "at", "derivative"),
    [
        ("abs(a)", -2.0, -1.0),
        ("abs(a)", 3.0, 1.0),
        ("sin(a)", 0.3, np.cos(0.3)),
        ("cos(a)", 0.3, -np.sin(0.3)),
        ("tan(a)", 0.3, 1 / np.cos(0.3) ** 2),
        ("sqrt(a)*exp(-a)", 2.0, np.exp(-2) * (0.5 / np.sqrt(2) - np.sqrt(2))),
        ("(-a)^3", 2.0, -12.0),
        ("log(a)/a**2", 2.0, (1 - 2 * np.log(2)) / 8),
    ],
)
def test_expressions_are_differentiated_by_a_complex_step(
    text: str, at: float, derivative: float
) -> None:
    (statement,) = parse(f"d := {text}")
    assert statement.expression is not None
    step = evaluate(statement.expression, {"a": np.complex128(at, 1e-20)})
    assert step.imag / 1e-20 == pytest.approx(derivative, rel=1e-12)
    assert step.real == pytest.approx(evaluate(statement.expression, {"a": np.float64(at)}))


def test_labels_are_equal_wherever_they_stand() -> None:
    first, second = (parse(text)[0].expression for text in ("d := a", "\n d := a"))
    assert isinstance(first, Label)
    assert isinstance(second, Label)
    assert first == second
    assert first.place != second.place


@pytest.mark.parametrize(
    "text",
    [
        "d := " + "(" * 10_000 + "a" + ")" * 10_000,
        "d := " + "exp(" * 10_000,
        "d := " + "2^" * 10_000 + "a",
        "d := " + "-" * 50_000 + "a",
        "d := " + "a + " * 20_000 + "a",
        "a == " + "b*" * 20_000 + "a",
        "f =~ " + "(" * 10_000 + "1",
        "f =~ " + "1/" * 10_000 + "1*x",
        "f =~ " + "c(" * 10_000,
        "f =~ " + "a*" * 10_000 + "x",
        "+".join("a" * 5000) + "~" + "+".join("b" * 5000),
        "f =~ x + y\n" * 100_000,
        "(" * 1_000_000,
        "1" * 90_000 + " < a",
    ],
    ids=lambda text: text[:12].replace("\n", " "),
)
def test_endless_input_ends_in_an_error(text: str) -> None:
    with pytest.raises(ModelSyntaxError) as caught:
        parse_model(text)
    assert len(str(caught.value)) < 600


def test_the_longest_expression_can_be_walked() -> None:
    (statement,) = parse("d := " + "+".join("a" * 250))
    assert statement.expression is not None
    assert evaluate(statement.expression, {"a": 1.0}) == 250.0
    assert len(list(labels(statement.expression))) == 250
    assert repr(statement.expression)
