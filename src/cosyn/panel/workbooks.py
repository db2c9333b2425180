"""The workbook of one expert: instructions, a blind sort, and ratings against definitions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cosyn.i18n import catalogue
from cosyn.panel.material import SCALES, Definition, choices, shown
from cosyn.workbook import (
    fit_paper,
    fit_row,
    font,
    new_book,
    open_to_answer,
    packed,
    protect,
    put,
    put_band,
    put_head,
    put_identity,
    put_row,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from cosyn.i18n import Catalogue
    from cosyn.panel.material import JudgedItem, Material
    from cosyn.workbook import Choices

SCHEMA = "cosyn.panel/1"
HEAD = 2
"""Row of the headings of both sheets that are filled in."""
RATING_COLUMNS = ("item", "text", *SCALES, "comment")
_PACKAGE = "cosyn.panel"
_PAGE = 72.0
_RATING_WIDTHS = (9.0, 62.0, 21.0, 25.0, 19.0, 42.0)


def phrases_in(language: str) -> Catalogue:
    """The fixed phrases of the workbooks in a language."""
    return catalogue(_PACKAGE, language)


def sort_headings(material: Material, phrases: Catalogue) -> list[str]:
    """Headings of the blind sort."""
    attributes = [shown(attribute.label[phrases.language]) for attribute in material.attributes]
    return [phrases("heading.number"), phrases("heading.text"), *attributes]


def rating_headings(phrases: Catalogue) -> list[str]:
    """Headings of the ratings."""
    return [phrases(f"heading.{name}") for name in RATING_COLUMNS]


def scale(name: str, phrases: Catalogue) -> dict[str, str]:
    """What is offered for a rating: shown words -> code."""
    return {phrases(f"{name}.{code}"): code for code in SCALES[name]}


def workbook(material: Material, expert: int, language: str) -> bytes:
    """Write the workbook of one expert in one language.

    Raises
    ------
    InstrumentError
        If two values of an attribute have the same name, a text is longer than a cell, or there
        are no fixed phrases in the language.
    """
    phrases = phrases_in(language)
    book = new_book()
    instructions = book.create_sheet(phrases("sheet.instructions"))
    none = phrases("none")
    sorts = [[*choices(a, language, none)] for a in material.attributes]
    lists = [*sorts, *([*scale(name, phrases)] for name in SCALES)]
    sort = book.create_sheet(phrases("sheet.sort")) if material.to_sort else None
    ratings = book.create_sheet(phrases("sheet.ratings")) if material.to_rate else None
    offered = put_identity(book, _identity(material, expert, language), lists)
    _put_instructions(instructions, material, expert, phrases)
    if sort is not None:
        _put_sort(sort, material, expert, phrases, offered[: len(sorts)])
    if ratings is not None:
        _put_ratings(ratings, material, phrases, offered[len(sorts) :])
    _finish(book, phrases("who", **_who(material, expert)))
    return packed(book)


def _identity(material: Material, expert: int, language: str) -> dict[str, str]:
    return {
        "schema": SCHEMA,
        "instrument": material.instrument,
        "version": material.version,
        "digest": material.digest,
        "fingerprint": material.fingerprint,
        "form": material.form,
        "language": language,
        "expert": str(expert),
    }


def _who(material: Material, expert: int) -> dict[str, object]:
    return {
        "expert": expert,
        "instrument": material.instrument,
        "version": material.version,
        "form": material.form,
    }


def _finish(book: Workbook, who: str) -> None:
    """Protect every sheet, and print on every page whose it is."""
    for sheet in book.worksheets:
        protect(sheet)
        footer: Any = sheet.oddFooter
        footer.left.text, footer.right.text = who.replace("&", "&&"), "&P / &N"
    book.security.lockStructure = True


def _put_instructions(
    sheet: Worksheet, material: Material, expert: int, phrases: Catalogue
) -> None:
    sheet.column_dimensions["A"].width = _PAGE
    sheet.sheet_view.showGridLines = False
    fit_paper(sheet)
    title = phrases("title", title=material.title[phrases.language])
    head = ((title, 16, True), (phrases("who", **_who(material, expert)), 10, False))
    for row, (text, size, bold) in enumerate((*head, *_paragraphs(material, phrases)), start=1):
        put(sheet, row, 1, text).font = font(size=size, bold=bold)
        # An empty line below each paragraph, for the eye.
        fit_row(sheet, row, [f"{text}\n" if size == 11 else text], [_PAGE * 11 / size], size)


def _paragraphs(material: Material, phrases: Catalogue) -> Iterator[tuple[str, int, bool]]:
    """Text, size and boldness of each paragraph below the title."""
    yield phrases("intro"), 11, False
    if material.to_sort:
        step = phrases("step.sort", sheet=phrases("sheet.sort"), none=phrases("none"))
        yield step, 11, False
    if material.to_rate:
        yield phrases("step.ratings", sheet=phrases("sheet.ratings")), 11, False
    yield phrases("return"), 11, False
    if material.to_sort:
        yield phrases("meaning.sort"), 12, True
        yield from ((text, 10, False) for text in _meanings(material, phrases))
    if material.to_rate:
        yield phrases("meaning.ratings"), 12, True
        for name in SCALES:
            yield f"{phrases(f'heading.{name}')}: {'; '.join(scale(name, phrases))}", 10, False


def _meanings(material: Material, phrases: Catalogue) -> Iterator[str]:
    language = phrases.language
    for attribute in material.attributes:
        for value, label in attribute.values.items():
            meaning = attribute.definitions[value][language]
            yield f"{shown(attribute.label[language])} · {shown(label[language])}: {meaning}"


def _put_sort(
    sheet: Worksheet,
    material: Material,
    expert: int,
    phrases: Catalogue,
    offered: Sequence[Choices],
) -> None:
    headings = sort_headings(material, phrases)
    widths = [6.0, 78.0, *[20.0] * len(material.attributes)]
    put_band(sheet, 1, phrases("hint.sort"), widths)
    put_head(sheet, HEAD, headings, widths)
    items = material.shuffled(expert)
    for number, item in enumerate(items, start=1):
        put_row(sheet, HEAD + number, [str(number), item.text[phrases.language]], widths)
    rows = range(HEAD + 1, HEAD + 1 + len(items))
    for column, list_ in enumerate(offered, start=3):
        _open(sheet, rows, column, list_, headings[column - 1], phrases)


def _open(
    sheet: Worksheet,
    rows: Sequence[int],
    column: int,
    offered: Choices | None,
    heading: str,
    phrases: Catalogue,
) -> None:
    """Open the cells of a column, with a list to choose from if there is one."""
    cells = [sheet.cell(row, column) for row in rows]
    for cell in cells:
        open_to_answer(cell)
    if offered is not None:
        offered.offer(sheet, cells, heading, phrases("choose"))


def _put_ratings(
    sheet: Worksheet, material: Material, phrases: Catalogue, offered: Sequence[Choices]
) -> None:
    headings = rating_headings(phrases)
    put_band(sheet, 1, phrases("hint.ratings"), _RATING_WIDTHS)
    put_head(sheet, HEAD, headings, _RATING_WIDTHS)
    row, rows = HEAD + 1, []
    for content in _outline(material):
        if isinstance(content, Definition):
            inside = content.id != content.construct
            put_band(sheet, row, _band(content, phrases), _RATING_WIDTHS, light=inside)
        else:
            put_row(sheet, row, [content.id, content.text[phrases.language]], _RATING_WIDTHS)
            rows.append(row)
        row += 1
    for column, list_ in enumerate((*offered, None), start=3):
        _open(sheet, rows, column, list_, headings[column - 1], phrases)


def _outline(material: Material) -> Iterator[Definition | JudgedItem]:
    """Each construct, below it its facets, below them their items."""
    for construct in material.constructs:
        items = [item for item in material.to_rate if item.construct == construct.id]
        if items:
            yield construct
        for facet in material.facets:
            inside = [item for item in items if item.facet == facet.id]
            if inside:
                yield facet
                yield from inside


def _band(entry: Definition, phrases: Catalogue) -> str:
    kind = "construct" if entry.id == entry.construct else "facet"
    label = entry.label[phrases.language]
    definition = entry.definition.get(phrases.language, "")
    return phrases(f"band.{kind}", label=label, definition=definition).rstrip(" ：:")
