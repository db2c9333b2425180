"""Model syntax: what is read, and errors that point at the place."""

from __future__ import annotations

import pytest

from cosyn.engine.expression import evaluate
from cosyn.engine.syntax import Modifier, caret, parse, parse_model
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
        parse("d := gamma(a)")
    assert caught.value.code == "model.unknown-function"
    assert "sqrt" in caught.value.fix


def test_caret_stands_below_the_column_also_after_wide_characters() -> None:
    assert caret("f =~ @", 6) == "f =~ @\n     ^"
    assert caret("合作 @", 4) == "合作 @\n     ^"


def modifiers(term: str) -> tuple[Modifier, ...]:
    (statement,) = parse_model(f"f =~ {term}").statements
    return statement.modifiers


@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("1/4*x", Modifier("fixed", 0.25)),
        ("(1 + 2*3)*x", Modifier("fixed", 7.0)),
        ("-.5?x", Modifier("start", -0.5)),
        ('"a"*x', Modifier("label", label="a")),
        ('"NA"*x', Modifier("label", label="NA")),
        ('label("a")*x', Modifier("label", label="a")),
        ('equal("f =~ x2")*x', Modifier("equal", label="f=~x2")),
        ('equal(c("a", "b"))*x', Modifier("equal", labels=("a", "b"))),
        ("c(2)*x", Modifier("fixed", 2.0)),
        ("c(NA)*x", Modifier("free")),
        ("c(1, -2)*x", Modifier("fixed", values=(1.0, -2.0))),
        ("c(NA, NA)*x", Modifier("free", values=(None, None))),
        ("c(1, NA)*x", Modifier("mixed", values=(1.0, None))),
        ("c(a, 'b')*x", Modifier("label", labels=("a", "b"))),
        ("c(a\n, b\n)*x", Modifier("label", labels=("a", "b"))),
        ("c(a, NA)*x", Modifier("label", labels=("a", ""))),
        ("c(a, -1, NA)*x", Modifier("mixed", values=(None, -1.0, None), labels=("a", "", ""))),
        ("start(c(1, NA))*x", Modifier("start", values=(1.0, None))),
        ("start(1, 2)*x", Modifier("start", values=(1.0, 2.0))),
    ],
)
def test_modifiers_of_one_group_or_several(term: str, found: Modifier) -> None:
    assert modifiers(term) == (found,)


def test_a_term_may_have_a_value_a_start_and_a_label() -> None:
    both = (Modifier("start", 0.5), Modifier("label", label="a"))
    assert modifiers("start(.5)*a*x") == both
    (statement,) = parse_model("f =~ start(.5)*a*x").statements
    assert statement.modifier is None
    assert [s.modifier for s in parse("f =~ start(.5)*a*x")] == list(both)


@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("a*x", [Modifier("label", label="a")] * 3),
        ("c(1, NA, -2)*x", [Modifier("fixed", 1.0), Modifier("free"), Modifier("fixed", -2.0)]),
        ("c(a, 1, NA)*x", [Modifier("label", label="a"), Modifier("fixed", 1.0), Modifier("free")]),
        ("c(a, NA, a)*x", [Modifier("label", label="a"), None, Modifier("label", label="a")]),
        ("start(c(1, NA, 2))*x", [Modifier("start", 1.0), None, Modifier("start", 2.0)]),
        ("c(NA, NA, NA)*x", [Modifier("free")] * 3),
        (
            'equal("p", "q", "r")*x',
            [
                Modifier("equal", label="p"),
                Modifier("equal", label="q"),
                Modifier("equal", label="r"),
            ],
        ),
    ],
)
def test_what_a_modifier_says_of_each_group(term: str, found: list[Modifier | None]) -> None:
    (modifier,) = modifiers(term)
    assert [modifier.for_group(group, 3) for group in (1, 2, 3)] == found


