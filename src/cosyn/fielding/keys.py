"""The keys of a wave: what the server must know, and what only the researchers may hold."""

from __future__ import annotations

import hashlib
import os
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cosyn.atomic import guarded, make_folder
from cosyn.errors import StoreError
from cosyn.fielding.sealing import derived, enveloped, key_pair, opened

if TYPE_CHECKING:
    from pathlib import Path

SERVER, PRIVATE, PUBLIC = "server.key", "answers.key", "answers.pub"
_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Keys:
    """What the server works with; no private key is among them.

    Attributes
    ----------
    roster, answers, urn, csrf, watch : bytes
        Derived from the server's secret, one for each purpose.
    public : bytes
        Seals envelopes that the server cannot open itself.
    fingerprint : str
        Names secret and public key without telling anything of them.
    """

    roster: bytes
    answers: bytes
    urn: bytes
    csrf: bytes
    watch: bytes
    public: bytes
    fingerprint: str


def make_keys(folder: Path) -> Keys:
    """Draw the keys of a new wave and write them as files that their owner alone may read.

    Raises
    ------
    StoreError
        ``field.keys-exist`` if there are keys already, which nothing overwrites; or the machine
        refuses.
    """
    private, public = key_pair()
    make_folder(folder)
    with guarded(folder, "protect the folder"):
        folder.chmod(0o700)
    for name, key in (
        (SERVER, secrets.token_bytes(_LENGTH)),
        (PRIVATE, private),
        (PUBLIC, public),
    ):
        write_key(folder / name, key)
    return read_keys(folder)


def read_keys(folder: Path) -> Keys:
    """Read what the server needs.

    Raises
    ------
    StoreError
        ``field.no-key`` or ``field.key``: a file is missing or is no key.
    """
    secret, public = read_key(folder / SERVER), read_key(folder / PUBLIC)
    return Keys(
        roster=derived(secret, "roster"),
        answers=derived(secret, "answers"),
        urn=derived(secret, "urn"),
        csrf=derived(secret, "csrf"),
        watch=derived(secret, "watch"),
        public=public,
        fingerprint=hashlib.sha256(derived(secret, "fingerprint") + public).hexdigest()[:32],
    )


def read_private(path: Path, public: bytes) -> bytes:
    """Read the key that opens envelopes, and make sure that it belongs to the public one.

    Raises
    ------
    StoreError
        ``field.no-key``, ``field.key``, or ``field.other-key`` if it is another wave's.
    """
    private = read_key(path)
    try:
        opened(private, enveloped(public, {}, "trial"), "trial")
    except StoreError as problem:
        what = "this key opens the answers of another wave"
        fix = f"Name the {PRIVATE} that was made together with this wave's {PUBLIC}"
        raise StoreError("field.other-key", str(path), what, fix) from problem
    return private


def read_key(path: Path) -> bytes:
    """Read one key, 32 bytes.

    Raises
    ------
    StoreError
        ``field.no-key`` or ``field.key``.
    """
    if not path.is_file():
        fix = "Restore it from where it is kept safely, or name it with --key"
        raise StoreError("field.no-key", str(path), "the key is not there", fix)
    with guarded(path, "read"):
        spelt = path.read_bytes()
    try:
        key = bytes.fromhex(spelt.decode("ascii").strip())
    except ValueError:
        key = b""
    if len(key) != _LENGTH:
        what, fix = "this is no key of a wave", "Restore the file as it was made"
        raise StoreError("field.key", str(path), what, fix)
    return key


def write_key(path: Path, key: bytes) -> None:
    """Write one key as a file that its owner alone may read.

    Raises
    ------
    StoreError
        ``field.keys-exist`` if there is a file already, which nothing overwrites; or the machine
        refuses.
    """
    if path.exists():
        fix = "Use this wave, or begin another with --wave"
        raise StoreError("field.keys-exist", str(path), "there is a key already", fix)
    with guarded(path, "write"):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as stream:
            stream.write(key.hex() + "\n")
            stream.flush()
            os.fsync(stream.fileno())
