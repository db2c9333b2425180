"""A PostgreSQL server of the tests' own: in a temporary folder, on a socket there, without a port."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from tests.referees.tools import path_of

ROLE = "postgres"


@dataclass(frozen=True)
class Server:
    """A server that runs, or can be killed and started again."""

    folder: Path
    programs: Path

    def start(self) -> None:
        options = f"-k {self.folder} -c listen_addresses='' -c max_connections=60"
        log = str(self.folder / "log")
        for left in reversed(range(5)):
            try:
                self._run("pg_ctl", "-D", self._data, "-l", log, "-o", options, "-w", "start")
            except AssertionError:
                # What was born just before a kill may still be about to notice it.
                if not left:
                    raise
                time.sleep(1.0)
            else:
                return

    def stop(self, *, killed: bool = False) -> None:
        self._run("pg_ctl", "-D", self._data, "-m", "immediate" if killed else "fast", "stop")

    def kill(self) -> None:
        """End every process of it as a power cut would."""
        first = self._first()
        os.kill(first, signal.SIGSTOP)  # it starts no others any more
        everybody = [*_children(first), first]
        for one in everybody:
            _kill(one)
        while any(Path(f"/proc/{one}").exists() and not _is_dead(one) for one in everybody):
            time.sleep(0.02)
        # Where nobody buries it, its number would be taken for a server that runs.
        (self.folder / "data" / "postmaster.pid").unlink()

    def kill_a_backend(self) -> None:
        """End one process that serves a connection: the server then starts all of them anew."""
        for one in _children(self._first()):
            if b"idle" in _command(one) or b"postgres: postgres" in _command(one):
                _kill(one)
                return

    def _first(self) -> int:
        return int((self.folder / "data" / "postmaster.pid").read_text().split()[0])

    def prepare(self) -> None:
        self._run("initdb", "-D", self._data, "-A", "trust", "-U", ROLE, "-E", "UTF8", "--no-sync")

    def new_database(self, name: str) -> str:
        """Make an empty database and return its URL."""
        self._run("createdb", "-h", str(self.folder), "-U", ROLE, name)
        return f"postgresql://{ROLE}@/{name}?host={quote(str(self.folder))}"

    @property
    def _data(self) -> str:
        return str(self.folder / "data")

    def _run(self, program: str, *arguments: str) -> None:
        """PostgreSQL does not run as root: root lends it the account that Debian made for it."""
        command = [str(self.programs / program), *arguments]
        if os.getuid() == 0:
            command = ["su", ROLE, "-s", "/bin/sh", "-c", shlex.join(command)]
        done = subprocess.run(
            command, check=False, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        )
        assert done.returncode == 0, done.stderr.decode()


def _children(process: int) -> list[int]:
    return list(map(int, Path(f"/proc/{process}/task/{process}/children").read_text().split()))


def _command(process: int) -> bytes:
    try:
        return Path(f"/proc/{process}/cmdline").read_bytes()
    except OSError:
        return b""


def _is_dead(process: int) -> bool:
    """Whether it has ended, and waits to be buried by whoever started it."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except OSError:
        return True


def _kill(process: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


@contextmanager
def postgresql_server() -> Iterator[Server]:
    """Start a server; stop it and delete everything at the end."""
    programs = Path(path_of("postgresql")).resolve().parent
    # The path of a socket may have about a hundred letters, fewer than those of pytest's folders.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    if os.getuid() == 0:
        shutil.chown(folder, ROLE)
    server = Server(folder, programs)
    try:
        server.prepare()
        server.start()
        try:
            yield server
        finally:
            if (folder / "data" / "postmaster.pid").exists():
                server.stop(killed=True)
    finally:
        shutil.rmtree(folder)
