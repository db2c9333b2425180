"""Columns whose names hold the groups that a question stands in, as forms of XLSForm have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.importers._match import wordings_of
from cosyn.spelling import plain

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from cosyn.importers._types import Role
    from cosyn.instrument.types import Instrument


def items_in_groups(
    names: Iterable[str], own: Container[str], instrument: Instrument, mark: str
) -> dict[str, Role]:
    """Find items behind their groups: ``page/A1``, or ``How far?/I feel valued.`` by labels.

    Parameters
    ----------
    own : container of str
        The platform's own columns, which are left alone.
    mark : str
        Parts the groups.
    """
    known = wordings_of(instrument) | {plain(item.id): item.id for item in instrument.items}
    found: dict[str, Role] = {}
    for name in names:
        spelt = plain(name)
        # The longest first: a wording may hold the mark itself.
        ends = [spelt, *(spelt[i + 1 :].strip() for i, sign in enumerate(spelt) if sign == mark)]
        item = next((known[end] for end in ends if end in known), "")
        if item and name not in own:
            found[name] = ("item", item)
    return found
