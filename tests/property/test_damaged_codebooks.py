"""Readers of codebooks either read a damaged file or say that they cannot; they never stumble."""

from __future__ import annotations

from contextlib import suppress
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.exporters.codebook_forms import library

from cosyn.exporters import EXPORTERS
from cosyn.structures import READERS, Unreadable


@cache
def whole(name: str) -> bytes:
    files = EXPORTERS[name].write(library(), "en").files
    return next(content for file, content in files.items() if file.endswith(READERS[name].suffixes))


@pytest.mark.parametrize("name", ["ddi", "datapackage", "spss", "codebook"])
@given(data=st.data())
@settings(max_examples=150, deadline=None)
def test_damage_is_read_or_refused(name: str, data: st.DataObject) -> None:
    content = whole(name)
    start = data.draw(st.integers(0, len(content)))
    length = data.draw(st.integers(0, 60))
    piece = data.draw(
        st.one_of(st.binary(max_size=8), st.sampled_from([b"'", b".\n", b"(", b"null"]))
    )
    damaged = content[:start] + piece + content[start + length :]
    with suppress(Unreadable):
        assert READERS[name].read(damaged).languages
