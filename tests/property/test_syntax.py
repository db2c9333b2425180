"""What must hold of every text: printed models are read as they were; nothing breaks the parser."""

from __future__ import annotations

import re
from typing import TypeVar, get_args

from hypothesis import given, settings
from hypothesis import strategies as st

from cosyn.engine._statements import Comparison
from cosyn.engine.expression import Call, Expression, Label, Number, Operation
from cosyn.engine.syntax import (
    Block,
    Constraint,
    Model,
    Modifier,
    Place,
    Statement,
    parse,
    parse_model,
)
from cosyn.errors import ModelSyntaxError

T = TypeVar("T")
NOWHERE = Place("model", 1, 1, "")
NAME = re.compile(r"(?:[^\W\d]|\.(?![0-9]))[\w.]*")
BLOCKS = {"group", "level", "block", "class"}
few = settings(max_examples=150, deadline=None)

names = st.one_of(
    st.sampled_from(
        ["x1", "f", "c", "start", "exp", "label", "efa", "group", ".p1.", "合作", "e1"]
    ),
    st.from_regex(NAME, fullmatch=True).filter(lambda name: len(name) < 12 and name != "NA"),
)
variables = names | st.tuples(names.filter(lambda n: n.casefold() not in BLOCKS), names).map(
    ":".join
)
quotable = st.text(st.characters(exclude_categories=["Cc", "Cs", "Z"], exclude_characters="\"'\\"))
labels = names | quotable.filter(bool) | st.just("NA")
finite = st.floats(allow_nan=False, allow_infinity=False).map(lambda x: x + 0.0)


def vector(entries: st.SearchStrategy[T]) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(entries, min_size=2, max_size=4).map(tuple)


def is_mixed(entries: tuple[float | str | None, ...]) -> bool:
    numbers = [isinstance(entry, float) for entry in entries]
    return any(numbers) and not all(numbers)


def mixed(entries: tuple[float | str | None, ...]) -> Modifier:
    values = tuple(entry if isinstance(entry, float) else None for entry in entries)
    names_ = tuple(entry if isinstance(entry, str) else "" for entry in entries)
    return Modifier("mixed", values=values, labels=names_ if any(names_) else ())


singles = {
    "value": finite.map(lambda v: Modifier("fixed", v)) | st.just(Modifier("free")),
    "label": labels.map(lambda n: Modifier("label", label=n))
    | labels.map(lambda n: Modifier("equal", label=n)),
    "start": finite.map(lambda v: Modifier("start", v)),
}
vectors = {
    "value": vector(finite).map(lambda v: Modifier("fixed", values=v))
    | vector(st.none()).map(lambda v: Modifier("free", values=v))
    | vector(finite | labels | st.none()).filter(is_mixed).map(mixed),
    "label": vector(labels | st.just(""))
    .filter(any)
    .flatmap(lambda v: st.sampled_from([Modifier("label", labels=v), Modifier("equal", labels=v)])),
    "start": vector(finite | st.none()).map(lambda v: Modifier("start", values=v)),
}


@st.composite
def modifier_lists(draw: st.DrawFn, *, grouped: bool) -> tuple[Modifier, ...]:
    aspects = draw(st.permutations(sorted(singles)))[: draw(st.integers(0, 3))]
    kinds = singles if grouped else {k: singles[k] | vectors[k] for k in singles}
    return tuple(draw(kinds[aspect]) for aspect in aspects)


@st.composite
def relations(draw: st.DrawFn, block: Block | None) -> Statement:
    op = draw(st.sampled_from(["=~", "~", "~~", "~1", "|", "~*~"]))
    lhs = draw(variables)
    rhs = {"~1": "", "|": f"t{draw(st.integers(1, 12))}", "~*~": lhs}.get(op) or draw(variables)
    rhs = "" if op == "~1" else rhs
    modifiers = draw(modifier_lists(grouped=bool(block)))
    alone = modifiers[0] if len(modifiers) == 1 and not modifiers[0].n_entries else None
    return Statement(lhs, op, rhs, alone, NOWHERE, None, modifiers, block)


atoms: st.SearchStrategy[Expression] = st.one_of(
    finite.map(lambda x: Number(abs(x))), names.map(lambda n: Label(n, NOWHERE))
)
functions = st.sampled_from(["exp", "log", "sqrt", "abs", "sin", "cos", "tan"])
expressions = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.builds(Call, functions, inner),
        st.builds(Operation, st.sampled_from("+-*/^"), inner, inner),
    ),
    max_leaves=12,
)
definitions = st.builds(
    lambda name, e: Statement(name, ":=", shown(e), None, NOWHERE, e), names, expressions
)


