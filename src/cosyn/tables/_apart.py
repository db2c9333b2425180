"""Read a file in a process of its own: a damaged one can break libraries in C and Rust.

What such a library prints by itself, or its end by a signal, cannot be kept from within the
process without taking standard error from every other thread, or not at all.
"""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from cosyn.errors import ResponseError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from cosyn.tables._types import RawTable

_BUG = 1
_SECONDS, _SECONDS_A_MB = 60, 10
"""Many times what any sound file takes: damage can send a library round in circles."""


class Damaged(Exception):
    """What a library says of a file that it cannot read."""


def insist(library: str) -> None:
    """Raise `ImportError` if a library is not there, without the time that importing it takes."""
    if find_spec(library) is None:
        raise ImportError(f"No module named {library!r}")


def apart(function: Callable[..., RawTable], path: Path, *more: str) -> RawTable:
    """Call a function of a module of ours with a path, as a text, and other texts.

    Raises
    ------
    Damaged
        If the function does, or its process came to a sudden end, or to none.
    ResponseError
        If the function does.
    RuntimeError
        With the traceback, for any other exception: a bug of ours.
    """
    called = [function.__module__, function.__name__, str(path), *more]
    try:
        found = subprocess.run(  # noqa: S603 - this Python, and a function of ours
            [sys.executable, "-P", "-m", __name__, *called],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            timeout=_SECONDS + _SECONDS_A_MB * path.stat().st_size / 1e6,
        )
    except subprocess.TimeoutExpired as late:
        raise Damaged("the library that reads it does not come to an end") from late
    if found.returncode == _BUG:
        raise RuntimeError(found.stderr.decode(errors="replace"))
    if found.returncode:
        raise Damaged("the library that reads it broke down")
    # It comes from a process that may do what this one may.
    kind, answer = pickle.loads(found.stdout)  # noqa: S301
    match kind:
        case "damaged":
            raise Damaged(answer)
        case "refused":
            raise ResponseError(*answer)
    table: RawTable = answer
    return table


def leave_half_of_the_memory() -> None:
    """Take the other half at most, whatever a file claims to hold; on Windows there is no limit."""
    try:
        import resource  # noqa: PLC0415 - Windows has none
    except ImportError:
        return
    half = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    now, most = resource.getrlimit(resource.RLIMIT_DATA)
    if now == resource.RLIM_INFINITY or now > half:
        resource.setrlimit(resource.RLIMIT_DATA, (half, most))


def serve() -> None:
    """Do what the arguments of this process say, and print what comes of it."""
    module, function, *arguments = sys.argv[1:]
    leave_half_of_the_memory()
    answer: tuple[str, Any]
    try:
        answer = "read", getattr(import_module(module), function)(*arguments)
    except MemoryError:
        answer = "damaged", "there is no memory for all that it says it holds"
    except Damaged as problem:
        answer = "damaged", str(problem)
    except ResponseError as fault:
        answer = "refused", (fault.code, fault.where, fault.what, fault.fix)
    sys.stdout.buffer.write(pickle.dumps(answer))


if __name__ == "__main__":
    # Under the name by which functions know it, so that `Damaged` is the class that they raise.
    import_module("cosyn.tables._apart").serve()
