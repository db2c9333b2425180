"""A study that is fielded by the commands a user would type, each in a process of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any


def survey(study: Path, *words: str, code: int = 0) -> str:
    """Run a command in a study, which must end with this code, and give back what it says."""
    done = subprocess.run(
        [sys.executable, "-m", "cosyn", *words],
        cwd=study,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, (words, done.stdout, done.stderr)
    return done.stdout


def told(study: Path, *words: str, code: int = 0) -> dict[str, Any]:
    """Run a command and give back the JSON that it prints."""
    found: dict[str, Any] = json.loads(survey(study, *words, "--json", code=code))
    return found


@contextmanager
def served(study: Path, *words: str) -> Iterator[str]:
    """Serve the study's wave; gives the address of the server."""
    command = [sys.executable, "-m", "cosyn", "field", "--port", "0", "--json", *words]
    with (study / "field.log").open("wb") as log:
        server = subprocess.Popen(
            command, cwd=study, stdout=subprocess.PIPE, stderr=log, env={**os.environ}
        )
        try:
            assert server.stdout is not None
            yield _link(server.stdout)
        finally:
            server.send_signal(signal.SIGTERM)
            server.wait(timeout=30)
            if server.stdout is not None:
                server.stdout.close()


def _link(stream: Any) -> str:
    """Read a JSON document that does not end the stream."""
    text = ""
    for line in iter(stream.readline, b""):
        text += line.decode()
        try:
            found = json.loads(text)
        except ValueError:
            continue
        return str(found["link"])
    raise AssertionError(f"the server said {text!r}")
