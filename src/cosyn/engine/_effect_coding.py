"""Effect coding: the metric of a latent is the average of its indicators'.

Little, Slegers & Card (2006), *A non-arbitrary method of identifying and scaling latent variables
in SEM and MACS models*, Structural Equation Modeling 13, 59-72: the loadings of each latent average
1, the intercepts of its indicators 0, so that its variance and mean are estimated.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from cosyn.engine._statements import Constraint
from cosyn.engine._tokens import Place
from cosyn.engine.expression import Label, Number, Operation

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from cosyn.engine._roles import Roles
    from cosyn.engine.expression import Expression
    from cosyn.engine.table import Parameter

Coded = Literal["loadings", "intercepts"]
_PLACE = Place("effect coding", 1, 1, "")


def effect_coded(
    rows: Sequence[Parameter], roles: Roles, coded: Collection[Coded]
) -> tuple[list[Parameter], tuple[Constraint, ...]]:
    """Constrain sums of loadings and of intercepts, and free the means of the latents.

    A sum of which the syntax fixes a term is left alone, as is the mean then, and a mean that the
    syntax names.

    Parameters
    ----------
    rows : sequence of Parameter
        Of all groups.
    """
    found = list(rows)
    constraints: list[Constraint] = []
    for group in sorted({row.group for row in rows}):
        for latent, _ in roles.factors:
            loadings = [k for k, row in enumerate(found) if _measures(row, latent, group)]
            if "loadings" in coded and _free(found, loadings):
                constraints.append(_summed(found, loadings, float(len(loadings))))
            names = {found[k].rhs for k in loadings}
            intercepts = list(_located(found, names, group))
            if "intercepts" in coded and _free(found, intercepts):
                constraints.append(_summed(found, intercepts, 0.0))
                for k in _located(found, {latent}, group):
                    if not found[k].user:
                        found[k] = replace(found[k], value=None)
    return found, tuple(constraints)


def _measures(row: Parameter, latent: str, group: int) -> bool:
    return row.op == "=~" and row.lhs == latent and row.group == group


def _located(rows: Sequence[Parameter], names: Collection[str], group: int) -> Iterator[int]:
    for k, row in enumerate(rows):
        if row.op == "~1" and row.group == group and row.lhs in names:
            yield k


def _free(rows: Sequence[Parameter], places: Sequence[int]) -> bool:
    chosen = [rows[k] for k in places]
    return bool(chosen) and all(row.value is None and not row.exogenous for row in chosen)


def _summed(rows: list[Parameter], places: Sequence[int], total: float) -> Constraint:
    """The constraint that these rows, which it labels, sum to a total."""
    terms: list[Expression] = []
    for k in places:
        rows[k] = replace(rows[k], label=rows[k].label or f".p{k + 1}.")
        terms.append(Label(rows[k].label, _PLACE))
    whole = terms[0]
    for term in terms[1:]:
        whole = Operation("+", whole, term)
    text = f"{'+'.join(rows[k].label for k in places)}=={total:g}"
    return Constraint("==", whole, Number(total), text, _PLACE)