@pytest.mark.parametrize("n_groups", [1, 3])
def test_entries_for_another_number_of_groups_are_refused(n_groups: int) -> None:
    (modifier,) = modifiers("c(a, b)*x")
    with pytest.raises(ModelSyntaxError) as caught:
        modifier.for_group(1, n_groups)
    assert caught.value.code == "model.group-count"
    assert caught.value.where == "model:1:6"
    with pytest.raises(ModelSyntaxError):
        Modifier("label", labels=("a", "b")).for_group(1, n_groups)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x + y ~ 1", [("x", "~1", ""), ("y", "~1", "")]),
        ("x ~ a*1 + z", [("x", "~1", ""), ("x", "~", "z")]),
        ("x ~ 1*z", [("x", "~", "z")]),
        ("x | t1 + t2", [("x", "|", "t1"), ("x", "|", "t2")]),
        ("x ~*~ 1*x", [("x", "~*~", "x")]),
        ("y ~ x:z + x", [("y", "~", "x:z"), ("y", "~", "x")]),
        ("x : z ~~ x:z", [("x:z", "~~", "x:z")]),
        ("y ~ group:x", [("y", "~", "group:x")]),
        ("f =~ + x\n + y", [("f", "=~", "x"), ("f", "=~", "y")]),
        ("group := a\nf =~ a*x", [("group", ":=", "a"), ("f", "=~", "x")]),
    ],
)
def test_relations(text: str, found: list[tuple[str, str, str]]) -> None:
    assert [(s.lhs, s.op, s.rhs) for s in parse_model(text).statements] == found


def test_an_intercept_of_zero_is_fixed() -> None:
    (statement,) = parse_model("y ~ 0").statements
    assert (statement.op, statement.modifiers) == ("~1", (Modifier("fixed", 0.0),))


def test_blocks_of_groups() -> None:
    text = 'd := a\nGroup: Grant White # 1\nlevel: 1\nf =~ a*x\ngroup: "2"; f =~ y\ngroup: Grant White; x ~ 1'
    model = parse_model(text)
    assert [s.block.group if s.block else None for s in model.statements] == [
        None,
        "Grant White",
        "2",
        "Grant White",
    ]
    assert [block.group for block in model.blocks] == ["Grant White", "2"]
    assert [b.number_in(("Pasteur", "Grant White")) for b in model.blocks] == [2, 2]
    assert model.blocks[1].number_in(("2", "1")) == 1
    with pytest.raises(ModelSyntaxError, match=r"no group `Grant White`.*Pasteur, Lyon") as caught:
        model.blocks[0].number_in(("Pasteur", "Lyon"))
    assert caught.value.code == "model.unknown-group"
    assert caught.value.where == "model:2:1"


