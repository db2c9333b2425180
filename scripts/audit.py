"""Ask whether a package of requirements.lock has a known vulnerability.

    python3 scripts/audit.py [--strict]

pip-audit asks, from an environment of its own (.venv-audit, or COSYN_AUDIT_VENV), the service that
COSYN_AUDIT_SERVICE names (pypi, the usual one, or osv). Where none answers, as behind a mirror that
passes packages on and nothing else, it says "not audited" and why: pip-audit alone would say that
nothing is known. Exit code 0: nothing that counts, or not audited; 1: a vulnerability that is not
in scripts/audit-allowed.toml, or has stood there too long; 2: not audited, with --strict; 3: that
file has a fault.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "requirements.lock"
ALLOWED = ROOT / "scripts" / "audit-allowed.toml"
PIP_AUDIT = "pip-audit==2.10.1"
PATIENCE = 900
_PINNED = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)==([^\s;]+)")

Asked = Callable[[list[str]], list[dict[str, Any]]]


class NotAudited(Exception):
    """No service answered; the text says why."""


class Fault(Exception):
    """The file of what is allowed cannot be used; the text says where and why."""


@dataclass(frozen=True)
class Allowed:
    """A vulnerability that does not concern us, until a day, for a reason."""

    id: str
    package: str
    until: date
    reason: str


def pinned(lock: str) -> list[list[str]]:
    """Every package of a lock, whatever Python or system it is for.

    Returns
    -------
    list of list of str
        ``name==version`` each; no list names a package twice.
    """
    rounds: list[dict[str, str]] = []
    for name, version in dict.fromkeys(_PINNED.findall(lock)):
        free = next((found for found in rounds if name not in found), None)
        if free is None:
            rounds.append(free := {})
        free[name] = f"{name}=={version}"
    return [list(found.values()) for found in rounds]


def read_allowed(text: str, where: str) -> list[Allowed]:
    """Read what is allowed; each entry has id, package, until (a date) and reason."""
    try:
        entries = tomllib.loads(text).get("allowed", [])
        found = [Allowed(**entry) for entry in entries]
    except (tomllib.TOMLDecodeError, TypeError) as problem:
        raise Fault(f"{where}: {problem}") from problem
    for entry in found:
        if not isinstance(entry.until, date) or len(str(entry.reason).strip()) < 20:
            raise Fault(f"{where}: {entry.id} needs `until`, a date, and a reason in a sentence")
    return found


def audit(
    lock: str, allowed: list[Allowed], ask: Asked, today: date, *, strict: bool = False
) -> tuple[int, list[str]]:
    """Ask about a lock; gives the exit code and what is to be said."""
    rounds = pinned(lock)
    total = sum(map(len, rounds))
    silent = 2 if strict else 0
    try:
        # One alone first: where nobody answers, nobody is asked a hundred times.
        first = ask(rounds[0][:1])
        if first and "skip_reason" in first[0]:
            why = f"the service knows nothing of {rounds[0][0]}: {first[0]['skip_reason']}"
            return silent, [f"not audited: {why}"]
        told = [package for found in rounds for package in ask(found)]
    except NotAudited as problem:
        return silent, [f"not audited: {problem}"]
    lines, counts = [], 0
    skipped = [package["name"] for package in told if "skip_reason" in package]
    used = set()
    for package in told:
        for known in package.get("vulns", []):
            ids = {known["id"], *known.get("aliases", [])}
            entry = next((a for a in allowed if a.id in ids and a.package == package["name"]), None)
            line = f"{package['name']} {package['version']}: {known['id']}"
            if entry is not None:
                used.add(entry)
            if entry is not None and today <= entry.until:
                lines.append(f"{line}, allowed until {entry.until}: {entry.reason}")
                continue
            counts += 1
            mended = ", ".join(known.get("fix_versions", [])) or "no version"
            late = "" if entry is None else f"; was allowed until {entry.until}"
            lines.append(f"{line}, mended in {mended}{late}")
    lines += [
        f"{entry.id} of {entry.package} is allowed, and not found"
        for entry in allowed
        if entry not in used
    ]
    if skipped:
        lines.append(f"not audited: {len(skipped)} of {total} packages ({', '.join(skipped[:10])})")
    lines.append(f"{total} packages of the lock: {counts or 'no'} known vulnerabilities that count")
    return (1 if counts else 2 if skipped and strict else 0), lines


def pip_audit(program: Path, service: str) -> Asked:
    """How pip-audit is asked about packages."""

    def ask(packages: list[str]) -> list[dict[str, Any]]:
        with tempfile.TemporaryDirectory() as folder:
            listed = Path(folder) / "packages.txt"
            listed.write_text("\n".join(packages) + "\n", encoding="utf-8")
            words = ["-r", str(listed), "--no-deps", "--disable-pip", "--format", "json"]
            words += ["--vulnerability-service", service, "--progress-spinner", "off"]
            done = _run(str(program), *words)
        try:
            told: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
        except (ValueError, KeyError, TypeError):
            said = (done.stderr.strip().splitlines() or ["it said nothing"])[-1]
            raise NotAudited(f"pip-audit gave {done.returncode}: {said[:300]}") from None
        return told

    return ask


def installed(folder: Path) -> Path:
    """Where pip-audit is, installed if it is not there."""
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    program = scripts / "pip-audit"
    if not program.exists():
        for words in (
            (sys.executable, "-m", "venv", str(folder)),
            (str(scripts / "python"), "-m", "pip", "install", "--quiet", PIP_AUDIT),
        ):
            done = _run(*words)
            if done.returncode:
                said = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
                raise NotAudited(f"{PIP_AUDIT} cannot be installed: {said[:300]}")
    return program


def _run(*words: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            words, capture_output=True, check=False, encoding="utf-8", timeout=PATIENCE
        )
    except (OSError, subprocess.TimeoutExpired) as problem:
        raise NotAudited(f"{words[0]}: {type(problem).__name__}") from problem


def main() -> int:
    strict = "--strict" in sys.argv[1:]
    folder = Path(os.environ.get("COSYN_AUDIT_VENV", ROOT / ".venv-audit"))
    service = os.environ.get("COSYN_AUDIT_SERVICE", "pypi")
    try:
        allowed = read_allowed(ALLOWED.read_text(encoding="utf-8"), ALLOWED.name)
        ask = pip_audit(installed(folder), service)
        today = datetime.now(UTC).date()
        code, lines = audit(LOCK.read_text(encoding="utf-8"), allowed, ask, today, strict=strict)
    except NotAudited as problem:
        code, lines = (2 if strict else 0), [f"not audited: {problem}"]
    except Fault as problem:
        code, lines = 3, [str(problem)]
    sys.stdout.write("".join(f"[audit] {line}\n" for line in lines))
    return code


if __name__ == "__main__":
    sys.exit(main())
