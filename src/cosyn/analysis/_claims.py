"""Claims that are more than one effect of one model: what speaks for each, and the rule.

Each kind of claim gathers its evidence from the findings of the steps before, with the p-value that
Holm adjusts. Where a claim needs several tests to succeed, that is the largest of theirs, which
keeps the error of the whole (intersection-union test; Berger 1982, *Technometrics* 24, 295-300).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scipy.stats import norm

from cosyn.analysis._soundness import NO_ESTIMATE, withheld
from cosyn.findings import Decision, Finding, Statistic

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cosyn.plan import Hypothesis, Plan

NAME = "hypotheses"
FEW = "too few departments for a model of two levels"
NO_SOLUTION = "no configuration goes with the outcome"
EVIDENCE = "evidence"
"""Second part of the subject of what a claim rests on; the third says what it is."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What a decision is made by."""

    alpha: float
    smallest: float


@dataclass(frozen=True, slots=True)
class Known:
    """What a claim is judged from."""

    plan: Plan
    earlier: Sequence[Finding]
    rules: Rules


@dataclass(frozen=True, slots=True)
class Claim:
    """What speaks for or against a claim.

    Attributes
    ----------
    rows : tuple of Finding
        As they were found, to be shown.
    decide : callable
        From the adjusted p-value, or None, to the decision.
    p : float or None
        For Holm's adjustment.
    reason : str
        Why the claim cannot be decided, "" if it can.
    otherwise : Decision
        What is said instead: not tested, or undecided where a model that matters is not sound.
    """

    rows: tuple[Finding, ...]
    decide: Callable[[float | None], Decision]
    p: float | None = None
    reason: str = ""
    otherwise: Decision = Decision.NOT_TESTED


def claim(test: Hypothesis, known: Known) -> Claim:
    """Gather the evidence of a hypothesis that is none of an effect or a restriction."""
    return _KINDS[test.test](test, known)


def decide_congruence(
    a4: tuple[float, float], p_adjusted: float, p_position: float, rules: Rules
) -> Decision:
    """Decide whether an outcome is highest where two constructs are in balance.

    Parameters
    ----------
    a4 : tuple of float
        Curvature across the line of balance, and its standard error.
    p_adjusted : float
        Of a4 = 0.
    p_position : float
        Of a3 = a5 = 0: the ridge lies over balance.
    """
    value, se = a4
    above = value - float(norm.ppf(1 - rules.alpha)) * se > 0
    if p_position < rules.alpha or above:
        return Decision.FALSIFIED
    return Decision.SUPPORTED if p_adjusted < rules.alpha and value < 0 else Decision.UNDECIDED


def decide_change_of_sign(
    curved: Decision, slopes: Sequence[tuple[float, float]], sign: int, rules: Rules
) -> Decision:
    """Decide whether a curved effect has one sign at first and the other later.

    Parameters
    ----------
    curved : Decision
        About the square.
    slopes : sequence of (value, standard error)
        Below the breakpoint and above it.
    sign : int
        1 if the first slope is said to be positive, -1 if negative.
    """
    half, reach = float(norm.ppf(1 - rules.alpha / 2)), float(norm.ppf(1 - rules.alpha))
    turned = [(sign * slopes[0][0], slopes[0][1]), (-sign * slopes[1][0], slopes[1][1])]
    contrary = any(value + reach * se < 0 for value, se in turned)
    if curved is Decision.FALSIFIED or contrary:
        return Decision.FALSIFIED
    both = all(value - half * se > 0 for value, se in turned)
    return Decision.SUPPORTED if both and curved is Decision.SUPPORTED else Decision.UNDECIDED


def decide_necessity(
    effects: Sequence[float], p_adjusted: float, minimum: float, alpha: float
) -> Decision:
    """Decide whether all conditions are necessary; `p_adjusted` is of the least certain."""
    enough = all(effect >= minimum for effect in effects)
    return Decision.SUPPORTED if enough and p_adjusted < alpha else Decision.FALSIFIED


def decide_equifinality(paths: Sequence[int], *, mirrored: bool | None) -> Decision:
    """Decide whether several paths lead to the outcome that are not mirrored in its absence.

    Parameters
    ----------
    paths : sequence of int
        Of each model that the solution leaves open.
    mirrored : bool or None
        None if there is no solution of the absence.
    """
    if max(paths) < 2 or mirrored:
        return Decision.FALSIFIED
    return Decision.SUPPORTED if min(paths) >= 2 and mirrored is False else Decision.UNDECIDED


def decide_same_signs(
    slopes: Sequence[tuple[Finding, Finding]], p_adjusted: float, rules: Rules
) -> Decision:
    """Decide whether slopes between clusters have the signs that they have within.

    Parameters
    ----------
    slopes : sequence of (Finding, Finding)
        Within and between, with standard errors.
    p_adjusted : float
        That all slopes between differ from zero.
    """
    reach = float(norm.ppf(1 - rules.alpha))
    agree = []
    for within, between in slopes:
        sign = 1 if (within.value or 0) > 0 else -1
        turned = sign * (between.value or 0)
        contrary = turned + reach * (between.se or 0) < 0
        if contrary and (within.p or 0) < rules.alpha:
            return Decision.FALSIFIED
        agree.append(turned > 0)
    return Decision.SUPPORTED if all(agree) and p_adjusted < rules.alpha else Decision.UNDECIDED


