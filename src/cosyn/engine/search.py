"""The search for a minimum from several points, until one is found that can be interpreted."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from cosyn.engine.constraints import constraints_of, search_within
from cosyn.engine.status import improper

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from cosyn.engine._typing import Vector
    from cosyn.engine.discrepancy import Discrepancy
    from cosyn.engine.fit import FitOptions
    from cosyn.engine.lisrel import Structure
    from cosyn.engine.optimize import Optimum
    from cosyn.engine.table import ParameterTable

#: Further points tried where a minimum has impossible variances: it may be a local one.
_OTHERS = 3
#: Searches that may use all their iterations up without a minimum: where answers have nothing in
#: common the function is flat for all of them, and further points cost as much and find as little.
_IN_VAIN = 4


def search(
    table: ParameterTable,
    parts: Sequence[Structure],
    discrepancy: Discrepancy,
    points: Iterable[Vector],
    options: FitOptions,
    method: Callable[..., Optimum],
) -> Optimum:
    """The first minimum with possible variances, or else the lowest of some that have none.

    Parameters
    ----------
    parts : sequence of Structure
        Of the table, one a group.
    points : iterable of ndarray, shape (q,)
        Where to start, the best guess first.
    method : callable
        `cosyn.engine.optimize.minimise` or what takes its place.

    Returns
    -------
    Optimum
        If none converged within the constraints, the point that came lowest, once several searches
        have gone on to their last iteration in vain; the first point if nothing could be found:
        more parameters than statistics, or constraints that contradict one another.
    """
    rules = constraints_of(table)
    within = method if rules is None else partial(search_within, rules, method)
    limits = {"tolerance": options.tolerance, "max_iterations": options.max_iterations}
    found: list[Optimum] = []
    minima: list[Optimum] = []
    for point in points:
        if table.df < 0 or (not found and rules is not None and not rules.possible(point)):
            return method(discrepancy, point, tolerance=options.tolerance, max_iterations=0)
        here = within(discrepancy, point, **limits)
        found.append(here)
        if here.converged and (rules is None or rules.met(here.evaluation.x)):
            minima.append(here)
            if not improper(table, parts, here.evaluation.x):
                break
        if minima and len(found) > _OTHERS:
            break
        in_vain = sum(each.iterations >= options.max_iterations for each in found)
        if not minima and in_vain >= _IN_VAIN:
            break
    return min(minima or found, key=lambda optimum: optimum.evaluation.value)
