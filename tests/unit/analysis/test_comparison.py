"""All models side by side: what each adds beyond the sum, and whether synergy was found."""

from __future__ import annotations

import dataclasses

import pytest
from tests.planned import planned
from tests.unit.analysis.test_hypotheses import context_with

from cosyn.analysis import ANALYSES
from cosyn.findings import Decision, Finding, Statistic

S, D = Statistic, Decision
ABOUT = ("CS", "IP", "EP")


def of(model: str, p: float, bic: float) -> list[Finding]:
    pair = (model, "a") if model == "b" else (f"{model}0", model)
    return [
        Finding("structure", S.STATUS, label="ok", model=model),
        Finding("structure", S.CHI_SQUARE_DIFFERENCE, pair, 9.0, p=p, df=1, model=model),
        Finding("structure", S.BIC_DIFFERENCE, pair, bic, model=model),
        Finding("structure", S.R_SQUARED_GAIN, (model,), 0.02, model=model),
    ]


SOUND = Finding("structure", S.STATUS, label="ok", model="a")


def decision(name: str, label: Decision) -> Finding:
    return Finding("hypotheses", S.DECISION, (name,), label=label)


def run(*rows: Finding) -> list[Finding]:
    context = dataclasses.replace(context_with(rows), plan=planned())
    return list(ANALYSES["comparison"].run(context).findings)


def one(rows: list[Finding], statistic: Statistic, *subject: str) -> Finding:
    [found] = [r for r in rows if r.statistic is statistic and r.subject == subject]
    return found


def test_each_model_is_compared_with_the_null() -> None:
    rows = run(SOUND, *of("b", 0.001, 12.0), *of("c", 0.003, 5.0))
    test = one(rows, S.BEYOND_NULL, "c")
    assert (test.value, test.p, test.df, test.label) == (9.0, 0.003, 1, "χ²")
    assert one(rows, S.R_SQUARED_GAIN, "c").value == 0.02
    # The model with fewer parameters is b, so that the same difference speaks against it.
    assert one(rows, S.BIC_DIFFERENCE, "c").value == 5.0
    assert one(rows, S.BIC_DIFFERENCE, "b").value == -12.0
    assert one(rows, S.BEYOND_NULL, "a").reason == "the null itself"
    assert one(rows, S.BEYOND_NULL, "c3").reason == "not estimated"
    assert one(rows, S.BEYOND_NULL, "f1").reason.endswith("no common test")


def test_nothing_is_compared_with_an_unsound_model() -> None:
    bad = dataclasses.replace(SOUND, label="inadmissible", reason="Heywood case")
    rows = run(bad, *of("b", 0.001, 12.0), *of("c", 0.003, 5.0))
    assert one(rows, S.BEYOND_NULL, "b").reason == "inadmissible; Heywood case; a"
    assert one(rows, S.BEYOND_NULL, "c").value == 9.0
    lost = run(SOUND, dataclasses.replace(bad, model="c"), *of("c", 0.003, 5.0)[1:])
    assert one(lost, S.BEYOND_NULL, "c").reason == "inadmissible; Heywood case"


@pytest.mark.parametrize(
    ("chisq", "why"),
    [(100.0, "equivalent to the null"), (103.0, "other variables")],
)
def test_a_model_that_fit_cannot_tell_from_the_null(chisq: float, why: str) -> None:
    rows = run(
        Finding("structure", S.CHI_SQUARE, (), 100.0, df=160, model="a"),
        Finding("structure", S.STATUS, label="ok", model="h"),
        Finding("structure", S.CHI_SQUARE, (), chisq, df=160, model="h"),
    )
    assert one(rows, S.BEYOND_NULL, "h").reason.startswith(why)


def test_both_surfaces_are_tested_against_their_slopes() -> None:
    about = (*ABOUT, "curvature")
    rows = run(
        Finding("balance", S.JOINT_TEST, about, 2.8, p=0.04, df=3),
        Finding("balance", S.R_SQUARED_GAIN, ABOUT, 0.006),
        Finding("balance", S.JOINT_TEST, about, 5.6, p=0.13, df=3, model="latent"),
        Finding("balance", S.R_SQUARED_GAIN, ABOUT, 0.022, model="latent"),
    )
    assert [one(rows, S.BEYOND_NULL, name).label for name in ("d", "dl")] == ["F", "χ²"]
    assert [one(rows, S.R_SQUARED_GAIN, name).value for name in ("d", "dl")] == [0.006, 0.022]


def synergy(*labels: Decision, p: float = 0.003) -> Finding:
    decisions = [decision(n, label) for n, label in zip(("H5", "H7", "H9"), labels, strict=True)]
    found = run(*of("c", p, 5.0), *decisions)
    return next(r for r in found if r.statistic is S.SYNERGY)


def test_synergy_needs_a_claim_that_is_supported_beyond_the_null() -> None:
    found = synergy(D.SUPPORTED, D.UNDECIDED, D.FALSIFIED)
    assert (found.label, found.subject) == ("supported", ("H5",))
    assert synergy(D.SUPPORTED, D.UNDECIDED, D.FALSIFIED, p=0.2).label == "undecided"


def test_synergy_is_not_found_only_if_every_claim_is_refuted() -> None:
    assert synergy(D.FALSIFIED, D.FALSIFIED, D.FALSIFIED).label == "not_found"
    assert synergy(D.FALSIFIED, D.NOT_TESTED, D.FALSIFIED).label == "undecided"
    assert next(r for r in run() if r.statistic is S.SYNERGY).label == "undecided"
