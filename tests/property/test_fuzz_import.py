"""Damaged files of every kind: refused with a name, or read; never a traceback, a crash or a hang."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "fuzz_import.py"


KINDS = ("delimited", "quoted", "json", "excel", "sav", "dta", "dta8", "por", "parquet")
OLD = [pytest.param(kind, marks=pytest.mark.referee("soffice")) for kind in ("xls", "ods")]


@pytest.mark.parametrize("kind", [*KINDS, *OLD])
def test_only_named_faults_come_out(kind: str) -> None:
    command = [sys.executable, str(SCRIPT), "--files", "150", "--kinds", kind]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.match(r"\w+: (\d+) read, (\d+) refused, .* (\d+) went wrong", said)
    assert found, said
    read, refused, wrong = map(int, found.groups())
    assert wrong == 0, said
    assert read + refused == 150
    assert refused > 20
