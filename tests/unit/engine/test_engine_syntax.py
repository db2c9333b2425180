"""Model syntax: what is read, and errors that point at the place."""

from __future__ import annotations

import pytest

from cosyn.engine.expression import evaluate
from cosyn.engine.syntax import Modifier, caret, parse
from cosyn.errors import ModelSyntaxError


def read(text: str) -> list[tuple[str, str, str]]:
    return [(s.lhs, s.op, s.rhs) for s in parse(text)]


def test_statements_lines_comments_and_separators() -> None:
    text = """
    # a comment
    f =~ x1 + x2 +   ! goes on
         x3 # here

       + x4
    g =~ y1; y ~ f
    x1 ~~ x2
    """
    assert read(text) == [
        *(("f", "=~", f"x{k}") for k in (1, 2, 3, 4)),
        ("g", "=~", "y1"),
        ("y", "~", "f"),
        ("x1", "~~", "x2"),
    ]


def test_windows_lines_full_width_blanks_and_chinese_names() -> None:
    assert read("合作 =~ 项1 +\u3000项2\r\n产出 ~ 合作\r\n") == [
        ("合作", "=~", "项1"),
        ("合作", "=~", "项2"),
        ("产出", "~", "合作"),
    ]


def test_several_left_sides() -> None:
    assert read("a + b ~ f + g") == [
        ("a", "~", "f"),
        ("a", "~", "g"),
        ("b", "~", "f"),
        ("b", "~", "g"),
    ]


@pytest.mark.parametrize(
    ("term", "modifier"),
    [
        ("x", None),
        ("a*x", Modifier("label", label="a")),
        ("1*x", Modifier("fixed", value=1.0)),
        ("-0.5 * x", Modifier("fixed", value=-0.5)),
        (".5*x", Modifier("fixed", value=0.5)),
        ("2e-1*x", Modifier("fixed", value=0.2)),
        ("NA*x", Modifier("free")),
        ("start(.5)*x", Modifier("start", value=0.5)),
        ("start(-2)*x", Modifier("start", value=-2.0)),
    ],
)
def test_modifiers(term: str, modifier: Modifier | None) -> None:
    assert [s.modifier for s in parse(f"f =~ {term}")] == [modifier]


def test_places_are_those_of_the_right_side() -> None:
    found = parse("f =~ x1 +\n  a*x2", "m.lav")
    assert [(s.line, s.column) for s in found] == [(1, 6), (2, 5)]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a + b*2", 8.0),
        ("(a + b)*2", 10.0),
        ("-a^2", -4.0),
        ("2^-1", 0.5),
        ("2^3^2", 512.0),
        ("a - b - 1", -2.0),
        ("a / b / 2", 1 / 3),
        ("a - -b", 5.0),
        ("exp(log(b)) + sqrt(a*2)", 5.0),
        ("a +\n b", 5.0),
    ],
)
def test_definitions_follow_the_precedence_of_r(text: str, value: float) -> None:
    (statement,) = parse(f"d := {text}")
    assert statement.expression is not None
    assert evaluate(statement.expression, {"a": 2.0, "b": 3.0}) == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        ("IP =~ x1 +", "1:11", "expected a variable name after `+`, found the end"),
        ("f =~ x1 x2", "1:9", "expected `+` or the end of the statement after `x1`, found `x2`"),
        ("f x1", "1:3", "expected an operator"),
        ("=~ x1", "1:1", "expected a variable name, found `=~`"),
        ("f =~ x1 +\n\ng =~ x2", "3:3", "after `g`, found `=~`"),
        ("f =~ ;", "1:6", "found the end"),
        ("f =~ 2*", "1:8", "expected a variable name after `*`"),
        ("f =~ 2 + x", "1:8", "expected `*` after `2`"),
        ("f =~ 2x", "1:6", "'2' is not understood"),
        ("f =~ start(a)*x", "1:12", "expected a number"),
        ("f @ x", "1:3", "'@' is not understood"),
        ("d := (a + b", "1:12", "expected `)` after `b`"),
        ("d := a b", "1:8", "found `b`"),
        ("d := *a", "1:6", "expected a label, a number or `(`"),
        ("a + b := c", "1:5", "defines one name"),
        ("", "1:1", "no statement"),
        ("# nothing\n", "1:1", "no statement"),
        ("d := " + "(" * 60, "1:", "nested"),
    ],
)
def test_errors_name_the_place_and_quote_the_line(text: str, place: str, what: str) -> None:
    with pytest.raises(ModelSyntaxError) as caught:
        parse(text, "models/a.lav")
    assert caught.value.where.startswith(f"models/a.lav:{place}")
    assert what in caught.value.what
    line = int(caught.value.where.split(":")[1])
    assert text.split("\n")[line - 1].strip() in caught.value.what


@pytest.mark.parametrize(
    "text",
    [
        "y ~ 1",
        "x | t1",
        "a == b",
        "f =~ x == 1",
        "a > 0",
        "f <~ x1 + x2",
        "x ~*~ x",
        "group: 1",
        "level: 2",
        "f =~ c(a, b)*x",
        'f =~ equal("a")*x',
        "f =~ label(a)*x",
        "y ~ a:b",
    ],
)
def test_what_is_not_supported_is_refused_by_name(text: str) -> None:
    with pytest.raises(ModelSyntaxError) as caught:
        parse(text)
    assert caught.value.code in {"model.unsupported", "model.character"}


def test_full_width_operators_are_explained() -> None:
    with pytest.raises(ModelSyntaxError) as caught:
        parse("f ＝~ x")
    assert "'='" in caught.value.fix


def test_unknown_functions_name_the_known_ones() -> None:
    with pytest.raises(ModelSyntaxError) as caught:
        parse("d := sin(a)")
    assert caught.value.code == "model.unknown-function"
    assert "sqrt" in caught.value.fix


def test_caret_stands_below_the_column_also_after_wide_characters() -> None:
    assert caret("f =~ @", 6) == "f =~ @\n     ^"
    assert caret("合作 @", 4) == "合作 @\n     ^"