@pytest.mark.parametrize(
    ("text", "code", "place", "what"),
    [
        ("f <~ x", "model.unsupported", "1:3", "composites"),
        ("level: 2\nf =~ x", "model.unsupported", "1:1", "`level: 2`"),
        ("class: 1\nf =~ x", "model.unsupported", "1:1", "`class:` blocks"),
        ('efa("b")*f =~ x', "model.unsupported", "1:1", "exploratory factors"),
        ("f =~ lower(0)*x", "model.unsupported", "1:6", "`lower()`"),
        ("f =~ g(0)*x", "model.unsupported", "1:6", "`g()`"),
        ("f =~ c(start(1), 2)*x", "model.unsupported", "1:8", "`start()` inside `c()`"),
        ("f =~ label(a)*x", "model.unsupported", "1:12", "without quotation marks"),
        ("f =~ 0", "model.unsupported", "1:6", "nothing measures"),
        ("y ~ a:b:c", "model.unsupported", "1:8", "more than two variables"),
        ("a < b < c", "model.unsupported", "1:7", "two operators"),
        ("f =~ a*b*x", "model.duplicate", "1:8", "a second label"),
        ("f =~ 2*NA*x", "model.duplicate", "1:8", "a second value"),
        ("f =~ start(1)*2?x", "model.duplicate", "1:15", "a second starting value"),
        ("x | u1", "model.threshold", "1:5", "`u1` is no threshold"),
        ("x ~*~ y", "model.scaling", "1:7", "between `x` and `y`"),
        ("1 < 2", "model.constraint", "1:1", "without a label"),
        ("a <", "model.syntax", "1:4", "expected a label"),
        ("a = b", "model.character", "1:3", "'=' is not understood"),
        ("a b == c", "model.syntax", "1:3", "comparison"),
        ("f =~ 1e999*x", "model.number", "1:6", "not finite"),
        ("f =~ 1/0*x", "model.number", "1:6", "not finite"),
        ("d := 1e999", "model.number", "1:6", "not finite"),
        ("f =~ 2/a*x", "model.syntax", "1:8", "expected a number, found `a`"),
        ("f =~ start(NA)*x", "model.syntax", "1:6", "expected a starting value"),
        ('f =~ ""*x', "model.syntax", "1:6", "expected a label"),
        ('f =~ "a*x', "model.character", "1:6", "is not understood"),
        ("f =~ c(a, b*x", "model.syntax", "1:12", "expected `)`"),
        ("f =~ c()*x", "model.syntax", "1:8", "found `)`"),
        ("f =~ NA", "model.syntax", "1:6", "expected a variable name"),
        ("y ~ 2", "model.syntax", "1:6", "expected `*`"),
        ("y ~ 2*0", "model.syntax", "1:8", "expected `*`"),
        ("x:z := a", "model.syntax", "1:1", "a product cannot be defined"),
        ("group:\nf =~ x", "model.syntax", "1:7", "label or number"),
        ("group: 1 f =~ x", "model.syntax", "1:8", "alone on its line"),
        ('group: ""\nf =~ x', "model.syntax", "1:8", "label or number"),
        ("group: a +\nb\nf =~ x", "model.block", "2:1", "another line"),
        ("level: 1\nf =~ x\ngroup: 1\nf =~ x", "model.block", "3:1", "within a level"),
        ("f =~ x\ngroup: 1\nf =~ x", "model.block", "1:6", "above the first block (line 2)"),
        ("group: 1\ngroup: 2\nf =~ x", "model.empty", "1:1", "no statement in this block"),
        ("group: 1\nf =~ c(a, b)*x", "model.group-count", "2:14", "within one group"),
        ("d := gamma(a)", "model.unknown-function", "1:6", "`gamma` is not a function"),
        ("\n \n", "model.empty", "1:1", "no statement"),
    ],
)
def test_errors_have_codes_and_places(text: str, code: str, place: str, what: str) -> None:
    with pytest.raises(ModelSyntaxError) as caught:
        parse_model(text)
    assert (caught.value.code, caught.value.where) == (code, f"model:{place}")
    assert what in caught.value.what
    assert caught.value.fix


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("f =~ x\ny ~ 1", "intercepts"),
        ("x | t1", "thresholds"),
        ("x ~*~ x", "scaling factors"),
        ("f =~ x\na == b", "constraints (`==`)"),
        ("group: 1\nf =~ x", "blocks"),
        ("f =~ c(a, b)*x", "an entry for each group"),
        ('f =~ equal("f=~y")*x', "`equal()`"),
        ("y ~ x:z", "products"),
    ],
)
def test_models_of_covariances_in_one_group_take_no_more(text: str, what: str) -> None:
    assert parse_model(text)
    with pytest.raises(ModelSyntaxError) as caught:
        parse(text)
    assert caught.value.code == "model.unsupported"
    assert what in caught.value.what


def test_a_note_marks_the_column() -> None:
    with pytest.raises(ModelSyntaxError) as caught:
        parse_model("合作 =~ x1 x2")
    assert caught.value.__notes__ == ["合作 =~ x1 x2\n           ^"]


def test_only_the_surroundings_of_a_long_line_are_quoted() -> None:
    with pytest.raises(ModelSyntaxError) as caught:
        parse_model("f =~ " + "x + " * 300 + "@ + y")
    assert caught.value.where == "model:1:1206"
    assert len(caught.value.what) < 250
    quoted, mark = caught.value.__notes__[0].split("\n")
    assert quoted[mark.index("^")] == "@"
