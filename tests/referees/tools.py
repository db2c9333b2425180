"""Outside referees: where they are on this machine, and what a test does where one is absent.

A referee is a program that others wrote and that reads what cosyn writes. `scripts/referees`
installs them. A test names those it needs and is skipped without them, unless the environment
variable COSYN_REFEREES is `required`: then their absence is a failure, so that a green run of
continuous integration cannot hide a referee that never spoke::

    pytestmark = needs("chromium", "node", "axe-core", "puppeteer-core")
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).resolve().parent
# A program bears other names elsewhere; what is no program here is a package of package.json.
PROGRAMS = {
    "chromium": ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome"),
    "java": ("java",),
    "nginx": ("nginx", "/usr/sbin/nginx"),
    "node": ("node", "nodejs"),
    "pdftoppm": ("pdftoppm",),
    "pdftotext": ("pdftotext",),
    "postgresql": ("initdb",),
    "pspp": ("pspp",),
    "soffice": ("soffice", "libreoffice"),
}
PATIENCE = 900.0  # seconds after which a referee counts as hung, however busy the machine


def needs(*tools: str) -> pytest.MarkDecorator:
    """Mark a test, or by `pytestmark` a module, as one that needs these referees."""
    return pytest.mark.referee(*tools)


def find(tool: str) -> Path | None:
    """Return where a program or a node package is, if it is there."""
    if tool == "calc":
        return _calc()
    if tool in PROGRAMS:
        found = next(filter(None, map(shutil.which, PROGRAMS[tool])), None)
        return Path(found) if found else _debian(tool)
    package = HERE / "node_modules" / tool
    return package if (package / "package.json").exists() else None


def _debian(tool: str) -> Path | None:
    """Return a program of PostgreSQL, which Debian keeps apart by version, the newest first."""
    if tool != "postgresql":
        return None
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max(found, key=lambda path: int(path.parts[4]), default=None)


def _calc() -> Path | None:
    """Return LibreOffice if its spreadsheet, which is a package of its own, is there too."""
    office = find("soffice")
    return office if office and any(office.resolve().parent.glob("libsclo.*")) else None


def demand(*tools: str) -> None:
    """Skip the running test if one of the tools is absent; fail it where they are required."""
    absent = [tool for tool in tools if find(tool) is None]
    if not absent:
        return
    reason = f"no {', '.join(absent)} on this machine (scripts/referees installs the referees)"
    if os.environ.get("COSYN_REFEREES") == "required":
        pytest.fail(reason, pytrace=False)
    pytest.skip(reason)


def path_of(tool: str) -> str:
    """Return where a tool is; a test that comes here has said that it needs it."""
    demand(tool)
    return str(find(tool))


def chromium_path() -> str:
    return path_of("chromium")


def node() -> str:
    return path_of("node")


def java() -> str:
    return path_of("java")


def soffice() -> str:
    return path_of("soffice")


def run(*command: str | Path, said: str | None = None) -> str:
    """Run a referee to its end and return what it printed.

    Parameters
    ----------
    said : str, optional
        What it reads from standard input.

    Raises
    ------
    RuntimeError
        If it failed; with what it said.
    """
    done = subprocess.run(
        list(map(str, command)), input=said or "", capture_output=True, check=False,
        encoding="utf-8", timeout=PATIENCE,
    )  # fmt: skip
    if done.returncode:
        raise RuntimeError(f"{command[0]} gave {done.returncode}: {done.stderr or done.stdout}")
    return done.stdout


def ask(script: str, question: object) -> Any:
    """Put a question to a node script of this folder, and return its answer; both are JSON."""
    return json.loads(run(node(), HERE / script, said=json.dumps(question)))
