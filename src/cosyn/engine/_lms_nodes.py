"""Which latents are integrated over numerically, and at which nodes."""

from __future__ import annotations

from itertools import combinations, product
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.special import roots_hermitenorm

from cosyn.errors import IdentificationError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from cosyn.engine._typing import Matrix, Vector
    from cosyn.engine.product_terms import ProductTerm
    from cosyn.engine.table import ParameterTable

#: Nodes whose weight is this much below the largest tell nothing of anybody.
_NEGLIGIBLE = 1e-10
#: Relative error of a respondent's likelihood that the number of nodes is chosen for.
_ACCURACY = 1e-10
#: Nodes beyond which a factor is measured better than nodes can follow.
_MOST = 200
_FEWEST = 16


class Grid(NamedTuple):
    """Nodes (Q, k) of independent standard normal variables, and their log weights (Q,)."""

    z: Matrix
    log_weights: Vector


def exogenous(table: ParameterTable) -> tuple[str, ...]:
    """Latents that nothing in the model causes."""
    caused = {row.lhs for row in table.rows if row.op == "~"}
    caused |= {row.rhs for row in table.rows if row.op == "=~"}
    return tuple(name for name in table.latent if name not in caused)


def cover(terms: Sequence[ProductTerm], causes: Collection[str]) -> tuple[str, ...]:
    """Fewest exogenous latents of which every product has one.

    Given these, a product is linear in its other factor, which is then integrated over exactly
    (Klein & Moosbrugger 2000, eq. 10).

    Raises
    ------
    IdentificationError
        If a product, or a square, has no exogenous factor.
    """
    names = dict.fromkeys(n for t in terms for n in (t.first, t.second) if n in causes)
    for size in range(len(names) + 1):
        for chosen in combinations(names, size):
            if all(t.first in chosen or t.second in chosen for t in terms):
                return chosen
    caused = next(t for t in terms if not {t.first, t.second} & set(names))
    raise IdentificationError(
        "lms.endogenous",
        "the model with products",
        f"both factors of {caused.name} are caused by others",
        "Fit it by product indicators, or in two steps by `fit_sam`",
    )


def grid(dimensions: int, count: int) -> Grid:
    """Gauss-Hermite nodes in one or more dimensions, without those of no weight."""
    nodes, weights = roots_hermitenorm(count)
    kept = weights > 0
    logs = np.log(weights[kept]) - np.log(np.sqrt(2 * np.pi))
    z = np.array(list(product(nodes[kept], repeat=dimensions))).reshape(-1, dimensions)
    total = np.array(list(product(logs, repeat=dimensions))).reshape(len(z), -1).sum(axis=1)
    there = total > total.max() + np.log(_NEGLIGIBLE)
    return Grid(z[there], total[there])


def enough(spread: float) -> int:
    """Nodes that follow a posterior with this standard deviation, the prior's being 1.

    Their distance near zero is pi / sqrt(2 M + 1), and the error of a sum over nodes h apart of a
    normal density is of the order of exp(-2 pi^2 spread^2 / h^2).
    """
    return int(np.clip(np.ceil(-np.log(_ACCURACY) / (4 * spread**2)), _FEWEST, _MOST))
