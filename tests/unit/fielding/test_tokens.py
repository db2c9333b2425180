"""Tokens as people type them from paper."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cosyn.fielding.tokens import ALPHABET, LENGTH, keyed_hash, new_token, read_token, spelt

TOKEN = "01ABC0DEFG1HJKMNPQRSTVWXYZ"  # noqa: S105 - an example


@pytest.mark.parametrize(
    "typed",
    [
        TOKEN,
        spelt(TOKEN),
        spelt(TOKEN).lower(),
        TOKEN.replace("0", "O").replace("1", "I"),
        TOKEN.replace("0", "o").replace("1", "l"),
        f"  {spelt(TOKEN).replace('-', ' – ')}\t",
        "".join(chr(ord(c) + 0xFEE0) for c in TOKEN),
        "\u200b".join(spelt(TOKEN)),
    ],
)
def test_what_was_meant_is_read(typed: str) -> None:
    assert read_token(typed) == TOKEN


@pytest.mark.parametrize(
    "typed",
    ["", TOKEN[:-1], TOKEN + "0", "U" + TOKEN[1:], "8" + TOKEN[1:], "é" * LENGTH, "0" * 500],
)
def test_what_can_be_no_token_is_none(typed: str) -> None:
    assert read_token(typed) is None


@given(st.text(max_size=300))
def test_anything_typed_is_a_token_or_none(typed: str) -> None:
    found = read_token(typed)
    assert found is None or (len(found) == LENGTH and set(found) <= set(ALPHABET))


def test_tokens_differ_and_so_do_their_names_in_two_stores() -> None:
    drawn = {new_token() for _ in range(1000)}
    assert len(drawn) == 1000
    assert all(read_token(token) == token for token in drawn)
    assert keyed_hash(b"a" * 32, TOKEN) != keyed_hash(b"b" * 32, TOKEN)
