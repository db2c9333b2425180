"""Findings survive a round trip, and no finding is a silent NaN."""

from __future__ import annotations

from pathlib import Path

import pytest

from cosyn.errors import PlanError
from cosyn.findings import (
    Finding,
    Findings,
    Provenance,
    Statistic,
    Warned,
    findings_json,
    read_findings,
)

ORIGIN = Provenance("x", "1.0.0", "short", True, 1, {"data": "0"}, {"cosyn": "0"})


def test_a_round_trip_changes_nothing(tmp_path: Path) -> None:
    rows = (
        Finding("items", Statistic.MEAN, ("A1",), 3.25, se=0.1, low=3.05, high=3.45, level=0.95, n=40),
        Finding("models", Statistic.STATUS, label="ok", model="M1"),
        Finding("models", Statistic.CFI, reason="not converged", model="M2"),
    )  # fmt: skip
    findings = Findings(ORIGIN, rows, (Warned("items", "ceiling", {"items": "A1"}),))
    path = tmp_path / "findings.json"
    path.write_bytes(findings_json(findings))
    assert read_findings(path) == findings


@pytest.mark.parametrize("field", ["value", "se", "low", "high", "p", "df"])
@pytest.mark.parametrize("number", [float("nan"), float("inf")])
def test_a_number_that_is_none_is_refused(field: str, number: float) -> None:
    with pytest.raises(ValueError, match=field):
        Finding("items", Statistic.MEAN, **{"value": 1.0, field: number})  # type: ignore[arg-type]


def test_neither_value_nor_reason_is_refused() -> None:
    with pytest.raises(ValueError, match="neither value nor reason"):
        Finding("items", Statistic.MEAN)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (None, "findings.none"),
        (b"{", "findings.damaged"),
        (b'{"schema": "cosyn.findings/2"}', "findings.damaged"),
        (b'{"schema": "cosyn.findings/1"}', "findings.other-schema"),
        (b'{"schema": "other/9"}', "findings.other-schema"),
    ],
)
def test_a_bad_file_is_named(tmp_path: Path, content: bytes | None, code: str) -> None:
    path = tmp_path / "findings.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(PlanError) as caught:
        read_findings(path)
    assert caught.value.code == code
