"""Models of synergy fitted to a data frame of scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cosyn.engine.syntax import parse_model
from cosyn.synergy import SYNERGIES, Scores, Task

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from cosyn.synergy import Matching, SynergyResult


def fit_synergy(
    data: pd.DataFrame,
    syntax: str,
    *,
    outcome: str,
    kind: str = "interaction",
    products: Mapping[str, tuple[str, str]] | None = None,
    null: str = "",
    cluster: str | None = None,
    robust: bool = True,
    quadratic: bool = False,
    matching: Matching = "order",
    level: float = 0.95,
) -> SynergyResult:
    """Fit one of the models of synergy to a table of scores.

    Parameters
    ----------
    data : DataFrame
        A column a score; respondents with a gap in a column that the model uses are left out.
    syntax : str
        In lavaan's language; what it does not say of products (indicators, effect on the outcome)
        is added.
    outcome : str
        The latent whose explained variance is compared.
    kind : str
        ``additive``, ``second_order``, ``interaction`` (matched products), ``interaction_sam``,
        ``interaction_lms`` or ``two_level``.
    products : mapping, optional
        Name of a product -> the two latents it is made of, the same for a square.
    null : str
        Syntax of the model it must beat, where the kind does not make it itself.
    cluster : str, optional
        Column of departments.
    robust, quadratic, matching, level
        As of `cosyn.synergy.Task`.

    Raises
    ------
    ModelSyntaxError
        If the model cannot be read.
    IdentificationError
        If the data do not allow it.
    """
    statements = parse_model(syntax, "model", levels=SYNERGIES[kind].two_levels).statements
    used = {name for s in statements for name in (s.lhs, s.rhs)}
    names = [str(name) for name in data.columns if name in used]
    whole = data.dropna(subset=[*names, *([cluster] if cluster else [])])
    numbers = np.unique(whole[cluster], return_inverse=True)[1] if cluster else None
    task = Task(
        syntax,
        "model",
        outcome,
        null=null,
        null_where="null",
        products=products or {},
        quadratic=quadratic,
        matching=matching,
        robust=robust,
        level=level,
    )
    values = whole[names].to_numpy(np.float64)
    return SYNERGIES[kind].run(Scores(tuple(names), values, numbers), task)
