"""A PostgreSQL server of the tests' own: in a temporary folder, on a socket there, without a port."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
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
        self._run("pg_ctl", "-D", self._data, "-l", log, "-o", options, "-w", "start")

    def stop(self, *, killed: bool = False) -> None:
        self._run("pg_ctl", "-D", self._data, "-m", "immediate" if killed else "fast", "stop")

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
            server.stop(killed=True)
    finally:
        shutil.rmtree(folder)
