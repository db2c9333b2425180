"""Parameter tables: numbering, labels, errors. That rows equal lavaan's is a golden test."""

from __future__ import annotations

import pytest

from cosyn.engine.partable import ParameterTable, fix_parameter, parameter_table
from cosyn.engine.syntax import parse
from cosyn.errors import ModelSyntaxError, PlanError

OBSERVED = ("x1", "x2", "x3", "x4", "x5", "x6")


def table(text: str) -> ParameterTable:
    return parameter_table(parse(text, "m.lav"), OBSERVED)


def test_equal_labels_are_one_parameter() -> None:
    found = table("f =~ x1 + a*x2 + a*x3 + x4")
    free = dict(zip([row.name for row in found.rows], found.free, strict=True))
    assert free["f =~ x2"] == free["f =~ x3"] == 1
    assert free["f =~ x4"] == 2
    assert found.n_free == max(free.values()) == 7
    assert found.df == 10 - 7
    assert found.name_of_free(1) == "a"
    assert found.name_of_free(2) == "f =~ x4"


def test_rows_are_found_from_either_side() -> None:
    found = table("f =~ x1 + x2 + x3\ng =~ x4 + x5 + x6\nd := 2 * 1")
    assert found.index("g", "~~", "f") == found.index("f", "~~", "g")
    assert found.rows[found.index("d", ":=", "")].op == ":="
    with pytest.raises(KeyError):
        found.index("x1", "=~", "f")


def test_fixing_a_label_frees_its_number() -> None:
    found = table("f =~ x1 + a*x2 + a*x3 + x4")
    fixed = fix_parameter(found, "a", 0.0)
    assert fixed.n_free == found.n_free - 1
    assert [row.value for row in fixed.rows if row.label == "a"] == [0.0, 0.0]
    assert sorted(set(fixed.free)) == list(range(fixed.n_free + 1))
    with pytest.raises(PlanError) as caught:
        fix_parameter(found, "b", 0.0)
    assert caught.value.code == "model.unknown-label"


def test_variables_the_model_does_not_name_are_left_out() -> None:
    found = table("f =~ x3 + x1 + x2")
    assert found.observed == ("x3", "x1", "x2")
    assert found.latent == ("f",)


@pytest.mark.parametrize(
    ("text", "code", "place", "says"),
    [
        ("f =~ x1 + x2 + y3", "model.unknown-variable", "1:16", "`y3`"),
        ("f =~ x1 + x2 + X3", "model.unknown-variable", "1:16", "Did you mean `x3`"),
        ("fact =~ x1 + x2 + x3\nx4 ~ fct", "model.unknown-variable", "2:6", "`fact`"),
        ("x1 =~ x2 + x3", "model.name-collision", "1:7", "`x1`"),
        ("f =~ x1 + x2 + x1", "model.duplicate", "1:16", "`f =~ x1`"),
        ("f =~ x1 + x2 + x3\nx1 ~~ x2\nx2 ~~ x1", "model.duplicate", "3:7", "x1 ~~ x2"),
        ("f =~ a*x1 + a*x2 + x3\na := 1", "model.duplicate", "2:1", "`a`"),
        ("f =~ x1 + a*x2 + x3\nd := a * b", "model.unknown-label", "2:10", "`b`"),
        ("f =~ x1 + load*x2\nd := laod", "model.unknown-label", "2:6", "`load`"),
        ("f =~ x1 + x2 + x3\ne := d\nd := 1", "model.unknown-label", "2:6", "`d`"),
        ("f =~ x1 + f", "model.self-reference", "1:11", "`f`"),
        ("f =~ start(.7)*x1 + x2", "model.contradiction", "1:16", "fixed at 1"),
        ("f =~ a*x1 + 2*x2 + a*x2", "model.contradiction", "", "`a`"),
    ],
)
def test_errors_name_the_place(text: str, code: str, place: str, says: str) -> None:
    with pytest.raises(ModelSyntaxError) as caught:
        table(text)
    assert caught.value.code == code
    assert caught.value.where.startswith(f"m.lav:{place}")
    assert says in str(caught.value)


def test_a_single_indicator_latent_replaces_an_observed_predictor() -> None:
    found = table("f =~ x1 + x2 + x3\nLx4 =~ x4\nf ~ Lx4")
    assert found.rows[found.index("x4", "~~", "x4")].value == 0.0
