"""Products of constructs that a scoring key puts together.

A factor that holds several constructs has more indicators than one that holds a single one, and
products are made of matched pairs. So its indicators are parcels: the first is the mean of the
first indicators of its constructs, and so on. Each parcel then speaks for the whole factor, and
there are as many of them as a construct has indicators (Wu, Wen, Marsh & Hau 2013, *Structural
Equation Modeling* 20, 622-645, on products of unequal numbers of indicators).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.syntax import parse_model
from cosyn.scoring import Scores

if TYPE_CHECKING:
    from collections.abc import Mapping

Products = dict[str, tuple[str, str]]
UNEQUAL = "the constructs that the key puts together have different numbers of indicators"


def parcelled(
    syntax: str, outcome: str, groups: Mapping[str, str], scores: Scores
) -> tuple[str, Scores] | str:
    """The additive model of a key with parcels as indicators, and the scores that it needs.

    Parameters
    ----------
    syntax : str
        Of the model whose constructs are put together.
    groups : Mapping[str, str]
        Construct -> factor that takes its place.

    Returns
    -------
    (str, Scores) or str
        Or why there are no parcels.
    """
    indicators: dict[str, list[str]] = {}
    for s in parse_model(syntax).statements:
        if s.op == "=~" and (s.lhs == outcome or s.lhs in groups):
            indicators.setdefault(s.lhs, []).append(s.rhs)
    names, columns = list(indicators[outcome]), [scores.columns(indicators[outcome])]
    lines = [f"{outcome} =~ {' + '.join(indicators[outcome])}"]
    for factor in dict.fromkeys(groups.values()):
        own = [indicators[name] for name, group in groups.items() if group == factor]
        if len({len(each) for each in own}) > 1:
            return UNEQUAL
        several = len(own) > 1
        made = [f"{factor}_{k}" for k in range(1, len(own[0]) + 1)] if several else own[0]
        columns.append(np.mean([scores.columns(each) for each in own], axis=0))
        names += made
        lines.append(f"{factor} =~ {' + '.join(made)}")
    lines.append(f"{outcome} ~ {' + '.join(dict.fromkeys(groups.values()))}")
    return "\n".join(lines), Scores(tuple(names), np.hstack(columns))


def keyed_products(products: Products, groups: Mapping[str, str]) -> Products:
    """Each product with the factors that take its constructs' places."""
    return {name: (groups[first], groups[second]) for name, (first, second) in products.items()}
