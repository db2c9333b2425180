"""The audit of the lock: what counts, what is allowed, and that silence is not taken for an answer."""

from __future__ import annotations

import importlib.util
import sys
from datetime import date
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
TODAY = date(2026, 11, 27)
LOCK = "a==1\nb==2 ; python_version < '3.12'\nb==3 ; python_version >= '3.12'\nc-d.e==1.0.post1\n"
KNOWN = {"id": "PYSEC-1", "aliases": ["CVE-2026-1"], "fix_versions": ["4"]}
ENTRY = """
[[allowed]]
id = "CVE-2026-1"
package = "b"
until = 2026-12-31
reason = "The function concerned is never called by us."
"""


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("audit_script", ROOT / "scripts" / "audit.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def service(
    vulnerable: dict[str, Any] | None = None, skipped: frozenset[str] = frozenset()
) -> tuple[Any, list[list[str]]]:
    """What stands for pip-audit, and what it was asked."""
    asked: list[list[str]] = []

    def ask(packages: list[str]) -> list[dict[str, Any]]:
        asked.append(packages)
        told: list[dict[str, Any]] = []
        for package in packages:
            name, _, version = package.partition("==")
            if name in skipped:
                told.append({"name": name, "skip_reason": "not found"})
            else:
                known = (vulnerable or {}).get(package, [])
                told.append({"name": name, "version": version, "vulns": known})
        return told

    return ask, asked


def test_every_package_is_asked_about_for_whatever_python(script: ModuleType) -> None:
    assert script.pinned(LOCK) == [["a==1", "b==2", "c-d.e==1.0.post1"], ["b==3"]]
    rounds = script.pinned((ROOT / "requirements.lock").read_text())
    lines = [line for line in (ROOT / "requirements.lock").read_text().splitlines() if line]
    assert len({line.partition(" ")[0] for line in lines}) == sum(map(len, rounds))


def test_a_lock_without_known_vulnerabilities(script: ModuleType) -> None:
    ask, asked = service()
    code, lines = script.audit(LOCK, [], ask, TODAY)
    assert code == 0
    assert lines == ["4 packages of the lock: no known vulnerabilities that count"]
    assert asked == [["a==1"], ["a==1", "b==2", "c-d.e==1.0.post1"], ["b==3"]]


def test_one_that_is_known_counts_and_is_named(script: ModuleType) -> None:
    ask, _ = service({"b==3": [KNOWN]})
    code, lines = script.audit(LOCK, [], ask, TODAY)
    assert code == 1
    assert lines[0] == "b 3: PYSEC-1, mended in 4"


def test_what_is_allowed_counts_again_after_its_day(script: ModuleType) -> None:
    allowed = script.read_allowed(ENTRY, "x")
    ask, _ = service({"b==3": [KNOWN]})
    code, lines = script.audit(LOCK, allowed, ask, TODAY)
    assert code == 0
    assert "allowed until 2026-12-31: The function" in lines[0]
    code, lines = script.audit(LOCK, allowed, ask, date(2027, 1, 1))
    assert code == 1
    assert lines[0].endswith("; was allowed until 2026-12-31")
    other, _ = service({"a==1": [KNOWN]})
    code, lines = script.audit(LOCK, allowed, other, TODAY)
    assert code == 1
    assert "CVE-2026-1 of b is allowed, and not found" in lines


def test_silence_is_not_taken_for_an_answer(script: ModuleType) -> None:
    ask, asked = service(skipped=frozenset({"a", "b", "c-d.e"}))
    code, lines = script.audit(LOCK, [], ask, TODAY)
    assert code == 0
    assert lines[0].startswith("not audited: the service knows nothing of a==1")
    assert asked == [["a==1"]]
    assert script.audit(LOCK, [], ask, TODAY, strict=True)[0] == 2


def test_packages_that_were_left_out_are_named(script: ModuleType) -> None:
    ask, _ = service(skipped=frozenset({"b"}))
    code, lines = script.audit(LOCK, [], ask, TODAY)
    assert code == 0
    assert lines[0] == "not audited: 2 of 4 packages (b, b)"
    assert script.audit(LOCK, [], ask, TODAY, strict=True)[0] == 2


@pytest.mark.parametrize(
    "text",
    [
        "[[allowed]]\nid = 'x'\npackage = 'b'\nuntil = 2026-12-31\nreason = 'no'\n",
        "[[allowed]]\nid = 'x'\npackage = 'b'\nuntil = 'soon'\nreason = 'a reason that is a sentence'\n",
        "[[allowed]]\nid = 'x'\npackage = 'b'\n",
        "allowed = 3",
        "[[",
    ],
)
def test_an_allowance_without_reason_or_end_is_a_fault(script: ModuleType, text: str) -> None:
    with pytest.raises(script.Fault):
        script.read_allowed(text, "x")


def test_ours_can_be_read(script: ModuleType) -> None:
    script.read_allowed(script.ALLOWED.read_text(encoding="utf-8"), "ours")


@pytest.mark.skipif(sys.platform == "win32", reason="a shell script stands for pip-audit")
def test_pip_audit_is_understood_and_its_failure_is_told(
    script: ModuleType, tmp_path: Path
) -> None:
    program = tmp_path / "pip-audit"
    program.write_text('#!/bin/sh\necho \'{"dependencies": [{"name": "a"}]}\'\nexit 1\n')
    program.chmod(0o755)
    assert script.pip_audit(program, "pypi")(["a==1"]) == [{"name": "a"}]
    program.write_text("#!/bin/sh\necho 'ERROR: cannot connect' >&2\nexit 1\n")
    with pytest.raises(script.NotAudited, match="cannot connect"):
        script.pip_audit(program, "pypi")(["a==1"])
    with pytest.raises(script.NotAudited):
        script.pip_audit(tmp_path / "absent", "pypi")(["a==1"])
