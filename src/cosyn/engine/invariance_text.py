"""A ladder of invariance as records and as text."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING, Any

from cosyn.engine.conventions import basis

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.engine.ladder_result import LadderResult, Step

_NAME = 22
_WIDTH = 100
_VERDICTS = {True: "kept", False: "lost", None: "-"}


def step_rows(found: LadderResult) -> list[dict[str, Any]]:
    """One record a step, with None for what does not exist."""
    return [_record(step) for step in found.steps]


def _record(step: Step) -> dict[str, Any]:
    m, d, c = step.fit.measures, step.difference, step.change
    record: dict[str, Any] = {"step": step.name, "ok": step.fit.status.ok}
    for name in ("chisq", "df", "pvalue", "chisq_scaled", "pvalue_scaled"):
        record[name] = getattr(m, name, None)
    for name in ("cfi", "rmsea"):
        chosen = basis(name, m) if m is not None else name
        record |= {name: getattr(m, chosen, None), f"{name}_basis": chosen if m else ""}
    record["srmr"] = getattr(m, "srmr", None)
    record |= {
        "method": d.method if d and not d.reason else "",
        "chisq_diff": d.chisq if d else None,
        "df_diff": d.df if d else None,
        "pvalue_diff": d.pvalue if d else None,
        "cfi_diff": c.cfi if c else None,
        "rmsea_diff": c.rmsea if c else None,
        "srmr_diff": c.srmr if c else None,
        "rmsea_d": step.rmsea_d.value if step.rmsea_d else None,
        "rmsea_d_lower": step.rmsea_d.lower if step.rmsea_d else None,
        "rmsea_d_upper": step.rmsea_d.upper if step.rmsea_d else None,
        "free": ", ".join(" ".join(key).rstrip() for key in step.free),
        "exploratory": step.exploratory,
        "identification": step.identification,
    }
    return record


def summary_of(found: LadderResult) -> str:
    """Fit, differences, identification and what else there is to know, in lines of 100 columns."""
    lines = [*_heading(found), ""]
    lines += [*_fits(found), ""]
    if len(found.steps) > 1:
        lines += [*_differences(found), ""]
    lines += [*_identification(found), ""]
    for part in (_searches(found), _means(found), _items(found), _notes(found)):
        section = list(part)
        lines += [*section, ""] if section else []
    return "\n".join(lines).rstrip() + "\n"


def _heading(found: LadderResult) -> Iterator[str]:
    sizes = ", ".join(f"{name} {n}" for name, n in found.sizes)
    yield f"Measurement invariance across `{found.group}`: {sizes}"
    dropped = f", {found.n_dropped} left out" if found.n_dropped else ""
    yield f"Estimator {found.steps[0].fit.estimator}, {found.steps[0].fit.n} used{dropped}"
    verdict = f"No test at {found.alpha:g} speaks against: {found.reached or 'no step'}"
    yield verdict + (" (exploratory: the data chose what differs)" if found.exploratory else "")
    if found.stopped:
        yield f"! Stopped at {found.stopped}"


def _fits(found: LadderResult) -> Iterator[str]:
    rows = step_rows(found)
    scaled = any(row["chisq_scaled"] is not None for row in rows)
    yield (
        f"{'Fit':<{_NAME}}{'chi-square':>11}{'df':>6}{'p':>8}"
        + (f"{'scaled':>11}{'p':>8}" if scaled else "")
        + f"{'CFI':>8}{'RMSEA':>8}{'SRMR':>8}"
    )
    for row in rows:
        line = f"{row['step']:<{_NAME}}"
        if row["chisq"] is None:
            yield f"{line}  not estimated"
            continue
        line += _cells((row["chisq"], 11, 3), (row["df"], 6, 0)) + _p(row["pvalue"])
        if scaled:
            line += _cells((row["chisq_scaled"], 11, 3)) + _p(row["pvalue_scaled"])
        yield line + _cells((row["cfi"], 8, 3), (row["rmsea"], 8, 3), (row["srmr"], 8, 3))
    names = dict.fromkeys(row[f"{name}_basis"] for name in ("cfi", "rmsea") for row in rows)
    shown = ", ".join(name for name in names if name)
    if shown:
        yield f"  CFI and RMSEA are {shown}"


def _differences(found: LadderResult) -> Iterator[str]:
    yield (
        f"{'Against the one before':<{_NAME}}{'chi-square':>11}{'df':>4}{'p':>8}"
        f"{'CFI':>7}{'RMSEA':>7}{'SRMR':>7}  {'RMSEA_D [90 %]':<22}Chen  C&R"
    )
    for step in found.steps[1:]:
        line = f"{step.name:<{_NAME}}"
        d, c = step.difference, step.change
        if d is None or c is None:
            yield f"{line}  not compared"
            continue
        if d.reason:
            yield f"{line}  {d.reason}"
            continue
        line += _cells((d.chisq, 11, 3), (d.df, 4, 0)) + _p(d.pvalue)
        line += _cells((c.cfi, 7, 3), (c.rmsea, 7, 3), (c.srmr, 7, 3))
        if step.rmsea_d:
            r = step.rmsea_d
            line += f"  {f'{r.value:.3f} [{r.lower:.3f}, {r.upper:.3f}]':<22}"
        verdicts = "".join(f"{_VERDICTS[each.holds]:<6}" for each in step.conventions)
        yield (line + verdicts).rstrip()
    methods = dict.fromkeys(s.difference.method for s in found.steps[1:] if s.difference)
    yield f"  Test: {', '.join(filter(None, methods))}"
    yield "  Chen (2007), Cheung & Rensvold (2002): conventions, no tests"


def _identification(found: LadderResult) -> Iterator[str]:
    yield "What each step holds"
    for step in found.steps:
        if step.search is None:
            yield from _wrapped(f"  {step.name}: {step.identification}")
        else:
            yield f"  {step.name}: as {step.name.removesuffix(', partial')}"
        if step.free:
            names = ", ".join(" ".join(key).rstrip() for key in step.free)
            yield from _wrapped(f"    free in all groups: {names}")


def _searches(found: LadderResult) -> Iterator[str]:
    for step in found.steps:
        if step.search is None:
            continue
        yield f"Search for partial invariance: {step.name.removesuffix(', partial')} (exploratory)"
        yield f"  {'freed':<{_NAME}}{'score':>9}{'df':>4}{'adjusted p':>12}  estimates"
        for freed in step.search.path:
            values = ", ".join(f"{value:.3f}" for value in freed.estimates)
            yield (
                f"  {freed.name:<{_NAME}}{freed.test.value:>9.3f}{freed.test.df:>4.0f}"
                f"{_p(freed.adjusted_pvalue):>12}  {values}"
            )
        yield f"  {step.search.reason}"


def _means(found: LadderResult) -> Iterator[str]:
    if found.means:
        title = f"Latent means ({found.means_of})"
        yield f"{title:<36}{'est':>9}{'se':>9}{'p':>8}{'d':>9}"
    for mean in found.means:
        cells = _cells((mean.difference, 9, 3), (mean.standard_error, 9, 3))
        yield f"  {mean.latent + ', ' + mean.group:<34}{cells}{_p(mean.pvalue)}" + _cells(
            (mean.d, 9, 3)
        )


def _items(found: LadderResult) -> Iterator[str]:
    if found.items:
        yield "Items that differ from the first group: dMACS (pooled standard deviations)"
    for each in found.items:
        yield f"  {each.item + ', ' + each.group:<34}{each.dmacs:9.3f}"


def _notes(found: LadderResult) -> Iterator[str]:
    if found.merges or found.notes:
        yield "Notes"
    for merge in found.merges:
        pairs = zip(found.sizes, merge.counts, strict=True)
        counts = ", ".join(f"{name} {a} and {b}" for (name, _), (a, b) in pairs)
        yield from _wrapped(f"  {merge.item}: {merge.merged:g} counts as {merge.into:g} ({counts})")
    for note in found.notes:
        yield from _wrapped(f"  {note}")


def _cells(*entries: tuple[float | None, int, int]) -> str:
    return "".join(
        f"{'':>{width}}" if value is None else f"{value:>{width}.{digits}f}"
        for value, width, digits in entries
    )


def _p(value: float | None) -> str:
    text = "" if value is None else "< .001" if value < 0.001 else f"{value:.3f}"
    return f"{text:>8}"


def _wrapped(text: str) -> list[str]:
    return wrap(text, _WIDTH, subsequent_indent=" " * 6, break_on_hyphens=False)
