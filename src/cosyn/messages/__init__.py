"""What a verb's outcome looks like as text and as JSON."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from cosyn.findings import Decision, Statistic

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from cosyn.errors import SurveyError
    from cosyn.findings import Finding, Findings
    from cosyn.instrument.check import Remark
    from cosyn.instrument.languages import Translation
    from cosyn.publish import TargetLoss
    from cosyn.workflow import (
        Analyzed,
        Checked,
        Demonstrated,
        ExportedFiles,
        Simulated,
    )

MOST_SHOWN = 8
_MARKS = {
    Decision.SUPPORTED: "supported",
    Decision.FALSIFIED: "not supported",
    Decision.UNDECIDED: "undecided",
    Decision.NOT_TESTED: "not tested",
}


def as_json(outcome: Simulated) -> dict[str, Any]:
    """Spell a frozen record out."""
    return asdict(outcome)


def checked_json(checked: Checked) -> dict[str, Any]:
    """Spell out what `check` found."""
    return {
        "summary": asdict(checked.summary) if checked.summary else None,
        "recorded": checked.recorded,
        "faults": [fault_json(fault) for fault in checked.faults],
        "remarks": [asdict(remark) for remark in checked.remarks],
        "accepted": checked.accepted,
        "translations": [
            {"language": t.language, "texts": t.total, "missing": t.missing}
            for t in checked.translations
        ],
    }


def fault_json(fault: SurveyError) -> dict[str, str]:
    """Spell out one fault."""
    return {"code": fault.code, "where": fault.where, "what": fault.what, "fix": fault.fix}


def checked_lines(checked: Checked) -> list[str]:
    """Summarise an instrument; the faults themselves are printed as errors."""
    lines = []
    if checked.summary:
        s = checked.summary
        forms = ", ".join(
            f"{form} {n} ({s.scale_items_by_form[form]} in scales)"
            for form, n in s.questions_by_form.items()
        )
        lines += [
            f"{s.id} {s.version} ({s.digest[:12]}) in {', '.join(s.languages)}",
            ", ".join(
                counted(count, thing)
                for count, thing in (
                    (s.constructs, "construct"),
                    (s.facets, "facet"),
                    (s.items, "item"),
                    (s.pages, "page"),
                )
            ),
            f"Questions by form: {forms}",
            f"Minutes to answer, about: {_minutes(s.minutes_by_form)}",
        ]
        if not checked.recorded:
            lines.append("This version is not recorded yet: survey check --record")
    lines += [_translated(translation) for translation in checked.translations]
    lines += _remark_lines(checked.remarks)
    if checked.accepted:
        lines.append(f"The files accept {counted(checked.accepted, 'remark')}.")
    count = len(checked.faults)
    lines.append("No faults." if not count else f"{counted(count, 'fault')}:")
    return lines


def _translated(translation: Translation) -> str:
    done = translation.total - len(translation.missing)
    head = f"Language {translation.language}: {done:,} of {translation.total:,} texts"
    if translation.complete:
        return f"{head}, complete"
    return f"{head}, not offered yet; missing: {some(translation.missing)}"


def _minutes(by_form: Mapping[str, Mapping[str, float]]) -> str:
    """One number a form where its languages agree, else one each."""
    told = []
    for form, by_language in by_form.items():
        each = {language: f"{max(round(time), 1)}" for language, time in by_language.items()}
        same = len({*each.values()}) == 1
        numbers = list(each.values())[:1] if same else [f"{n} ({tag})" for tag, n in each.items()]
        told.append(f"{form} {', '.join(numbers)}")
    return "; ".join(told)


def _remark_lines(remarks: Sequence[Remark]) -> Iterator[str]:
    """One group a code: what was found and where, then what to do."""
    if not remarks:
        return
    yield f"For your judgement, {counted(len(remarks), 'remark')}:"
    groups: dict[tuple[str, str], list[Remark]] = {}
    for remark in remarks:
        groups.setdefault((remark.code, remark.fix), []).append(remark)
    for (code, fix), group in sorted(groups.items()):
        yield f"[{code}] {fix}."
        yield from (f"  {remark.where}: {remark.what}" for remark in group)
    yield "Where one is meant, say so there and why: accept: [code]"


def counted(count: int, thing: str) -> str:
    """Say ``1 item``, ``2 items``."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"


def exported_json(done: ExportedFiles) -> dict[str, Any]:
    """Spell out what was written and lost."""
    return {"files": [str(file) for file in done.files], "losses": [asdict(x) for x in done.losses]}


def exported_lines(done: ExportedFiles) -> list[str]:
    """Name the files (or their folder, if they are many) and what their targets cannot express."""
    lines = [f"Wrote {file}" for file in done.files[:MOST_SHOWN]]
    if len(done.files) > MOST_SHOWN:
        folder = done.files[0].parent
        lines.append(f"and {counted(len(done.files) - MOST_SHOWN, 'more file')} in {folder}")
    return lines + lost_lines(done.losses)


