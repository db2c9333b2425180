"""Cutoffs that the literature proposes for differences of fit: conventions, not tests.

They come from simulations of continuous items and maximum likelihood; for ordinal items they are
shown for want of better ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

    from cosyn.engine.fit_indices import FitMeasures

#: Up to so many respondents, in groups of unequal size, Chen's stricter cutoffs hold.
_SMALL = 300
#: Groups whose sizes are within this factor count as equal.
_BALANCED = 1.5


@dataclass(frozen=True, slots=True)
class Change:
    """How fit measures changed from one model to a more restricted one.

    Attributes
    ----------
    cfi, rmsea, srmr : float or None
        The later less the earlier.
    cfi_basis, rmsea_basis : str
        The measures that were compared, such as ``"cfi_robust"``.
    """

    cfi: float | None
    rmsea: float | None
    srmr: float | None
    cfi_basis: str
    rmsea_basis: str


@dataclass(frozen=True, slots=True)
class Convention:
    """What a convention makes of a change.

    Attributes
    ----------
    source : str
    rule : str
    holds : bool or None
        Whether invariance would be kept; None if a measure is lacking.
    """

    source: str
    rule: str
    holds: bool | None


def basis(name: str, *several: FitMeasures) -> str:
    """The best variant of a measure that all models have: robust, else scaled, else plain.

    The robust measures of ordinal items do not exist where thresholds are restricted; the plain
    ones rest on a statistic that is no chi-square, so that the scaled ones stand between.
    """
    for variant in (f"{name}_robust", f"{name}_scaled"):
        if all(getattr(measures, variant, None) is not None for measures in several):
            return variant
    return name


def change(before: FitMeasures, after: FitMeasures) -> Change:
    """Compare the measures of two models, by the best variants that both have."""
    names = [basis(name, before, after) for name in ("cfi", "rmsea")]
    cfi, rmsea, srmr = (
        _difference(getattr(before, name), getattr(after, name)) for name in (*names, "srmr")
    )
    return Change(cfi, rmsea, srmr, *names)


def _difference(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None else after - before


def conventions(
    found: Change, kinds: Collection[str], sizes: Collection[int]
) -> tuple[Convention, ...]:
    """Chen (2007), *Structural Equation Modeling* 14, and Cheung & Rensvold (2002), ibid. 9.

    Parameters
    ----------
    kinds : collection of str
        What the later model equates beyond the earlier one.
    sizes : collection of int
        Respondents of the groups.
    """
    strict = sum(sizes) <= _SMALL and max(sizes) > _BALANCED * min(sizes)
    cfi, rmsea = (0.005, 0.010) if strict else (0.010, 0.015)
    loadings = set(kinds) <= {"loadings"}
    srmr = (0.025 if strict else 0.030) if loadings else (0.005 if strict else 0.010)
    rule = f"CFI falls by {cfi:.3f}, and RMSEA rises by {rmsea:.3f} or SRMR by {srmr:.3f}"
    chen = None
    if found.cfi is not None and found.rmsea is not None and found.srmr is not None:
        chen = not (found.cfi <= -cfi and (found.rmsea >= rmsea or found.srmr >= srmr))
    rensvold = None if found.cfi is None else found.cfi >= -0.01
    return (
        Convention("Chen (2007)", f"given up if {rule}", chen),
        Convention(
            "Cheung & Rensvold (2002)", "given up if CFI falls by more than 0.010", rensvold
        ),
    )
