"""Marks by which a form is known as one of ours: made for this link and this page."""

from __future__ import annotations

import hmac
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

NONCE, CHECK = "_nonce", "_check"


def new_nonce() -> str:
    """128 random bits that name a page as it was shown once."""
    return secrets.token_hex(16)


def mark(key: bytes, token: str, page: str, nonce: str) -> str:
    """What only this server can put beside a nonce: HMAC-SHA-256, the first 128 bits."""
    said = f"{token}|{page}|{nonce}".encode()
    return hmac.digest(key, said, "sha256").hex()[:32]


def is_ours(key: bytes, token: str, page: str, fields: Mapping[str, str]) -> bool:
    """Tell whether a form was made here for this link and this page."""
    nonce, found = fields.get(NONCE, ""), fields.get(CHECK, "")
    right = mark(key, token, page, nonce)
    return len(nonce) == 32 and hmac.compare_digest(right.encode(), found.encode())
