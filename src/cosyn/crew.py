"""Work side by side: functions in processes of their own, or in this one where one is to do."""

from __future__ import annotations

import multiprocessing
import os
import pickle
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from cosyn.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from multiprocessing.context import BaseContext

T = TypeVar("T")
_KEPT: dict[str, Any] = {}
"""What the work of a process of a crew has in common."""


@dataclass(frozen=True, slots=True)
class Crew:
    """Who does the work.

    Attributes
    ----------
    pool : ProcessPoolExecutor or None
        None if everything is done here, as soon as it is asked for.
    common : object
        First argument of every function.
    """

    pool: ProcessPoolExecutor | None
    common: Any

    def submit(self, function: Callable[..., T], *more: object) -> Future[T]:
        """Have ``function(common, *more)`` called; function and arguments must be picklable."""
        if self.pool is not None:
            return self.pool.submit(_called, function, more)
        done: Future[T] = Future()
        done.set_result(function(self.common, *more))
        return done


def cores() -> int:
    """Processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def crew(
    jobs: int, common: object, apart: object = None, modules: Sequence[str] = ()
) -> Iterator[Crew]:
    """Processes that begin when there is work, and end with the block.

    They do not begin as copies of this one, whose threads (a spinner) would not come along.

    Parameters
    ----------
    jobs : int
        How many processes; with 1 there are none beside this one.
    common : object
        What all functions work on.
    apart : object, optional
        The same for processes, if `common` cannot be pickled.
    modules : sequence of str
        Names of modules to import once for all processes.

    Raises
    ------
    StoreError
        ``crew.lost`` if a process ends suddenly.
    """
    if jobs < 2:
        yield Crew(None, common)
        return
    payload = pickle.dumps(common if apart is None else apart)
    pool = ProcessPoolExecutor(jobs, _context(modules), _begin, (payload,))
    try:
        yield Crew(pool, common)
    except BrokenProcessPool as error:
        raise StoreError(
            "crew.lost",
            "a process that worked beside this one",
            "it came to a sudden end",
            "Free some memory, or run with `--jobs 1`",
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


def _context(modules: Sequence[str]) -> BaseContext:
    """Processes forked from one that has imported the modules, where the system can do that."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["__main__", *modules])
    # Let it import while this process does.
    from multiprocessing.forkserver import ensure_running  # noqa: PLC0415 - not on every system

    ensure_running()
    return context


def _begin(payload: bytes) -> None:
    # It comes from the process that this one works for.
    _KEPT["common"] = pickle.loads(payload)  # noqa: S301


def _called(function: Callable[..., T], more: Sequence[object]) -> T:
    return function(_KEPT["common"], *more)
