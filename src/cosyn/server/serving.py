"""Run the pages: a port, one process or several, and a stop that loses nothing."""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import threading
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cosyn.errors import StoreError, SurveyError, extra
from cosyn.fielding.desk import open_desk
from cosyn.server.app import create_app
from cosyn.server.connection import connection_kind
from cosyn.server.dashboard import Dashboard
from cosyn.server.fielded import Fielded, survey_of
from cosyn.server.keying import keying_pages
from cosyn.server.log import fault, note
from cosyn.server.types import Limits, Settings

with extra("field"):
    import uvicorn
    from uvicorn.supervisors import Multiprocess

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

    from starlette.types import ASGIApp

    from cosyn.fielding.desk import Desk

DATABASE = "COSYN_FIELD_DATABASE"
"""Environment variable with the URL of the database: a password stands in no list of processes."""
_PLAN = "COSYN_FIELD_SERVER"
_BACKLOG = 2048
_OPEN_FILES = 20_000


@dataclass(frozen=True, slots=True)
class Plan:
    """What a worker process must know.

    Attributes
    ----------
    folder : str
        Of the wave.
    base : str
        Address under which respondents reach the server.
    per_address : int
        Requests a minute from one address; 0 sets no bound.
    """

    folder: str
    base: str
    per_address: int = 6000


def app_of(desk: Desk, plan: Plan) -> ASGIApp:
    """Make the pages of an open wave; they close it.

    Raises
    ------
    StoreError
        As `fielded.survey_of`.
    """
    # A file is read in microseconds: more threads would only wait for one another.
    writers, readers = (1, 1) if desk.answers.is_sqlite else (4, 0)
    limits = Limits(address=plan.per_address)
    settings = Settings(plan.base, writers=writers, readers=readers, limits=limits)
    more = (*Dashboard(desk).pages(), *keying_pages(desk))
    return create_app(survey_of(desk), Fielded(desk), settings, more)


def app_of_worker() -> ASGIApp:
    """What each of several processes runs: its plan is in its environment."""
    _quiet_logs()
    plan = Plan(**json.loads(os.environ[_PLAN]))
    try:
        return app_of(open_desk(Path(plan.folder), database=os.environ.get(DATABASE, "")), plan)
    except SurveyError as problem:
        # The database is being started again: so is this process, until it can be reached.
        note("refused", **fault(problem))
        raise SystemExit(problem.exit_code) from None


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """Take a port; 0 takes a free one.

    Raises
    ------
    StoreError
        ``field.port`` if it is taken or may not be had, ``field.host`` if there is no such address.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
        family, kind, protocol, _, address = found[0]
        with socket.socket(family, kind, protocol) as taken:
            if os.name == "posix":  # elsewhere it would let two servers share a port
                taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            taken.bind(address)
            taken.listen(_BACKLOG)
            taken.set_inheritable(True)
            yield taken
    except socket.gaierror as problem:
        what = f"there is no address {host!r} on this machine"
        fix = "Use 127.0.0.1 for this machine alone, or 0.0.0.0 for its whole network"
        raise StoreError("field.host", "--host", what, fix) from problem
    except (OSError, OverflowError) as problem:
        what = f"port {port} of {host} cannot be had ({getattr(problem, 'strerror', problem)})"
        fix = "Stop what uses it, or choose another with --port (above 1023)"
        raise StoreError("field.port", "--port", what, fix) from problem


def own_address(host: str, port: int) -> str:
    """An address by which others may reach a server that listens at `host`."""
    if host not in {"0.0.0.0", "::", ""}:  # noqa: S104 - compared, not listened at
        return f"http://{f'[{host}]' if ':' in host else host}:{port}"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asked:
        try:
            asked.connect(("192.0.2.1", 9))  # sends nothing: it only finds the way out
            return f"http://{asked.getsockname()[0]}:{port}"
        except OSError:
            return f"http://{socket.gethostname()}:{port}"


def run(app: ASGIApp, taken: socket.socket) -> None:
    """Serve in this process until a signal ends it; what has begun is finished."""
    _quiet_logs()
    _more_files()
    note("started")
    _Server(_config(app)).run([taken])
    note("stopped")


def run_workers(plan: Plan, database: str, taken: socket.socket, workers: int) -> None:
    """Serve in several processes until a signal ends them."""
    _quiet_logs()
    _more_files()
    os.environ[_PLAN] = json.dumps(asdict(plan))
    os.environ[DATABASE] = database
    config = _config(f"{__name__}:app_of_worker", factory=True, workers=workers)
    note("started", workers=workers)
    Multiprocess(config, [taken]).run()
    note("stopped")


def _config(
    app: ASGIApp | str, *, factory: bool = False, workers: int | None = None
) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        factory=factory,
        workers=workers,
        http=connection_kind(),
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=True,
        timeout_keep_alive=30,
        timeout_graceful_shutdown=15,
    )


class _Server(uvicorn.Server):
    """Uvicorn's, that ends in our hands: it would send itself the signal once more."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return

        def stop(number: int, frame: FrameType | None) -> None:
            self.handle_exit(number, frame)

        before = {n: signal.signal(n, stop) for n in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


class _Lines(logging.Handler):
    """Writes what the web server complains of, without the values that it would fill in."""

    def emit(self, record: logging.LogRecord) -> None:
        note("server", level=record.levelname.lower(), said=str(record.msg).splitlines()[0][:200])


def _quiet_logs() -> None:
    logger = logging.getLogger("uvicorn")
    logger.handlers = [_Lines(logging.WARNING)]
    logger.setLevel(logging.WARNING)
    logger.propagate = False


def _more_files() -> None:
    """Let as many connections be open as the machine allows, up to 20,000."""
    try:
        import resource  # noqa: PLC0415 - not on every system
    except ImportError:
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, _OPEN_FILES)
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
