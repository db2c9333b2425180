"""What is known of a form beside what its respondents see: for codebooks alone."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cosyn.i18n import Text
    from cosyn.instrument.types import Attribute, Construct, Instrument, Status, Wording


@dataclass(frozen=True, slots=True)
class AboutItem:
    """What is known of an item.

    Attributes
    ----------
    places : Mapping[str, int]
        Form -> where the item stands in it, counted from 1 in the order as listed.
    reverse, status, quasi_identifier, attributes, history
        As in `cosyn.instrument.types.Item`.
    """

    places: Mapping[str, int] = field(default_factory=dict)
    reverse: bool = False
    status: Status = "candidate"
    quasi_identifier: bool = False
    attributes: Mapping[str, str] = field(default_factory=dict)
    history: tuple[Wording, ...] = ()


@dataclass(frozen=True, slots=True)
class About:
    """What is known of a form; texts as their author wrote them, placeholders not filled.

    Attributes
    ----------
    items : Mapping[str, AboutItem]
        Of each item that the form asks.
    constructs : tuple of Construct
        Those whose items the form asks, each with the facets that it asks about.
    attributes : tuple of Attribute
        Those of the instrument that have names.
    forms : Mapping[str, Text]
        Every form of the instrument that asks one of these items, and its name.
    """

    items: Mapping[str, AboutItem] = field(default_factory=dict)
    constructs: tuple[Construct, ...] = ()
    attributes: tuple[Attribute, ...] = ()
    forms: Mapping[str, Text] = field(default_factory=dict)

    def item(self, item_id: str) -> AboutItem:
        """What is known of an item; nothing if it is unknown."""
        return self.items.get(item_id, AboutItem())


def about(instrument: Instrument, form: str) -> About:
    """Collect what is known of a form of an instrument."""
    asked = instrument.items_of(form)
    places = {f.id: _places(instrument, f.id) for f in instrument.forms}
    items = {
        item.id: AboutItem(
            places={name: place[item.id] for name, place in places.items() if item.id in place},
            reverse=item.reverse,
            status=item.status,
            quasi_identifier=item.quasi_identifier,
            attributes=item.attributes,
            history=item.history,
        )
        for item in asked
    }
    used = {name for item in items.values() for name in item.places}
    facets = {item.facet for item in asked}
    return About(
        items=items,
        constructs=tuple(filter(None, (_asked(c, facets) for c in instrument.constructs))),
        attributes=instrument.attributes,
        forms={f.id: f.label for f in instrument.forms if f.id in used},
    )


def _places(instrument: Instrument, form: str) -> dict[str, int]:
    asked = {item.id for item in instrument.items_of(form)}
    listed = [item for page in instrument.pages for item in page.items if item in asked]
    return {item: place for place, item in enumerate(listed, start=1)}


def _asked(construct: Construct, facets: set[str]) -> Construct | None:
    """Leave of a construct what is asked about."""
    kept = tuple(facet for facet in construct.facets if facet.id in facets)
    return replace(construct, facets=kept) if kept else None
