"""Sealing: drafts that only the link opens, envelopes that only the holder of a key opens."""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING, Any

from cosyn.errors import StoreError, extra

with extra("field"):
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

if TYPE_CHECKING:
    from collections.abc import Mapping

PADDED_TO = 4096
_NONCE = 12
_PUBLIC = 32
OVERHEAD = _PUBLIC + _NONCE + 16
"""Bytes of an envelope beside its padded content: sender, nonce and the tag of RFC 8439."""


def derived(secret: bytes, purpose: str, salt: bytes = b"") -> bytes:
    """A key of 32 bytes for one purpose (HKDF-SHA-256, RFC 5869)."""
    return HKDF(SHA256(), 32, salt or None, f"cosyn/1/{purpose}".encode()).derive(secret)


def sealed(key: bytes, content: Mapping[str, Any], bound_to: str) -> bytes:
    """Encrypt and authenticate (ChaCha20-Poly1305, RFC 8439), at a length that tells little.

    Parameters
    ----------
    key : bytes
        32 bytes, used for sealing alone.
    bound_to : str
        Where it lies; it opens nowhere else.
    """
    nonce = secrets.token_bytes(_NONCE)
    return nonce + ChaCha20Poly1305(key).encrypt(nonce, _padded(content), bound_to.encode())


def unsealed(key: bytes, blob: bytes, bound_to: str) -> dict[str, Any]:
    """Open what `sealed` sealed.

    Raises
    ------
    StoreError
        ``field.sealed``: another key, another place, or changed.
    """
    try:
        plain = ChaCha20Poly1305(key).decrypt(blob[:_NONCE], blob[_NONCE:], bound_to.encode())
    except (InvalidTag, ValueError) as problem:
        raise _not_ours(bound_to) from problem
    return _content(plain)


def key_pair() -> tuple[bytes, bytes]:
    """A private key and its public key (X25519, RFC 7748), 32 bytes each."""
    private = X25519PrivateKey.generate()
    return private.private_bytes_raw(), private.public_key().public_bytes_raw()


def enveloped(public: bytes, content: Mapping[str, Any], bound_to: str) -> bytes:
    """Seal so that only the holder of the private key can open it, not even who sealed it."""
    once = X25519PrivateKey.generate()
    shared = once.exchange(X25519PublicKey.from_public_bytes(public))
    sender = once.public_key().public_bytes_raw()
    return sender + sealed(derived(shared, "envelope", sender + public), content, bound_to)


def opened(private: bytes, blob: bytes, bound_to: str) -> dict[str, Any]:
    """Open what `enveloped` sealed.

    Raises
    ------
    StoreError
        ``field.sealed``: another key, another place, or changed.
    """
    key, sender = X25519PrivateKey.from_private_bytes(private), blob[:_PUBLIC]
    try:
        shared = key.exchange(X25519PublicKey.from_public_bytes(sender))
    except ValueError as problem:
        raise _not_ours(bound_to) from problem
    public = key.public_key().public_bytes_raw()
    return unsealed(derived(shared, "envelope", sender + public), blob[_PUBLIC:], bound_to)


def _padded(content: Mapping[str, Any]) -> bytes:
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode()
    return text + b" " * (-len(text) % PADDED_TO)


def _content(plain: bytes) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(plain)
    return found


def _not_ours(place: str) -> StoreError:
    what = "what lies here was sealed with another key, or was changed"
    fix = "Use the keys of this wave, or restore a backup that `survey field verify` accepts"
    return StoreError("field.sealed", place, what, fix)