def lost_lines(losses: Sequence[TargetLoss]) -> list[str]:
    """Say what targets cannot express, each with its items."""
    return [f"Lost in {x.target}: {x.what} ({some(x.items)})" for x in losses]


def some(things: Sequence[object]) -> str:
    """Write the first few things in a row, and how many more there are."""
    shown = ", ".join(str(thing) for thing in things[:MOST_SHOWN])
    rest = len(things) - MOST_SHOWN
    return f"{shown} and {rest:,} more" if rest > 0 else shown


def analyzed_json(done: Analyzed) -> dict[str, Any]:
    """Spell out the outcome of a run; the numbers themselves are in ``findings.json``."""
    findings = done.findings
    decisions = findings.select(statistic=Statistic.DECISION)
    return {
        "files": [str(file) for file in done.files],
        "seconds": round(done.seconds, 2),
        "provenance": asdict(findings.provenance),
        "decisions": {row.subject[0]: row.label for row in decisions},
        "not_sound": done.not_sound,
        "from_cache": done.from_cache,
        "warnings": [asdict(warning) for warning in findings.warnings],
    }


def analyzed_lines(done: Analyzed) -> list[str]:
    """Give the headlines of a run, one line a step."""
    findings = done.findings
    lines = [_title(findings)]
    lines += [_model_line(findings, row) for row in findings.select(statistic=Statistic.STATUS)]
    lines += [
        _decision_line(findings, row) for row in findings.select(statistic=Statistic.DECISION)
    ]
    if findings.warnings:
        codes = sorted({warning.code for warning in findings.warnings})
        notes = counted(len(findings.warnings), "note")
        lines.append(f"For your judgement, {notes}: {', '.join(codes)}")
    lines += [f"Not sound: {model}" for model in done.not_sound]
    if done.from_cache:
        lines.append(f"Known from a run before: {', '.join(done.from_cache)} (else: --no-cache)")
    lines += [f"Wrote {file}" for file in done.files]
    return lines


def _title(findings: Findings) -> str:
    origin = findings.provenance
    parts = [f"{origin.instrument} {origin.instrument_version}"]
    for what in ("respondents", "departments"):
        counted = findings.find(Statistic.COUNT, (what,))
        if counted and counted.value is not None:
            parts.append(f"{counted.value:,.0f} {what}")
    parts.append(f"seed {origin.seed}")
    if origin.simulated:
        parts.append("SIMULATED DATA")
    return " · ".join(parts)


def _model_line(findings: Findings, status: Finding) -> str:
    if status.label != "ok":
        return f"! {status.model:4} {status.label}{f' ({status.reason})' if status.reason else ''}"
    parts = [f"✓ {status.model:4}"]
    chi_square = findings.measure(Statistic.CHI_SQUARE, status.model)
    if chi_square and chi_square.value is not None and chi_square.df is not None:
        parts.append(f"χ²({chi_square.df:.0f}) {chi_square.value:.1f}")
    for statistic in (Statistic.CFI, Statistic.TLI, Statistic.RMSEA, Statistic.SRMR):
        found = findings.measure(statistic, status.model)
        if found and found.value is not None:
            parts.append(f"{statistic.value.upper()} {found.value:.3f}")
    return " ".join(parts)


def _decision_line(findings: Findings, decision: Finding) -> str:
    name = decision.subject[0]
    words = _MARKS.get(Decision(decision.label), decision.label)
    effect = findings.find(Statistic.EFFECT, (name,))
    if not effect or effect.value is None or effect.low is None or effect.high is None:
        return f"  {name} {words}{f' ({decision.reason})' if decision.reason else ''}"
    return f"  {name} {words} (β {effect.value:.2f} [{effect.low:.2f}, {effect.high:.2f}])"


def demo_json(done: Demonstrated) -> dict[str, Any]:
    """Spell out what a demonstration made."""
    return {
        "study": str(done.study.root),
        "questionnaires": [str(file) for file in done.exported.files],
        "simulated": asdict(done.simulated),
        **analyzed_json(done.analyzed),
    }


def demo_lines(done: Demonstrated) -> list[str]:
    """Say what a demonstration made, where it lies and what to do next."""
    reports = [file for file in done.analyzed.files if file.suffix == ".html"]
    people = done.simulated.respondents
    return [
        *analyzed_lines(done.analyzed),
        "",
        f"From questionnaire to report, with {people:,} simulated respondents:",
        *(f"  questionnaire  {file}" for file in done.exported.files),
        *(f"  report         {file}" for file in reports),
        "",
        *_first_look(done),
        "Next: open a report in a browser; then make a study of your own:",
        "  survey init my-study",
        "  cd my-study && survey export && survey import answers.xlsx && survey analyze",
    ]


def _first_look(done: Demonstrated) -> list[str]:
    if not done.analyzed.findings.provenance.quick:
        return []
    return [
        "This was a first look: few draws, no variants of models, no grid of specifications.",
        f"The whole plan takes minutes:  survey analyze --study {done.study.root}",
    ]
