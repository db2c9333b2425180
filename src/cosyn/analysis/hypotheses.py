"""Decide each hypothesis by the rule that the plan states beforehand."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from scipy.stats import norm

from cosyn.analysis._claims import (
    EVIDENCE,
    Claim,
    Known,
    Rules,
    claim,
    decide_change_of_sign,
    find,
)
from cosyn.analysis._soundness import NO_ESTIMATE, PILED_UP, piled_up, withheld
from cosyn.analysis._types import Analysis, Context, Outcome
from cosyn.findings import Decision, Finding, Statistic

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.plan import Hypotheses, Hypothesis

NAME = "hypotheses"
CLAIMS = frozenset({"congruence", "necessity", "equifinality", "same_signs"})
_PATH = re.compile(r"^\s*(\S+)\s*~\s*(\S+)\s*$")


def run(context: Context) -> Outcome:
    """Look up each hypothesis's effect among the findings of the models and decide it.

    Holm's (1979) adjustment runs over the effects of one family; the interval for equivalence
    and for negligible effects has the level 1 - 2 alpha (two one-sided tests, Schuirmann 1987).
    """
    rules = context.plan.plan.hypotheses
    if rules is None:
        return Outcome(())
    earlier = context.earlier
    p_values = {
        test.id: effect.p
        for test in rules.tests
        if (effect := _unstandardised(test, earlier))
        and effect.p is not None
        and withheld(earlier, [test.model]) is None
    }
    claims = {
        test.id: claim(test, Known(context.plan.plan, earlier, _rules(test, rules)))
        for test in rules.tests
        if test.test in CLAIMS
    }
    p_values |= {name: each.p for name, each in claims.items() if each.p is not None}
    adjusted = _holm_by_family(rules, p_values)
    rows: list[Finding] = []
    for test in rules.tests:
        if test.test == "restriction":
            rows += _restriction(test, rules, earlier)
        elif test.id in claims:
            rows += _claimed(test, claims[test.id], adjusted.get(test.id))
        elif test.test == "change_of_sign":
            rows += _change_of_sign(test, rules, context, adjusted.get(test.id))
        else:
            rows += _effect(test, rules, context, adjusted.get(test.id))
    return Outcome(tuple(rows))


def holm(p_values: Sequence[float]) -> list[float]:
    """Adjust p-values for their number (Holm 1979).

    Returns
    -------
    list of float
        In the order given; each at least as large as the p-value, at most 1.
    """
    order = sorted(range(len(p_values)), key=lambda i: p_values[i])
    adjusted = [0.0] * len(p_values)
    running = 0.0
    for rank, i in enumerate(order):
        running = max(running, min(1.0, (len(p_values) - rank) * p_values[i]))
        adjusted[i] = running
    return adjusted


def decide_effect(
    value: float,
    interval: tuple[float, float],
    p_adjusted: float,
    sign: int,
    rules: tuple[float, float],
) -> Decision:
    """Decide a signed effect.

    Parameters
    ----------
    value : float
        Standardised effect.
    interval : tuple of float
        Its interval at the level 1 - 2 alpha.
    sign : int
        Predicted sign, 1 or -1.
    rules : tuple of float
        Alpha and the smallest effect of interest.
    """
    alpha, smallest = rules
    low, high = interval
    negligible = -smallest < low and high < smallest
    opposite = high < 0 if sign > 0 else low > 0
    if negligible or opposite:
        return Decision.FALSIFIED
    if p_adjusted < alpha and value * sign > 0:
        return Decision.SUPPORTED
    return Decision.UNDECIDED


def decide_equivalence(interval: tuple[float, float], smallest: float) -> Decision:
    """Decide whether an effect is within the smallest effect of interest."""
    low, high = interval
    if -smallest < low and high < smallest:
        return Decision.SUPPORTED
    if low > smallest or high < -smallest:
        return Decision.FALSIFIED
    return Decision.UNDECIDED


def decide_restriction(p: float, bic_difference: float, alpha: float) -> Decision:
    """Decide whether a restricted model suffices.

    Parameters
    ----------
    p : float
        Of the chi-square difference.
    bic_difference : float
        BIC of the restricted minus that of the full model: above 0 favours the full one.
    """
    if p < alpha and bic_difference > 0:
        return Decision.FALSIFIED
    if p >= alpha and bic_difference <= 0:
        return Decision.SUPPORTED
    return Decision.UNDECIDED


def _holm_by_family(rules: Hypotheses, p_values: dict[str, float]) -> dict[str, float]:
    adjusted: dict[str, float] = {}
    for family in dict.fromkeys(test.family for test in rules.tests):
        members = [t.id for t in rules.tests if t.family == family and t.id in p_values]
        adjusted |= dict(zip(members, holm([p_values[m] for m in members]), strict=True))
    return adjusted


def _subject(test: Hypothesis) -> tuple[tuple[str, ...], bool]:
    """Subject of the effect's findings, and whether it is a path (else a defined parameter)."""
    match = _PATH.match(test.effect)
    return ((match.group(1), match.group(2)), True) if match else ((test.effect.strip(),), False)


def _unstandardised(test: Hypothesis, rows: Sequence[Finding]) -> Finding | None:
    if test.test not in {"effect", "change_of_sign"}:
        return None
    subject, is_path = _subject(test)
    statistic = Statistic.PATH if is_path else Statistic.DEFINED
    return find(rows, statistic, subject, test.model)