@st.composite
def constraints(draw: st.DrawFn) -> Constraint:
    left, right = draw(expressions), draw(expressions)
    left = Operation("+", Label("a", NOWHERE), left)
    op: Comparison = draw(st.sampled_from(get_args(Comparison)))
    return Constraint(op, left, right, f"{shown(left)}{op}{shown(right)}", NOWHERE)


@st.composite
def models(draw: st.DrawFn) -> Model:
    groups = draw(st.lists(names, max_size=3, unique=True))
    blocks = [Block(group, 1, NOWHERE) for group in groups]
    found = draw(st.lists(definitions, max_size=2))
    places: list[Block | None] = [*blocks] or [None]
    for block in places:
        found += draw(st.lists(relations(block), min_size=1, max_size=4))
    return Model(tuple(found), tuple(draw(st.lists(constraints(), max_size=3))), tuple(blocks))


def shown(e: Expression) -> str:
    """An expression with every bracket and no blank."""
    match e:
        case Number(value):
            return repr(value)
        case Label(name, _):
            return name
        case Call(function, argument):
            return f"{function}({shown(argument)})"
        case Operation(operator, left, right):
            return f"({shown(left)}{operator}{shown(right)})"


def quoted(label: str) -> str:
    return label if NAME.fullmatch(label) and label != "NA" else f'"{label}"'


def entries(modifier: Modifier) -> list[str]:
    count = max(modifier.n_entries, 1)
    values = modifier.values or (modifier.value,) * count
    names_ = modifier.labels or (modifier.label,) * count
    if modifier.kind == "free":
        return ["NA"] * count
    if modifier.kind in {"label", "equal"}:
        return [quoted(name) if name else "NA" for name in names_]
    return [
        quoted(name) if name else "NA" if value is None else repr(value)
        for value, name in zip(values, names_, strict=True)
    ]


def printed_modifier(modifier: Modifier) -> str:
    inside = ",".join(entries(modifier))
    if modifier.kind == "equal":
        inside = ",".join(f'"{name}"' for name in modifier.labels or (modifier.label,))
        return f"equal({inside})*"
    if modifier.n_entries:
        inside = f"c({inside})"
    return f"start({inside})*" if modifier.kind == "start" else f"{inside}*"


def printed(model: Model, blank: str, gap: str) -> str:
    lines: list[str] = []
    block: Block | None = None
    for s in model.statements:
        if s.block not in {None, block}:
            block = s.block
            lines.append(f'group:{blank}"{block.group if block else ""}"')
        if s.expression is not None:
            lines.append(f"{s.lhs}{blank}:={gap}{shown(s.expression)}")
            continue
        op, rhs = ("~", "1") if s.op == "~1" else (s.op, s.rhs)
        term = gap.join([*map(printed_modifier, s.modifiers), rhs])
        lines.append(blank.join([s.lhs, op, term]))
    lines += [f"{shown(c.left)}{blank}{c.op}{gap}{shown(c.right)}" for c in model.constraints]
    return "\n".join(lines)


@few
@given(models(), st.sampled_from(["", " ", "\t \u3000"]), st.sampled_from(["", " ", "  # why\n  "]))
def test_a_printed_model_is_read_as_it_was(model: Model, blank: str, gap: str) -> None:
    text = printed(model, blank, gap)
    again = parse_model(text)
    assert again == model
    assert parse_model(text.replace("\n", "\r\n") + "\n! end") == again


def reads_or_refuses(text: str) -> None:
    for read in (parse, parse_model):
        try:
            repr(read(text))
        except ModelSyntaxError as caught:
            error = caught
        else:
            continue
        assert re.search(r":\d+:\d+$", error.where)
        assert error.fix
        assert error.__notes__[0].endswith("^")


@few
@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    reads_or_refuses(text)


WORDS = [
    *("f", "x1", "a", "NA", "1", "0", ".5", "t1", "c", "start", "equal", "label", "group", "level"),
    *("=~", "~", "~~", "~*~", "<~", ":=", "==", "<", ">", "<=", ">=", "|", "efa", "exp", "1e999"),
    *("+", "-", "*", "**", "/", "^", "(", ")", ",", ":", "?", ";", "\n", "#", '"', "'", '"a"', " "),
]


@settings(max_examples=400, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=25).map("".join))
def test_any_words_of_the_language_are_read_or_refused(text: str) -> None:
    reads_or_refuses(text)
