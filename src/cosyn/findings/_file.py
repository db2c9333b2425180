"""``findings.json``: findings as they are kept."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from cosyn.atomic import guarded
from cosyn.errors import PlanError
from cosyn.findings._statistics import Statistic
from cosyn.findings._types import Finding, Findings, Provenance, Series, Warned

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

SCHEMA = "cosyn.findings/2"


def findings_json(findings: Findings) -> bytes:
    """Spell the findings out as the content of ``findings.json``, leaving out what is empty."""
    document = {
        "schema": SCHEMA,
        "provenance": asdict(findings.provenance),
        **findings_document(findings.rows, findings.warnings, findings.series),
    }
    return (json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def findings_document(
    rows: Sequence[Finding], warnings: Sequence[Warned], series: Sequence[Series]
) -> dict[str, Any]:
    """Spell out what was found, leaving out what is empty."""
    return {
        "warnings": [asdict(w) for w in warnings],
        "findings": [_compact(row) for row in rows],
        "series": [asdict(found) for found in series],
    }


def findings_of(
    document: Mapping[str, Any],
) -> tuple[tuple[Finding, ...], tuple[Warned, ...], tuple[Series, ...]]:
    """What a document of `findings_document` says.

    Raises
    ------
    KeyError, TypeError, ValueError
        If it is none.
    """
    rows = tuple(_row(entry) for entry in document["findings"])
    warnings = tuple(Warned(**w) for w in document["warnings"])
    return rows, warnings, tuple(_series(entry) for entry in document["series"])


def read_findings(path: Path) -> Findings:
    """Read ``findings.json``.

    Raises
    ------
    PlanError
        If there is no such file, or it is not one of ours.
    """
    if not path.is_file():
        raise PlanError(
            "findings.none", str(path), "there are no findings yet", "Run `survey analyze` first"
        )
    with guarded(path, "read"):
        text = path.read_text(encoding="utf-8")
    try:
        document = json.loads(text)
        if document["schema"] != SCHEMA:
            raise PlanError(
                "findings.other-schema",
                str(path),
                f"the findings have the schema {document['schema']!r}",
                "Run `survey analyze` again with this version",
            )
        return Findings(Provenance(**document["provenance"]), *findings_of(document))
    except (ValueError, KeyError, TypeError) as error:
        raise PlanError(
            "findings.damaged", str(path), "the file is damaged", "Run `survey analyze` again"
        ) from error


def _compact(row: Finding) -> dict[str, Any]:
    return {f.name: v for f in fields(row) if (v := getattr(row, f.name)) not in (None, "", ())}


def _row(entry: dict[str, Any]) -> Finding:
    entry["statistic"] = Statistic(entry["statistic"])
    entry["subject"] = tuple(entry.get("subject", ()))
    return Finding(**entry)


def _series(entry: dict[str, Any]) -> Series:
    entry["subject"] = tuple(entry["subject"])
    entry["columns"] = {name: tuple(column) for name, column in entry["columns"].items()}
    return Series(**entry)