def _not_tested(test: Hypothesis) -> Finding:
    return _decision(test, Decision.NOT_TESTED, NO_ESTIMATE)


def _effect(
    test: Hypothesis, rules: Hypotheses, context: Context, p_adjusted: float | None
) -> list[Finding]:
    subject, is_path = _subject(test)
    statistic = Statistic.PATH_STD if is_path else Statistic.DEFINED_STD
    standard = find(context.earlier, statistic, subject, test.model)
    found = withheld(context.earlier, [test.model])
    if found is not None:
        return [_decision(test, *found)]
    if standard is None or standard.value is None or standard.se is None:
        return [_not_tested(test)]
    alpha = test.alpha or rules.alpha
    reach = float(norm.ppf(1 - alpha)) * standard.se
    interval = (standard.value - reach, standard.value + reach)
    raw = _unstandardised(test, context.earlier)
    base = replace(
        standard,
        analysis=NAME,
        statistic=Statistic.EFFECT,
        subject=(test.id,),
        p=raw.p if raw else standard.p,
    )
    wide = replace(
        base,
        subject=(test.id, f"{100 * (1 - 2 * alpha):g}"),
        low=interval[0],
        high=interval[1],
        level=1 - 2 * alpha,
    )
    rows = [base, wide]
    if test.test == "equivalence":
        decision = decide_equivalence(interval, rules.smallest_effect)
    elif p_adjusted is None:
        return [_not_tested(test)]
    else:
        sign = 1 if test.predicted == "positive" else -1
        limits = (alpha, rules.smallest_effect)
        decision = decide_effect(standard.value, interval, p_adjusted, sign, limits)
        rows.append(_adjusted(test, p_adjusted))
    return [*rows, _decision(test, decision)]


def _claimed(test: Hypothesis, found: Claim, p_adjusted: float | None) -> list[Finding]:
    if found.reason:
        return [_decision(test, found.otherwise, found.reason)]
    rows = list(found.rows)
    if p_adjusted is not None:
        rows.append(_adjusted(test, p_adjusted))
    return [*rows, _decision(test, found.decide(p_adjusted))]


def _change_of_sign(
    test: Hypothesis, rules: Hypotheses, context: Context, p_adjusted: float | None
) -> list[Finding]:
    """The square as any effect, and the slopes on either side of a breakpoint.

    Where answers pile up at an end of the scale, straight effects bend and bent ones look straight:
    then a square without the predicted sign is no evidence. The lines are, for a scale that is cut
    off flattens a slope and does not turn it.
    """
    rows = _effect(test, rules, context, p_adjusted)
    if rows[-1].label == Decision.NOT_TESTED or rows[-1].reason:
        return rows
    section = context.plan.plan.two_lines
    about = (section.outcome if section else "", test.predictor or "")
    slopes = [
        find(context.earlier, Statistic.LINE_SLOPE, (*about, side)) for side in ("low", "high")
    ]
    known = [(s.value, s.se) for s in slopes if s and s.value is not None and s.se is not None]
    if len(known) < len(slopes):
        where = find(context.earlier, Statistic.BREAKPOINT, about)
        return [_decision(test, Decision.NOT_TESTED, where.reason if where else NO_ESTIMATE)]
    shown = [
        replace(slope, analysis=NAME, statistic=Statistic.EFFECT, subject=(test.id, EVIDENCE, side))
        for slope, side in zip(slopes, ("low", "high"), strict=True)
        if slope is not None
    ]
    sign = -1 if test.predicted == "positive" else 1
    piled = piled_up(context, about, rules.piled)
    square = Decision(rows[-1].label)
    bent = Decision.UNDECIDED if piled and square is Decision.FALSIFIED else square
    decision = decide_change_of_sign(bent, known, sign, _rules(test, rules))
    reason = PILED_UP if bent is not square and decision is Decision.UNDECIDED else ""
    return [*rows[:-1], *shown, _decision(test, decision, reason)]


def _rules(test: Hypothesis, rules: Hypotheses) -> Rules:
    return Rules(test.alpha or rules.alpha, rules.smallest_effect)


def _restriction(test: Hypothesis, rules: Hypotheses, rows: Sequence[Finding]) -> list[Finding]:
    found = withheld(rows, (test.restricted or "", test.model))
    if found is not None:
        return [_decision(test, *found)]
    subject = (test.restricted or "", test.model)
    pairs = [
        next((r for r in rows if r.statistic == statistic and r.subject == subject), None)
        for statistic in (Statistic.CHI_SQUARE_DIFFERENCE, Statistic.BIC_DIFFERENCE)
    ]
    chi_square, bic = pairs
    if chi_square is None or chi_square.p is None or bic is None or bic.value is None:
        return [_not_tested(test)]
    decision = decide_restriction(chi_square.p, bic.value, test.alpha or rules.alpha)
    effect = replace(chi_square, analysis=NAME, statistic=Statistic.EFFECT, subject=(test.id,))
    return [effect, _decision(test, decision)]


def _adjusted(test: Hypothesis, p: float) -> Finding:
    return Finding(
        NAME, Statistic.EFFECT, (test.id, "holm"), p, p=p, method="Holm 1979", model=test.model
    )


def _decision(test: Hypothesis, decision: Decision, reason: str = "") -> Finding:
    return Finding(
        NAME, Statistic.DECISION, (test.id,), label=decision, reason=reason, model=test.model
    )


ANALYSIS = Analysis(NAME, run)
