"""Which conditions departments need for a high outcome: ceilings, effect sizes and bottlenecks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from cosyn.analysis._department_means import department_means
from cosyn.analysis._types import Analysis, Context, Outcome
from cosyn.findings import Finding, Series, Statistic, Warned
from cosyn.synergy.bottleneck import bottleneck, ceiling_lines
from cosyn.synergy.necessity import TOO_FEW, necessity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from cosyn.plan import Necessity as Section
    from cosyn.synergy.necessity import Kind, Necessity

NAME = "necessity"
KINDS: tuple[Kind, ...] = ("ce_fdh", "cr_fdh")
FEW_DEPARTMENTS = 30
"""As in the step `sample`."""
METHODS = {"ce_fdh": "CE-FDH (Dul 2016)", "cr_fdh": "CR-FDH (Dul 2016)"}
_row = partial(Finding, NAME)


def run(context: Context) -> Outcome:
    """Analyse the necessity of every condition of the plan, with departments as cases."""
    section = context.plan.plan.necessity
    if section is None:
        return Outcome(())
    cases = department_means(context, (section.outcome, *section.conditions))
    y = cases.values[:, 0]
    n = int(np.isfinite(y).sum())
    count = _row(
        Statistic.COUNT, ("cases",), n or None, reason="" if n else cases.reason or TOO_FEW
    )
    rows: list[Finding] = [count]
    series: list[Series] = []
    if n == 0:
        return Outcome((count,))
    for j, (condition, side) in enumerate(section.conditions.items(), start=1):
        context.progress(f"{NAME} {condition}")
        sign = 1.0 if side == "high" else -1.0
        x = sign * cases.values[:, j]
        seed = context.plan.plan.seed + j
        found = necessity(x, y, replicates=section.replicates, seed=seed)
        rows += _effects(condition, found)
        rows.append(_verdict(condition, found, section))
        rows += _bottleneck(condition, found, section, x, y, sign)
        series += _drawn((section.outcome, condition), found, x, y, sign)
    few = n < FEW_DEPARTMENTS
    warnings = (Warned(NAME, "few_cases", {"n": str(n)}),) if few else ()
    return Outcome(tuple(rows), warnings, tuple(series))


def _effects(condition: str, found: Necessity) -> Iterator[Finding]:
    for kind in KINDS:
        ceiling = found.ceiling(kind)
        method = f"{METHODS[kind]}; {found.replicates} permutations (Dul et al. 2020)"
        yield _row(
            Statistic.NECESSITY_EFFECT,
            (condition, kind),
            ceiling.effect,
            reason=ceiling.reason,
            p=ceiling.pvalue,
            n=found.n,
            method=method,
        )
        yield _row(
            Statistic.CEILING_ACCURACY,
            (condition, kind),
            ceiling.accuracy,
            reason=ceiling.reason,
            n=found.n,
            method=METHODS[kind],
        )


def _verdict(condition: str, found: Necessity, section: Section) -> Finding:
    """What the plan's rule says."""
    ceiling = found.ceiling(section.ceiling)
    if ceiling.effect is None or ceiling.pvalue is None:
        label = "undecided"
    elif ceiling.effect >= section.minimum_effect and ceiling.pvalue < section.alpha:
        label = "supported"
    else:
        label = "not_supported"
    return _row(
        Statistic.NECESSITY_VERDICT,
        (condition,),
        label=label,
        reason=ceiling.reason,
        n=found.n,
        method=METHODS[section.ceiling],
    )


def _bottleneck(
    condition: str,
    found: Necessity,
    section: Section,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    sign: float,
) -> Iterator[Finding]:
    """Scores that each tenth of the outcome's range needs, in the condition's own direction."""
    needs = bottleneck(found, x, y, kind=section.ceiling, condition_unit="actual")
    for need in needs:
        score = None if need.condition_score is None else sign * need.condition_score
        yield _row(
            Statistic.BOTTLENECK,
            (condition, f"{need.outcome:g}"),
            score,
            label=need.state,
            n=found.n,
            method=METHODS[section.ceiling],
        )


def _drawn(
    subject: tuple[str, str],
    found: Necessity,
    x: NDArray[np.float64],
    y: NDArray[np.float64],
    sign: float,
) -> Iterator[Series]:
    """Departments without names, and both ceilings."""
    lines = ceiling_lines(found)
    if lines is None:
        return
    whole = np.isfinite(x) & np.isfinite(y)
    points = np.column_stack([x[whole], y[whole]])
    drawn = {"cases": points[np.lexsort(points.T[::-1])], "step": lines.step, "line": lines.line}
    for kind, values in drawn.items():
        if values is not None:
            columns = {
                "x": tuple(float(value) for value in sign * values[:, 0]),
                "y": tuple(float(value) for value in values[:, 1]),
            }
            yield Series(NAME, f"necessity_{kind}", subject, columns)


ANALYSIS = Analysis(NAME, run, reads=("necessity",), after=())
