"""Disks that fill up or fail, and clocks that jump: for root on Linux, and for tests alone."""

from __future__ import annotations

import fcntl
import os
import shutil
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

_BALLAST = "ballast"
_SYS_ADMIN = 21  # of capabilities(7)
_SHUTDOWN, _LOG_FLUSHED = 0x8004587D, 1
"""EXT4_IOC_SHUTDOWN of Linux, as its own tests of file systems use it."""


@dataclass(frozen=True)
class Disk:
    """A small file system of its own.

    Attributes
    ----------
    image : Path or None
        The file that it lies in; None if it lies in memory.
    """

    folder: Path
    image: Path | None = None

    def fill(self) -> None:
        """Leave no byte."""
        with (self.folder / _BALLAST).open("ab", buffering=0) as stream:
            for size in (2**16, 2**12, 1):
                try:
                    while stream.write(bytes(size)) == size:
                        pass
                except OSError:
                    continue

    def empty(self) -> None:
        (self.folder / _BALLAST).unlink()

    def make_read_only(self) -> None:
        """What a kernel does with a file system in which it has found a fault.

        Nothing may be on its way to the disk: a kernel that gives up a journal in the midst of a
        commit can tell programs that it was written.
        """
        os.sync()
        _run("mount", "-o", "remount,abort", self.folder)

    def cut(self) -> None:
        """As if the power failed: what was not synced is gone, and every access an error.

        Nothing may be on its way, as above.
        """
        opened = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.ioctl(opened, _SHUTDOWN, struct.pack("I", _LOG_FLUSHED))
        finally:
            os.close(opened)

    def mend(self) -> None:
        """What an administrator does: unmount, check, mount."""
        assert self.image is not None
        _run("umount", self.folder)
        # 1: faults were mended, as is to be expected.
        _run("e2fsck", "-f", "-y", self.image, good=(0, 1))
        _run("mount", "-o", "loop", self.image, self.folder)


@contextmanager
def disk_in_memory(folder: Path, megabytes: int = 48) -> Iterator[Disk]:
    _run("mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "none", folder)
    try:
        yield Disk(folder)
    finally:
        _run("umount", folder)


@contextmanager
def disk_in_file(folder: Path, megabytes: int = 64) -> Iterator[Disk]:
    """A journalling file system, that can fail as a device does."""
    image = folder.with_suffix(".img")
    with image.open("wb") as stream:
        stream.truncate(megabytes * 2**20)
    _run("mkfs.ext4", "-q", "-F", image)
    _run("mount", "-o", "loop", image, folder)
    try:
        yield Disk(folder, image)
    finally:
        _run("umount", folder)
        image.unlink()


def _run(program: str, *arguments: str | Path, good: tuple[int, ...] = (0,)) -> None:
    path = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin"))
    known = {**os.environ, "PATH": path}
    command = (shutil.which(program, path=path) or program, *arguments)
    done = subprocess.run(command, check=False, capture_output=True, text=True, env=known)
    assert done.returncode in good, (command, done.returncode, done.stdout, done.stderr)


def may_mount() -> bool:
    """Whether file systems can be mounted here: by root, and where somebody has said so."""
    said = os.environ.get("COSYN_MOUNTS") or os.environ.get("COSYN_REFEREES") == "required"
    if sys.platform != "linux" or not said or not Path("/dev/loop-control").exists():
        return False
    status = Path("/proc/self/status").read_text()
    granted = int(status.partition("CapEff:")[2].split()[0], 16)
    return bool(granted >> _SYS_ADMIN & 1) and _mounts()


def _mounts() -> bool:
    """Try it: containers may forbid what the capabilities grant."""
    with TemporaryDirectory() as place:
        folder = Path(place) / "disk"
        folder.mkdir()
        try:
            with disk_in_file(folder), disk_in_memory(folder):
                return True
        except (AssertionError, OSError):
            return False


_LIBRARIES = ("libfaketimeMT.so.1", "libfaketime.so.1")


def false_clock() -> Path | None:
    """The library that gives programs another time (Debian: faketime); None if it is not there."""
    found = (p for name in _LIBRARIES for p in Path("/usr/lib").glob(f"*/faketime/{name}"))
    return next(found, None)


@dataclass(frozen=True)
class Clock:
    """The time of day of other processes; how long something takes stays as it is."""

    library: Path
    file: Path

    def set(self, seconds: int) -> None:
        """So many seconds ahead of the true time, or behind it."""
        new = self.file.with_suffix(".new")
        new.write_text(f"{seconds:+d}\n")
        new.replace(self.file)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "LD_PRELOAD": str(self.library),
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        }
