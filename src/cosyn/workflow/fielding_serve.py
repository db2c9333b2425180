"""The verb that gives the questionnaire to respondents."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cosyn.errors import InstrumentError
from cosyn.study import locate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cosyn.server.types import Survey


@dataclass(frozen=True, slots=True)
class Served:
    """A server that is ready.

    Attributes
    ----------
    link : str
        What respondents open.
    qr : str
        The link as a picture of characters, for a terminal.
    local : bool
        Whether only this machine reaches it.
    run : callable
        Serves until a signal ends it.
    """

    link: str
    qr: str
    wave: str
    mode: str
    state: str
    local: bool
    demonstration: bool
    run: Callable[[], None]


@contextmanager
def serve(
    folder: Path | None,
    *,
    wave: str = "1",
    host: str = "127.0.0.1",
    port: int = 8000,
    workers: int = 1,
    database: str = "",
    base_url: str = "",
    per_address: int = 6000,
) -> Iterator[Served]:
    """Open a wave and take a port; `Served.run` then serves.

    Raises
    ------
    StoreError
        The wave cannot be opened, is served already, or the port cannot be had.
    InstrumentError
        ``field.workers`` for several processes on files, ``field.base-url``.
    """
    from cosyn.fielding.desk import open_desk
    from cosyn.fielding.once import serving
    from cosyn.fielding.rounds import drawing
    from cosyn.fielding.schedule import read_schedule
    from cosyn.fielding.wave import folder_of
    from cosyn.server.serving import Plan, app_of, listening, own_address, run, run_workers

    base = address_given(base_url)
    place = folder_of(locate(folder).root, wave)
    with ExitStack() as held:
        desk = open_desk(place, database=database)
        held.callback(desk.close)
        if workers > 1 and desk.answers.is_sqlite:
            what = "files let one process write"
            fix = "Leave --workers out, or make the wave in PostgreSQL (--database)"
            raise InstrumentError("field.workers", f"--workers {workers}", what, fix)
        held.enter_context(serving(desk))
        taken = held.enter_context(listening(host, port))
        reached = base or own_address(host, taken.getsockname()[1])
        plan = Plan(str(place), reached, per_address)
        pages = app_of(desk, plan)  # what is wrong is told before a link is

        def go() -> None:
            with drawing(desk):
                if workers > 1:
                    run_workers(plan, database, taken, workers)
                else:
                    run(pages, taken)

        state = read_schedule(place).state(desk.clock())
        yield _ready(reached, wave, desk.wave.settings.mode, state, go, demonstration=False)


@contextmanager
def rehearse(
    folder: Path | None,
    *,
    form: str = "",
    host: str = "127.0.0.1",
    port: int = 8000,
    base_url: str = "",
) -> Iterator[Served]:
    """Show the pages for training: no wave is needed, and nothing is written.

    Raises
    ------
    StoreError
        The port cannot be had.
    InstrumentError, Faults
        The instrument or its settings have faults, there is no such form, ``field.base-url``.
    """
    from cosyn.fielding.settings import load_settings
    from cosyn.server.app import create_app
    from cosyn.server.rehearsal import Rehearsal
    from cosyn.server.serving import listening, own_address, run
    from cosyn.server.types import Settings

    base, place = address_given(base_url), locate(folder).instrument
    survey = demonstration(place, form)
    chosen = load_settings(place, survey.instrument.languages)
    keeper = Rehearsal(chosen.orders)
    with listening(host, port) as taken:
        reached = base or own_address(host, taken.getsockname()[1])
        app = create_app(survey, keeper, Settings(reached))
        link = f"{reached}/f/{keeper.link}"
        yield _ready(link, "", chosen.mode, "open", lambda: run(app, taken), demonstration=True)


def demonstration(place: Path, form: str = "") -> Survey:
    """An instrument as its pages would show it, marked as a demonstration.

    Raises
    ------
    InstrumentError, Faults
        The instrument or its settings have faults, or there is no such form.
    """
    from secrets import token_bytes

    from cosyn.fielding.settings import handed_out, load_settings
    from cosyn.instrument.questionnaire import questionnaire
    from cosyn.server.types import Survey

    instrument = handed_out(place)
    chosen = load_settings(place, instrument.languages)
    return Survey(
        instrument=instrument,
        form=questionnaire(instrument, form or None).form,
        mode=chosen.mode,
        k=chosen.smallest_batch,
        keep_language=chosen.language,
        keep_minutes=chosen.minutes == "bands",
        contact=dict(chosen.contact),
        key=token_bytes(32),
        demonstration=True,
    )


def _ready(
    link: str, wave: str, mode: str, state: str, go: Callable[[], None], *, demonstration: bool
) -> Served:
    local = any(link.startswith(f"http://{name}:") for name in ("127.0.0.1", "localhost", "[::1]"))
    return Served(link, qr_in_terminal(link), wave, mode, state, local, demonstration, go)


def qr_in_terminal(link: str) -> str:
    """A link as a picture of characters."""
    import io

    from cosyn.errors import extra

    with extra("field"):
        import segno

    drawn = io.StringIO()
    segno.make(link, error="l").terminal(drawn, compact=True)
    return drawn.getvalue().rstrip("\n")


def address_given(base_url: str) -> str:
    """The address given, without a slash at its end.

    Raises
    ------
    InstrumentError
        ``field.base-url`` if it is none.
    """
    import re

    if not base_url:
        return ""
    found = base_url.rstrip("/")
    host = r"([A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(:[0-9]{1,5})?"
    if not re.fullmatch(rf"https?://{host}(/[A-Za-z0-9._~-]+)*", found):
        fix = "Write it like https://survey.example.org/cooperation"
        what = f"{base_url!r} is no address of pages"
        raise InstrumentError("field.base-url", "--base-url", what, fix)
    return found
