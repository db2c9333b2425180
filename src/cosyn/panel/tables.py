"""The tables of a panel's result: once as rows, for the workbook and for the terminal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cosyn.panel.material import SCALES, shown

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.i18n import Catalogue
    from cosyn.panel.material import Material, Placement
    from cosyn.panel.results import GroupValidity, ItemValidity, PanelResult, Sorting

Value = str | int | float | None


@dataclass(frozen=True, slots=True)
class Table:
    """Headings and rows; a figure that could not be computed is None.

    Attributes
    ----------
    short : tuple of int
        Columns that a terminal shows.
    """

    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    short: tuple[int, ...] = ()


def tables(result: PanelResult, material: Material, phrases: Catalogue) -> tuple[Table, ...]:
    """Items, facets and constructs, agreement between experts, and their comments."""
    return (
        _items(result, material, phrases),
        _groups(result, material, phrases),
        _agreement(result, material, phrases),
        _remarks(result, material, phrases),
    )


def _items(result: PanelResult, material: Material, phrases: Catalogue) -> Table:
    keys = ["item", "text", "raters", "cvi", "kappa", "cvr", "critical", "clarity"]
    sort = _sort_headings(material, phrases)
    more = [phrases(f"result.{key}") for key in ("csv", "rival", "verdict")] if sort else []
    headings = [*(phrases(f"result.{key}") for key in keys), *sort, *more]
    if not sort:
        headings.append(phrases("result.verdict"))
    texts = {item.id: item.text[phrases.language] for item in material.items}
    rows = tuple(_item_row(item, texts[item.item], material, phrases) for item in result.items)
    last = len(headings) - 1
    short = (0, 3, 4, 5, 7, *((last - 3, last - 2) if sort else ()), last)
    return Table(phrases("result.items"), tuple(headings), rows, short)


def _sort_headings(material: Material, phrases: Catalogue) -> list[str]:
    if not material.to_sort:
        return []
    hits = [
        phrases("result.hits", attribute=shown(attribute.label[phrases.language]))
        for attribute in material.attributes
    ]
    return [phrases("result.placements"), *hits, phrases("result.joint")]


def _item_row(
    item: ItemValidity, text: str, material: Material, phrases: Catalogue
) -> tuple[Value, ...]:
    r = item.relevance
    rated: list[Value] = [None] * 6
    if r is not None:
        rated = [r.raters, r.cvi, r.kappa, r.cvr, r.critical, r.clarity]
    row: list[Value] = [item.item, text, *rated, *_sorted(item.sorting, material)]
    if material.to_sort:
        s = item.substantive
        rival = f"{_words(s.rival, material, phrases)} ({s.rival_count})" if s and s.rival else ""
        row += [s.coefficient if s else None, rival]
    return (*row, phrases(f"result.{item.verdict}"))


def _sorted(sorting: Sorting | None, material: Material) -> list[Value]:
    """Cells of a row of item, facet or construct on how it was sorted."""
    if not material.to_sort:
        return []
    names = [attribute.id for attribute in material.attributes]
    if sorting is None:
        return [None] * (len(names) + 2)
    return [sorting.complete, *(sorting.hits[name] for name in names), sorting.joint]


def _words(place: Placement, material: Material, phrases: Catalogue) -> str:
    """A placement in words, e.g. ``external · driving · avoidance``."""
    return " · ".join(
        phrases("none") if value is None else shown(attribute.values[value][phrases.language])
        for attribute, value in zip(material.attributes, place, strict=True)
    )


def _groups(result: PanelResult, material: Material, phrases: Catalogue) -> Table:
    keys = ("item", "group", "count", "average", "universal", "clarity")
    sort = _sort_headings(material, phrases)
    headings = [*(phrases(f"result.{key}") for key in keys), *sort, phrases("result.verdict")]
    headings[0] = ""
    labels = {d.id: d.label[phrases.language] for d in (*material.constructs, *material.facets)}
    rows = tuple(_group_row(g, labels[g.id], material, phrases) for g in result.groups)
    last = len(headings) - 1
    short = (0, 2, 3, 4, 5, *((last - 1,) if sort else ()), last)
    return Table(phrases("result.groups"), tuple(headings), rows, short)


def _group_row(
    group: GroupValidity, label: str, material: Material, phrases: Catalogue
) -> tuple[Value, ...]:
    figures: tuple[Value, ...] = (group.items, group.average, group.universal, group.clarity)
    verdict = phrases(f"result.{group.verdict}")
    return (group.id, label, *figures, *_sorted(group.sorting, material), verdict)


def _agreement(result: PanelResult, material: Material, phrases: Catalogue) -> Table:
    keys = ("subject", "count", "observed", "fleiss", "ac1", "reason")
    names = {a.id: shown(a.label[phrases.language]) for a in material.attributes}
    names |= {"joint": phrases("result.all")}
    names |= {name: phrases(f"heading.{name}") for name in ("relevance", "necessity")}
    rows = tuple(
        (names[name], a.items, a.observed, a.fleiss_kappa, a.gwet_ac1, a.reason)
        for name, a in result.agreement.items()
    )
    headings = tuple(phrases(f"result.{key}") for key in keys)
    return Table(phrases("result.agreement"), headings, rows, (0, 1, 2, 3, 4, 5))


def _remarks(result: PanelResult, material: Material, phrases: Catalogue) -> Table:
    headings = tuple(phrases(f"result.{key}") for key in ("item", "text", "expert", "remark"))
    texts = {item.id: item.text[phrases.language] for item in material.items}
    rows = tuple((r.item, texts[r.item], r.expert, r.text) for r in result.remarks)
    return Table(phrases("result.remarks"), headings, rows, (0, 2, 3))


def notes(result: PanelResult, material: Material, phrases: Catalogue) -> Iterator[str]:
    """Who judged what by which rule, and how each figure is made, with its source."""
    rule = result.rule
    yield phrases(
        "result.who",
        experts=len(result.experts),
        languages=", ".join(f"{tag} {count}" for tag, count in result.languages.items()),
        form=result.form,
        instrument=material.instrument,
        version=material.version,
        digest=material.digest[:12],
    )
    names = {"sort": phrases("result.sorts")}
    names |= {name: phrases(f"heading.{name}") for name in SCALES}
    counts = ", ".join(f"{names[name]} {count}" for name, count in result.missing.items())
    yield phrases("result.missing", counts=counts)
    if rule is None:
        yield phrases("result.no_rule")
    else:
        yield phrases(
            "result.rule",
            cvi=f"{rule.item_cvi.at_least:.2f}",
            cvi_source=rule.item_cvi.source,
            joint=f"{rule.joint_sort.at_least:.2f}",
            joint_source=rule.joint_sort.source,
            scale=f"{rule.scale_cvi.at_least:.2f}",
            scale_source=rule.scale_cvi.source,
        )
    relevant, alpha = result.relevant, f"{result.alpha:g}"
    for name in ("cvi", "scale", "cvr", "csv", "agreement"):
        yield phrases(f"result.methods.{name}", relevant=relevant, alpha=alpha)
