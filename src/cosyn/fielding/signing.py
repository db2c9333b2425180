"""Signatures of a study: what anyone can check who knows its public key."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from cosyn.atomic import make_folder
from cosyn.errors import extra
from cosyn.fielding.keys import read_key, write_key

with extra("field"):
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import (
        Ed25519PrivateKey,
        Ed25519PublicKey,
    )

if TYPE_CHECKING:
    from pathlib import Path

SECRET, PUBLIC = "signing.key", "signing.pub"
_GROUP = 4


def signing_key(folder: Path) -> bytes:
    """Read the study's key for signing, 32 bytes; draw one where there is none.

    Its public half is written beside it, to be handed out.

    Raises
    ------
    StoreError
        ``field.key`` if a file is no key, ``field.no-key`` if only the public half is there; or the
        machine refuses.
    """
    secret, public = folder / SECRET, folder / PUBLIC
    if not secret.exists() and not public.exists():
        make_folder(folder)
        drawn = secrets.token_bytes(32)
        write_key(secret, drawn)
        write_key(public, public_half(drawn))
    return read_key(secret)


def public_half(key: bytes) -> bytes:
    """The public key that belongs to a secret one, 32 bytes."""
    return Ed25519PrivateKey.from_private_bytes(key).public_key().public_bytes_raw()


def signature(key: bytes, content: bytes) -> bytes:
    """Sign (Ed25519, RFC 8032): 64 bytes, the same for the same content."""
    return Ed25519PrivateKey.from_private_bytes(key).sign(content)


def is_signed(public: bytes, content: bytes, shown: bytes) -> bool:
    """Tell whether the holder of the secret half signed this content."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(shown, content)
    except (InvalidSignature, ValueError):
        return False
    return True


def spelt_key(public: bytes) -> str:
    """A public key as people compare it: groups of four."""
    digits = public.hex()
    return " ".join(digits[at : at + _GROUP] for at in range(0, len(digits), _GROUP))