def find(
    rows: Sequence[Finding], statistic: Statistic, subject: tuple[str, ...], model: str = ""
) -> Finding | None:
    """The first finding of a statistic about a subject, of a model or of none."""
    wanted = statistic, subject, model
    return next((r for r in rows if (r.statistic, r.subject, r.model) == wanted), None)


def none(reason: str, otherwise: Decision = Decision.NOT_TESTED) -> Claim:
    """A claim that cannot be decided."""
    return Claim((), lambda _: otherwise, reason=reason, otherwise=otherwise)


def _congruence(test: Hypothesis, known: Known) -> Claim:
    section = known.plan.balance
    if section is None or test.pair is None:
        return none(NO_ESTIMATE)
    about = (section.outcome, *test.pair)
    model = "latent" if test.surface == "latent" else ""
    a4 = find(known.earlier, Statistic.SURFACE_QUANTITY, (*about, "a4"), model)
    position = find(known.earlier, Statistic.JOINT_TEST, (*about, "ridge_on_congruence"), model)
    if a4 is None or a4.value is None or a4.se is None or position is None or position.p is None:
        verdict = find(known.earlier, Statistic.CONGRUENCE, about, model)
        if verdict is None or not verdict.reason:
            return none(NO_ESTIMATE)
        # A surface of latents that has respondents was fitted, and its model is not sound.
        fitted = test.surface == "latent" and verdict.n is not None
        return none(verdict.reason, Decision.UNDECIDED if fitted else Decision.NOT_TESTED)
    bend, p_position = (a4.value, a4.se), position.p
    return Claim(
        (_shown(test, "a4", a4), _shown(test, "position", position)),
        lambda p: decide_congruence(bend, 1.0 if p is None else p, p_position, known.rules),
        a4.p,
    )


def _necessity(test: Hypothesis, known: Known) -> Claim:
    section = known.plan.necessity
    if section is None:
        return none(NO_ESTIMATE)
    rows = []
    for condition in test.conditions:
        row = find(known.earlier, Statistic.NECESSITY_EFFECT, (condition, section.ceiling))
        if row is None or row.value is None or row.p is None:
            return none(row.reason if row and row.reason else NO_ESTIMATE)
        rows.append(_shown(test, "necessity", row, condition))
    effects = [row.value for row in rows if row.value is not None]
    minimum, alpha = section.minimum_effect, test.alpha or section.alpha
    return Claim(
        tuple(rows),
        lambda p: decide_necessity(effects, 1.0 if p is None else p, minimum, alpha),
        max(row.p for row in rows if row.p is not None),
    )


def _equifinality(test: Hypothesis, known: Known) -> Claim:
    section = known.plan.configurations
    if section is None:
        return none(NO_ESTIMATE)
    about = (section.outcome, "intermediate")
    models = find(known.earlier, Statistic.SOLUTION_MODELS, about)
    if models is None or models.value is None:
        return none(models.reason if models and models.reason else NO_SOLUTION)
    numbers = [
        row.subject[2]
        for row in known.earlier
        if row.statistic is Statistic.UNIQUE_COVERAGE and row.subject[:2] == about
    ]
    if not numbers:
        return none(NO_SOLUTION)
    paths = [numbers.count(number) for number in dict.fromkeys(numbers)]
    turned = find(known.earlier, Statistic.MIRRORED, (section.outcome,))
    mirrored = turned.label == "mirrored" if turned is not None and turned.label else None
    rows = [_shown(test, "paths", replace(models, value=float(min(paths)), model=""))]
    if turned is not None:
        rows.append(_shown(test, "absence", turned))
    return Claim(tuple(rows), lambda _: decide_equifinality(paths, mirrored=mirrored))


def _same_signs(test: Hypothesis, known: Known) -> Claim:
    found = withheld(known.earlier, [test.model])
    if found is not None:
        return none(found.reason, found.decision)
    count = find(known.earlier, Statistic.COUNT, ("clusters",), test.model)
    if count is None or count.label == "exploratory":
        return none(FEW if count else NO_ESTIMATE)
    paths = [r for r in known.earlier if r.statistic is Statistic.PATH and r.model == test.model]
    pairs = [
        (within, between)
        for within in paths
        if within.subject[-1] == "within"
        for between in paths
        if between.subject == (*within.subject[:-1], "between")
    ]
    usable = all(None not in {r.value, r.se, r.p} for pair in pairs for r in pair)
    if not pairs or not usable:
        return none(NO_ESTIMATE)
    return Claim(
        tuple(_shown(test, "between", between, between.subject[1]) for _, between in pairs),
        lambda p: decide_same_signs(pairs, 1.0 if p is None else p, known.rules),
        max(between.p for _, between in pairs if between.p is not None),
    )


def _shown(test: Hypothesis, part: str, row: Finding, name: str = "") -> Finding:
    subject = (test.id, EVIDENCE, part, *((name,) if name else ()))
    return replace(row, analysis=NAME, statistic=Statistic.EFFECT, subject=subject)


_KINDS = {
    "congruence": _congruence,
    "necessity": _necessity,
    "equifinality": _equifinality,
    "same_signs": _same_signs,
}
