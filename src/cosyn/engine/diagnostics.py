"""What a fit that converged should be read with care for: warnings, not faults."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

from cosyn.engine.bases import bases
from cosyn.engine.inference import two_sided_pvalue
from cosyn.engine.standardize import standardized_values
from cosyn.engine.status import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from cosyn.engine._typing import Vector
    from cosyn.engine.cluster_moments import ClusterMoments
    from cosyn.engine.fit import SemFit
    from cosyn.engine.moments import SampleMoments
    from cosyn.engine.ordinal import OrdinalMoments

FEW_CLUSTERS = "few clusters"
FEW_FOR_TWO_LEVELS = "few clusters for two levels"
FEW_RESPONDENTS = "few respondents"
HUGE_SAMPLE = "huge sample"
INDISTINCT = "factors hardly distinct"
LITTLE_COVERAGE = "little coverage"
LOADING_ABOVE_ONE = "loading above one"
MIXED_SIGNS = "loadings of both signs"
POLYCHORIC_NOT_DEFINITE = "polychoric correlations not positive definite"
RARE_CATEGORY = "rare category"
SATURATED_HIGHER_ORDER = "higher-order factor not tested"
TWO_INDICATORS = "two-indicator factor"
VANISHING = "vanishing factor"

_FEW_CLUSTERS = 30
#: Below it standard errors between clusters are too small (Hox & Maas 2001).
_FEW_FOR_TWO_LEVELS = 100
_HUGE = 50_000
_COVERAGE = 0.1
_DISTINCT = 0.95
_NOTHING = 0.1
_RARE = 5
_ALPHA = 0.05
_SHOWN = 3


def diagnosed(fit: SemFit) -> SemFit:
    """The fit with all that its status should tell."""
    status = replace(
        fit.status,
        warnings=(*fit.status.warnings, *warnings_of(fit)),
        n_used=fit.n,
        bases=tuple(bases(fit).items()),
    )
    return replace(fit, status=status)


def warnings_of(fit: SemFit) -> tuple[Fault, ...]:
    """Everything that a careful reader would want to be told of a fit."""
    if not fit.status.converged:
        return tuple(_of_answers(fit))
    rows = standardized_values(fit)
    checks = (
        *_of_answers(fit),
        *_of_loadings(fit, rows),
        *_of_latents(fit),
        *_of_higher_order(fit),
        *_of_two_indicators(fit),
    )
    return tuple(dict.fromkeys(checks))


def _of_answers(fit: SemFit) -> Iterator[Fault]:
    """What the sample itself says: its size, clusters, gaps and rare categories."""
    yield from _of_sizes(fit)
    for sample in fit.groups:
        if sample.incomplete is not None:
            seen = sample.incomplete.observed.astype(float)
            share = seen.T @ seen / len(seen)
            for i, j in np.argwhere(np.tril(share < _COVERAGE)):
                pair = f"`{sample.names[j]}` and `{sample.names[i]}`"
                yield Fault(LITTLE_COVERAGE, f"{share[i, j]:.0%} answered both {pair}")
    for moments in fit.ordinal:
        yield from _of_categories(moments)
        if np.linalg.eigvalsh(moments.correlation)[0] <= 0:
            yield Fault(POLYCHORIC_NOT_DEFINITE, POLYCHORIC_NOT_DEFINITE)
        kinds = dict.fromkeys(fault.kind for fault in moments.faults)
        for kind in kinds:
            named = [
                " and ".join(f"`{name}`" for name in fault.names)
                for fault in moments.faults
                if fault.kind == kind
            ]
            yield Fault(kind, f"{kind}: {_listed(named)}")


def _of_categories(moments: OrdinalMoments) -> Iterator[Fault]:
    rare = []
    for name, tau in zip(moments.names, moments.thresholds, strict=True):
        counts = moments.n * np.diff(ndtr(tau), prepend=0.0, append=1.0)
        if len(tau) and counts.min() < _RARE - 0.5:
            rare.append(f"`{name}` ({counts.min():.0f} answers)")
    if rare:
        yield Fault(RARE_CATEGORY, f"{RARE_CATEGORY}: {_listed(rare)}")


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


def _of_sizes(fit: SemFit) -> Iterator[Fault]:
    if fit.clusters:
        yield from _of_clusters(fit, fit.clusters)
        return
    samples: Sequence[SampleMoments | OrdinalMoments] = fit.ordinal or fit.groups
    for number, (sample, name) in enumerate(zip(samples, fit.table.groups, strict=True), start=1):
        where = f" in group {name}" if name else ""
        own = {row.free for row in fit.table.of_group(number) if row.free}
        if sample.n < len(own):
            message = f"{sample.n} respondents for {len(own)} parameters{where}"
            yield Fault(FEW_RESPONDENTS, message)
        if sample.cluster is not None:
            clusters = len(np.unique(sample.cluster))
            if clusters < _FEW_CLUSTERS:
                yield Fault(FEW_CLUSTERS, f"{clusters} clusters{where}")
    if fit.n >= _HUGE:
        yield Fault(HUGE_SAMPLE, f"{fit.n} respondents")


def _of_clusters(fit: SemFit, clusters: ClusterMoments) -> Iterator[Fault]:
    """Of a model of two levels it is clusters that there must be enough of."""
    own = {row.free for row in fit.table.of_group(2) if row.free}
    if clusters.clusters < max(_FEW_FOR_TWO_LEVELS, len(own)):
        message = f"{clusters.clusters} clusters for {len(own)} parameters between them"
        yield Fault(FEW_FOR_TWO_LEVELS, message)


def _of_loadings(fit: SemFit, values: Vector) -> Iterator[Fault]:
    by_latent: dict[tuple[str, int], list[tuple[str, float]]] = {}
    for row, value in zip(fit.table.rows, values, strict=True):
        if row.op == "=~" and np.isfinite(value) and not row.exogenous:
            by_latent.setdefault((row.lhs, row.group), []).append((row.rhs, float(value)))
    for (latent, group), loadings in by_latent.items():
        where = fit.table.where(group)
        for name, value in loadings:
            if abs(value) > 1 + 1e-8 and len(loadings) > 1:
                message = f"`{name}` loads {value:.3f} on `{latent}`{where}"
                yield Fault(LOADING_ABOVE_ONE, message)
        signs = {np.sign(value) for _, value in loadings if abs(value) > _NOTHING}
        if len(signs) > 1:
            negative = ", ".join(f"`{name}`" for name, value in loadings if value < -_NOTHING)
            yield Fault(MIXED_SIGNS, f"negative loadings on `{latent}`: {negative}{where}")
        if all(abs(value) < _NOTHING for _, value in loadings):
            yield Fault(VANISHING, f"no loading on `{latent}` reaches {_NOTHING}{where}")


def _of_latents(fit: SemFit) -> Iterator[Fault]:
    """Latents of one order that correlate nearly perfectly."""
    parts = {(row.lhs, row.rhs) for row in fit.table.rows if row.op in {"=~", "~"}}
    for group in range(1, len(fit.table.groups) + 1):
        V = fit.covariance_of_latents(group)
        if not len(V) or (np.diag(V) <= 0).any():
            continue
        R = V / np.sqrt(np.outer(np.diag(V), np.diag(V)))
        for (i, a), (j, b) in combinations(enumerate(fit.table.latent_of(group)), 2):
            if _DISTINCT < abs(R[i, j]) <= 1 and not {(a, b), (b, a)} & parts:
                message = f"`{a}` and `{b}` correlate {R[i, j]:.3f}{fit.table.where(group)}"
                yield Fault(INDISTINCT, message)


def _of_higher_order(fit: SemFit) -> Iterator[Fault]:
    """A latent of three latents, related to nothing else, fits as well as their covariances."""
    table = fit.table
    for name in table.latent:
        parts = [r.rhs for r in table.of_group(1) if r.op == "=~" and r.lhs == name]
        if len(parts) != 3 or not set(parts) <= set(table.latent):
            continue
        others = [
            row
            for row in table.of_group(1)
            if row.op in {"=~", "~", "~~"}
            and row.lhs != row.rhs
            and {row.lhs, row.rhs} & {name, *parts}
            and not (row.op == "=~" and (row.lhs == name or row.rhs not in table.latent))
        ]
        if not others:
            yield Fault(SATURATED_HIGHER_ORDER, f"`{name}` has three parts and no other relation")


def _of_two_indicators(fit: SemFit) -> Iterator[Fault]:
    """A latent of two indicators whose loadings are free, and that relates to nothing clearly."""
    for name in fit.table.latent:
        loadings = [r for r in fit.table.of_group(1) if r.op == "=~" and r.lhs == name]
        if len(loadings) != 2 or len({row.free for row in loadings}) < 2:
            continue
        related = [
            found
            for row, found in zip(fit.table.rows, fit.rows(), strict=True)
            if row.group == 1
            and row.op in {"~", "~~", "=~"}
            and row.lhs != row.rhs
            and name in {row.lhs, row.rhs}
            and not (row.op == "=~" and row.lhs == name)
        ]
        if not any(_clear(r.value, r.standard_error) for r in related):
            yield Fault(TWO_INDICATORS, f"`{name}` is measured by two indicators alone")


def _clear(value: float | None, error: float | None) -> bool:
    return bool(value and error and two_sided_pvalue(value / error) < _ALPHA)
