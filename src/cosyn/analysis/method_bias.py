"""What answers may have in common because one person gave them in one way.

Harman's share says little: a method factor can hide in any number of factors, and one substantive
factor fills the first (Podsakoff, MacKenzie, Lee & Podsakoff 2003). The marker says more (Lindell &
Whitney 2001), a factor of acquiescence in the measurement models most.
"""

from __future__ import annotations

from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from cosyn.analysis._cases import complete_cases
from cosyn.analysis._types import Analysis, Context, Outcome
from cosyn.analysis.validity import scales_of
from cosyn.engine.inference import wald
from cosyn.findings import Finding, Statistic

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

NAME = "method_bias"
FEW = 10
_row = partial(Finding, NAME)


def run(context: Context) -> Outcome:
    """Harman's share, and correlations of the constructs with and without the marker's."""
    rules = context.plan.plan.method_bias
    if rules is None:
        return Outcome(())
    rows = [_harman(context)]
    if rules.marker is not None:
        rows += _marker(context, rules.marker)
    return Outcome(tuple(rows))


def _harman(context: Context) -> Finding:
    """Share of the items' variance in the first unrotated component."""
    cases = complete_cases(context, context.items)
    n, p = cases.values.shape
    if n <= max(p, FEW):
        return _row(Statistic.HARMAN, reason="too few complete answers", n=n)
    if (np.ptp(cases.values, axis=0) == 0).any():
        return _row(Statistic.HARMAN, reason="an item does not vary", n=n)
    R = np.corrcoef(cases.values, rowvar=False)
    return _row(Statistic.HARMAN, value=float(np.linalg.eigvalsh(R)[-1] / p), n=n)


def _marker(context: Context, marker: str) -> Iterator[Finding]:
    """Correlations with the marker, and of constructs less what the marker has in common.

    r_c = (r - r_m) / (1 - r_m), with r_m the marker's smallest positive correlation with a
    construct (Lindell & Whitney 2001, eq. 4); its t-test has n - 3 degrees of freedom.
    """
    scales = {**scales_of(context)}
    mine = [
        facet.id
        for construct in context.instrument.constructs
        if construct.id == marker
        for facet in construct.facets
        if facet.id in context.facets.names
    ]
    scales.pop(marker, None)
    if not mine or not scales:
        yield _row(Statistic.MARKER_CORRELATION, (marker,), reason="no answers to the marker")
        return
    scores = _scores(context, {**scales, marker: tuple(mine)})
    whole = scores[~np.isnan(scores).any(axis=1)]
    if len(whole) < FEW or (np.ptp(whole, axis=0) == 0).any():
        reason = "too few complete answers" if len(whole) < FEW else "a score does not vary"
        yield _row(Statistic.MARKER_CORRELATION, (marker,), reason=reason, n=len(whole))
        return
    R, n = np.atleast_2d(np.corrcoef(whole, rowvar=False)), len(whole)
    names = tuple(scales)
    with_marker = dict(zip(names, R[-1, :-1].tolist(), strict=True))
    for name, r in with_marker.items():
        yield _correlation(Statistic.MARKER_CORRELATION, (marker, name), r, n)
    common = min((r for r in with_marker.values() if r > 0), default=0.0)
    yield _row(Statistic.MARKER_CORRELATION, (marker, "smallest"), common, n=n)
    for i, j in combinations(range(len(names)), 2):
        r = float(R[i, j])
        yield _correlation(Statistic.FACTOR_CORRELATION, (names[i], names[j]), r, n)
        corrected = (r - common) / (1 - common)
        pair = (names[i], names[j], "marker")
        yield _correlation(Statistic.FACTOR_CORRELATION, pair, corrected, n - 1)


def _correlation(statistic: Statistic, subject: tuple[str, ...], r: float, n: int) -> Finding:
    """A correlation with the p-value of Fisher's z."""
    z = float(np.arctanh(np.clip(r, -1 + 1e-12, 1 - 1e-12)))
    test = wald(z, 1 / np.sqrt(n - 3))
    return _row(statistic, subject, r, p=test.pvalue if test else None, n=n)


def _scores(context: Context, scales: Mapping[str, tuple[str, ...]]) -> NDArray[np.float64]:
    """Means of facet scores, shape (n, constructs); NaN where a facet has none."""
    return np.column_stack(
        [context.facets.columns(facets).mean(axis=1) for facets in scales.values()]
    )


ANALYSIS = Analysis(NAME, run, reads=("method_bias",), after=())
