"""Locks of the operating system on open files: they end with the process, however it ends."""

from __future__ import annotations

import sys
from typing import IO, Any

if sys.platform == "win32":
    import msvcrt

    def hold(stream: IO[Any], *, wait: bool) -> bool:
        """Let nobody else hold this file until it is closed; tell whether it could be had."""
        stream.seek(0)
        try:
            msvcrt.locking(stream.fileno(), msvcrt.LK_LOCK if wait else msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def hold(stream: IO[Any], *, wait: bool) -> bool:
        """Let nobody else hold this file until it is closed; tell whether it could be had."""
        try:
            fcntl.flock(stream, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True
