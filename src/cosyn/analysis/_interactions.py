"""What the products of a structural model do, for tables and figures; the same by other means."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from cosyn.engine.inference import wald
from cosyn.errors import IdentificationError
from cosyn.findings import Finding, Series, Statistic
from cosyn.synergy import SYNERGIES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.analysis._cases import Cases
    from cosyn.analysis._models import About
    from cosyn.plan import Variant
    from cosyn.synergy import InteractionResult, Probe, Task

SLOPE_BAND, LINES = "slope_band", "simple_lines"
_CHANGES: dict[str, dict[str, Any]] = {
    "quadratic": {"quadratic": True},
    "reversed": {"matching": "reversed"},
    "rotated": {"matching": "rotated"},
    "sam": {},
    "lms": {},
}
_KINDS = {"sam": "interaction_sam", "lms": "interaction_lms"}


def probe_findings(about: About, found: InteractionResult) -> Iterator[Finding]:
    """Simple slopes of each product from both sides, and where they differ from zero."""
    for probe in found.probes:
        sides = (probe.outcome, probe.predictor, probe.moderator)
        for slope in probe.slopes:
            yield Finding(
                about.analysis,
                Statistic.SIMPLE_SLOPE,
                (*sides, f"{slope.at:g}"),
                slope.value,
                se=slope.standard_error,
                low=slope.lower,
                high=slope.upper,
                level=about.level,
                p=slope.pvalue,
                method=found.method,
                model=about.model,
            )
        yield _region(about, found, probe)


def _region(about: About, found: InteractionResult, probe: Probe) -> Finding:
    """Share of a normal moderator for which the slope differs from zero, and the bounds."""
    intervals = [
        f"{sign} {'' if low is None else f'{low:.6g}'}..{'' if high is None else f'{high:.6g}'}"
        for sign, parts in (("+", probe.region.positive), ("-", probe.region.negative))
        for low, high in parts
    ]
    return Finding(
        about.analysis,
        Statistic.JOHNSON_NEYMAN,
        (probe.outcome, probe.predictor, probe.moderator),
        probe.region.share(),
        label="; ".join(intervals),
        level=about.level,
        method=found.method,
        model=about.model,
    )


def probe_series(about: About, found: InteractionResult) -> Iterator[Series]:
    """Bands for figures, in standard deviations."""
    for probe in found.probes:
        sides = (probe.outcome, probe.predictor, probe.moderator)
        band = probe.band
        columns = {
            "at": tuple(band.at.tolist()),
            "value": tuple(band.value.tolist()),
            "low": tuple(band.lower.tolist()),
            "high": tuple(band.upper.tolist()),
        }
        yield Series(about.analysis, SLOPE_BAND, sides, columns, about.model)
        if probe.predictor == probe.moderator:
            continue
        lines = {"at": tuple(probe.lines[0].at.tolist())}
        for slope, line in zip(probe.slopes, probe.lines, strict=True):
            lines[f"value {slope.at:g}"] = tuple(line.value.tolist())
            lines[f"low {slope.at:g}"] = tuple(line.lower.tolist())
            lines[f"high {slope.at:g}"] = tuple(line.upper.tolist())
        yield Series(about.analysis, LINES, sides, lines, about.model)


def variant_findings(
    about: About, cases: Cases, task: Task, kind: str, variants: tuple[Variant, ...]
) -> Iterator[Finding]:
    """The products' standardised effects when they are estimated otherwise.

    Effects of an inadmissible model are withheld, with what is wrong with it.
    """
    for variant in variants:
        changed = replace(task, **_CHANGES[variant])
        try:
            result = SYNERGIES[_KINDS.get(variant, kind)].run(cases, changed).interaction
            problem = (result.problem or result.unsound) if result else "no product in the model"
        except IdentificationError as error:
            result, problem = None, error.what
        effects = {e.product: e for e in result.effects} if result and not problem else {}
        products = dict.fromkeys((*task.products, *effects))
        for product in products:
            subject = (task.outcome, product, variant)
            if product not in effects:
                yield _missing(about, subject, problem)
                continue
            effect = effects[product]
            test = wald(effect.value, effect.standard_error, about.level)
            yield Finding(
                about.analysis,
                Statistic.PRODUCT_EFFECT,
                subject,
                effect.value,
                label=" × ".join(effect.factors),
                se=effect.standard_error,
                low=effect.lower,
                high=effect.upper,
                level=about.level,
                p=test.pvalue if test else None,
                method=result.method if result else "",
                model=about.model,
            )


def _missing(about: About, subject: tuple[str, ...], problem: str) -> Finding:
    return Finding(
        about.analysis,
        Statistic.PRODUCT_EFFECT,
        subject,
        reason=problem or "no value",
        model=about.model,
    )
