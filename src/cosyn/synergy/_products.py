"""What the products of a task are made of, and what its syntax leaves unsaid of them."""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple

from cosyn.engine.product_terms import ProductTerm
from cosyn.engine.syntax import parse
from cosyn.errors import PlanError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cosyn.engine.syntax import Statement
    from cosyn.synergy._types import Matching, Task

Products = dict[str, tuple[str, str]]


class Indicator(NamedTuple):
    """A product indicator and the two indicators it is the product of."""

    name: str
    first: str
    second: str


def products_of(task: Task) -> Products:
    """The task's products, with the squares of their factors if it asks for these."""
    found = dict(task.products)
    if task.quadratic:
        factors = dict.fromkeys(name for pair in task.products.values() for name in pair)
        there = {frozenset(pair) for pair in found.values()}
        found |= {f"{name}x{name}": (name, name) for name in factors if {name} not in there}
    return found


def indicators_of(task: Task) -> dict[str, tuple[Indicator, ...]]:
    """The indicators ``<product>1``, ``<product>2`` ... of each product.

    Raises
    ------
    PlanError
        If a factor of a product has no indicators, the two have different numbers of them, or a
        square has fewer than two that differ.
    """
    statements = parse(task.syntax, task.where)
    found = {}
    for product, (first, second) in products_of(task).items():
        left, right = (_indicators(statements, f) for f in (first, second))
        if not left or len(left) != len(right):
            raise PlanError(
                "plan.unmatched-product",
                task.where,
                f"{product}: {first} has {len(left)} indicators and {second} {len(right)}",
                "Products are made pair by pair: give both factors equally many",
            )
        pairs = _matched(left, right, task.matching)
        if first == second and len({frozenset(pair) for pair in pairs}) < len(pairs):
            raise PlanError(
                "plan.repeated-product",
                task.where,
                f"{product}: {first} has too few indicators to be matched otherwise",
                "Match squares of two indicators in order",
            )
        found[product] = tuple(
            Indicator(f"{product}{k}", *pair) for k, pair in enumerate(pairs, start=1)
        )
    return found


def _indicators(statements: Sequence[Statement], factor: str) -> list[str]:
    return [s.rhs for s in statements if s.op == "=~" and s.lhs == factor]


def _matched(left: list[str], right: list[str], matching: Matching) -> list[tuple[str, str]]:
    if matching == "order":
        return list(zip(left, right, strict=True))
    if matching == "reversed" and left != right:
        return list(zip(left, reversed(right), strict=True))
    return list(zip(left, [*right[1:], right[0]], strict=True))


def completed(task: Task, indicators: Mapping[str, Sequence[Indicator]]) -> str:
    """The task's syntax with what it leaves out: measurement, effects and shared residuals.

    Residuals of product indicators that share an indicator are correlated, since its error is in
    both (Jöreskog & Yang 1996).
    """
    statements = parse(task.syntax, task.where)
    measured = {s.lhs for s in statements if s.op == "=~"}
    causes = {s.rhs for s in statements if s.op == "~"}
    given = {frozenset((s.lhs, s.rhs)) for s in statements if s.op == "~~"}
    lines = [
        f"{product} =~ {' + '.join(each.name for each in made)}"
        for product, made in indicators.items()
        if product not in measured
    ]
    lines += [f"{task.outcome} ~ {product}" for product in indicators if product not in causes]
    every = [each for made in indicators.values() for each in made]
    for a, b in combinations(every, 2):
        shared = {a.first, a.second} & {b.first, b.second}
        if shared and frozenset((a.name, b.name)) not in given:
            lines.append(f"{a.name} ~~ {b.name}")
    return "\n".join([task.syntax, *lines])


def without_products(task: Task) -> tuple[tuple[Statement, ...], tuple[ProductTerm, ...]]:
    """The additive model, and the effects of products on whatever outcomes the syntax says.

    What the syntax defines by ``:=`` is left out, since it may speak of products.
    """
    products = products_of(task)
    statements = [s for s in parse(task.syntax, task.where) if s.op != ":="]
    made = {s.rhs for s in statements if s.op == "=~" and s.lhs in products}
    linear = tuple(s for s in statements if not {s.lhs, s.rhs} & (made | set(products)))
    effects = [(s.lhs, s.rhs) for s in statements if s.op == "~" and s.rhs in products]
    named = {product for _, product in effects}
    effects += [(task.outcome, product) for product in products if product not in named]
    return linear, tuple(ProductTerm(outcome, *products[name]) for outcome, name in effects)
