"""Contents that a reader of structures may be handed: anything, or a good file with one part wrong."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

from hypothesis import strategies as st

from cosyn.instrument.structure import Structure, differences
from cosyn.structures import Reader, Unreadable

JSONS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)  # fmt: skip


def places(value: Any, way: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Return the ways to every part of a JSON value."""
    found = [way]
    if isinstance(value, dict):
        found += [p for key, inner in value.items() for p in places(inner, (*way, key))]
    elif isinstance(value, list):
        found += [p for key, inner in enumerate(value) for p in places(inner, (*way, key))]
    return found


@st.composite
def _damaged(draw: st.DrawFn, content: bytes) -> bytes:
    document = json.loads(content)
    *way, last = draw(st.sampled_from(places(document)[1:]))
    part = document
    for step in way:
        part = part[step]
    part[last] = draw(JSONS)
    return json.dumps(document).encode()


def foreign(content: bytes) -> st.SearchStrategy[bytes]:
    """Draw the JSON content with one part replaced by anything, other JSON, or any bytes."""
    other = JSONS.map(lambda value: json.dumps(value).encode())
    return _damaged(content) | _damaged(content) | other | st.binary(max_size=40)


def check_foreign(reader: Reader, content: bytes, sent: Structure) -> None:
    """Let the reader refuse the content or give what can be compared, and nothing else."""
    with suppress(Unreadable):
        held = reader.read(content)
        assert all(d.sent != d.held for d in differences(sent, held))
