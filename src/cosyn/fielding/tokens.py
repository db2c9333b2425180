"""Tokens: what a link carries, typable from paper, and the hashes that stores keep of them."""

from __future__ import annotations

import hmac
import re
import secrets
from unicodedata import category

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32 (2019): no I, L, O and U."""
LENGTH = 26
_AS_DRAWN = re.compile(f"[0-7][{ALPHABET}]{{{LENGTH - 1}}}")
_LOOKS_LIKE = str.maketrans("OIL", "011")
_DROPPED = {"Pd", "Cf", "Zs", "Zl", "Zp"}
"""Dashes, blanks, and what comes unseen with copied text."""


def new_token() -> str:
    """Draw 128 random bits and write them as 26 letters and digits."""
    return _written(secrets.randbits(128))


def _written(bits: int) -> str:
    return "".join(ALPHABET[bits >> (5 * place) & 31] for place in reversed(range(LENGTH)))


def drawn_token(key: bytes, said: str) -> str:
    """The token that a key gives for what is said: the same each time, and unknown without both."""
    bits = int.from_bytes(hmac.digest(key, said.encode(), "sha256")[:16], "big")
    return _written(bits)


def read_token(typed: str) -> str | None:
    """What was meant by a token as it was typed or linked; None if it cannot be one.

    Small letters, blanks and dashes do not matter, nor full-width characters; O counts as 0, I and
    L as 1.
    """
    if _AS_DRAWN.fullmatch(typed):
        return typed
    narrow = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in typed[:200])
    kept = (c for c in narrow if c not in "_\t\r\n" and category(c) not in _DROPPED)
    token = "".join(kept).upper().translate(_LOOKS_LIKE)
    known = len(token) == LENGTH and all(c in ALPHABET for c in token)
    return token if known and token[0] < "8" else None


def spelt(token: str) -> str:
    """A token in groups for paper: ``ABCDE-FGHJK-MNPQR-STVWX-YZ0123``."""
    groups = [token[start : start + 5] for start in range(0, 20, 5)]
    return "-".join([*groups, token[20:]])


def keyed_hash(key: bytes, token: str) -> str:
    """The name of a token in a store: HMAC-SHA-256, the first 128 bits, hexadecimal.

    Each store has a key of its own, so that the names in two stores have nothing in common.
    """
    return hmac.digest(key, token.encode(), "sha256").hex()[:32]
