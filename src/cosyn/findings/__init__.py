"""What an analysis found: rows of statistics without layout, and the file they are kept in."""

from cosyn.findings._file import (
    SCHEMA,
    findings_document,
    findings_json,
    findings_of,
    read_findings,
)
from cosyn.findings._statistics import ROBUST, Decision, Statistic
from cosyn.findings._types import Finding, Findings, Provenance, Series, Warned

__all__ = [
    "ROBUST",
    "SCHEMA",
    "Decision",
    "Finding",
    "Findings",
    "Provenance",
    "Series",
    "Statistic",
    "Warned",
    "findings_document",
    "findings_json",
    "findings_of",
    "read_findings",
]
