"""The expected numbers are what the scripts beside them give (run with ``--live-r``)."""

from __future__ import annotations

import json
import math
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
from tests.golden.golden_cases import cases, expected

if TYPE_CHECKING:
    from pathlib import Path

SCRIPTED = [
    case for case in cases("") if (case / "fit.R").exists() and (case / "expected.json").exists()
]
#: Other builds of R and BLAS round differently; psych's searches stop early.
TOLERANCE = 1e-4


@pytest.mark.live_r
@pytest.mark.parametrize("case", SCRIPTED, ids=lambda case: case.name)
def test_script_gives_what_is_expected(case: Path, tmp_path: Path) -> None:
    if shutil.which("Rscript") is None:
        pytest.skip("R is not installed")
    written = tmp_path / "found.json"
    run = subprocess.run(
        ["Rscript", "fit.R", str(written)], cwd=case, check=False, capture_output=True, text=True
    )
    if lacking := re.search(r"there is no package called .(\w+)", run.stderr):
        pytest.skip(f"the R package {lacking[1]} is not installed")
    assert run.returncode == 0, run.stderr
    found = json.loads(written.read_text(encoding="utf-8"))
    assert differences(found, expected(case)) == []


def differences(found: Any, wanted: Any, path: str = "") -> list[str]:
    if isinstance(wanted, dict) and isinstance(found, dict):
        keys = sorted(set(found) | set(wanted))
        pairs = [(found.get(key), wanted.get(key), f"{path}.{key}") for key in keys]
    elif isinstance(wanted, list) and isinstance(found, list) and len(found) == len(wanted):
        pairs = [(a, b, f"{path}[{k}]") for k, (a, b) in enumerate(zip(found, wanted, strict=True))]
    elif isinstance(wanted, float | int) and isinstance(found, float | int):
        same = math.isclose(found, wanted, rel_tol=TOLERANCE, abs_tol=TOLERANCE)
        return [] if same else [f"{path}: {found} is not {wanted}"]
    else:
        return [] if found == wanted else [f"{path}: {found!r} is not {wanted!r}"]
    return [line for a, b, place in pairs for line in differences(a, b, place)]
