"""The sheet as a Word document: tables of WordprocessingML in a package of python-docx.

Character styles say what a text is (item, text, code, label, low, high), so that the questions can
be read back whatever else somebody has changed in the document.
"""

from __future__ import annotations

import re
from functools import cache
from html import escape
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING, Any

from cosyn.archive import AUTHOR, EPOCH, repacked
from cosyn.errors import extra

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from docx.document import Document

    from cosyn.exporters._paper_sheet import Answer, Group, Line, Number, Part, Sheet

_NAMESPACE = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
# Lengths are twentieths of a point: A4, its margins, and the columns of a table.
_PAPER, _MARGIN, _WIDTH = (11906, 16838), 737, 10432
_NUMBER, _OPTION, _APART, _QR = 870, 652, 680, 1500
_LONGEST = 255  # characters of a property
_BREAKS = {"\n": "<w:br/>", "\t": "<w:tab/>"}
_BREAK = re.compile(r"([\n\t])")
_FRAME = "".join(
    f'<w:{side} w:val="single" w:sz="4" w:color="A6A6A6"/>' for side in ("bottom", "insideH")
)
_SET_APART = '<w:tcBorders><w:left w:val="dashed" w:sz="4" w:color="666666"/></w:tcBorders>'


def docx(sheet: Sheet) -> bytes:
    """Write the document.

    Raises
    ------
    ExtraError
        If the optional part is not installed.
    """
    with extra("paper"):
        import segno  # noqa: PLC0415 - an optional part
        from docx import Document  # noqa: PLC0415 - an optional part
        from docx.oxml import parse_xml  # noqa: PLC0415
        from docx.shared import Mm  # noqa: PLC0415
    document = Document()
    _set_up(document, sheet)
    for element in parse_xml(f"<w:body {_NAMESPACE}>{''.join(_body(sheet))}</w:body>"):
        _add(element, document)
    drawn = BytesIO()
    segno.make_qr(sheet.code, error="m").save(drawn, kind="png", scale=8, border=2)
    beside_title = document.tables[0].cell(0, 1).paragraphs[0]
    beside_title.add_run().add_picture(drawn, width=Mm(22))
    document.element.xpath("//wp:docPr")[0].set("descr", f"{sheet.code_label}: {sheet.code}")
    written = BytesIO()
    document.save(written)
    return repacked(written.getvalue())


def _add(element: Any, document: Document) -> None:
    """Put an element at the end; its rows one by one, for a large tree moves in quadratic time."""
    rows = element.tr_lst if element.tag.endswith("}tbl") else []
    for row in rows:
        element.remove(row)
    document.element.body.sectPr.addprevious(element)
    for row in rows:
        element.append(row)


def _set_up(document: Document, sheet: Sheet) -> None:
    """Set paper, styles, foot and properties."""
    from docx.oxml import parse_xml  # noqa: PLC0415 - an optional part
    from docx.shared import Twips  # noqa: PLC0415

    styles = document.styles.element
    styles[:] = parse_xml(_styles(chinese=sheet.language.startswith("zh")))
    section = document.sections[0]
    section.page_width, section.page_height = map(Twips, _PAPER)
    section.left_margin = section.right_margin = section.top_margin = Twips(_MARGIN)
    section.bottom_margin, section.footer_distance = Twips(_MARGIN + 170), Twips(_MARGIN // 2)
    section.footer.is_linked_to_previous = False
    section.footer.part.element[:] = parse_xml(f"<w:ftr {_NAMESPACE}>{_foot(sheet)}</w:ftr>")
    for grid in document.element.xpath("//w:docGrid"):
        grid.getparent().remove(grid)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = sheet.title[:_LONGEST], AUTHOR, ""
    properties.language = sheet.language
    properties.created = properties.modified = EPOCH


@cache
def _styles(*, chinese: bool) -> str:
    """Styles; in Chinese, paragraphs are indented and ambiguous signs are as wide as characters."""
    styles = files("cosyn.exporters").joinpath("templates", "paper.styles.xml")
    text = styles.read_text(encoding="utf-8")
    hint, chars, length = ("eastAsia", "200", "380") if chinese else ("default", "0", "0")
    return text.replace("$hint", hint).replace("$chars", chars).replace("$length", length)


def _foot(sheet: Sheet) -> str:
    fields = {"{number}": _field("PAGE"), "{count}": _field("NUMPAGES")}
    page = [fields.get(piece) or _run(piece) for piece in sheet.page_of]
    return _paragraph("Footer", _run(f"{sheet.stamp}\t"), *page)


def _body(sheet: Sheet) -> Iterator[str]:
    yield _head(sheet)
    yield _paragraph("CosynGap")
    if sheet.consent:
        yield _paragraph("CosynConsentTitle", _run(sheet.consent_title))
        yield _paragraph("CosynConsent", _run(sheet.consent))
    yield _paragraph("CosynSmall", _run(sheet.how))
    for part in sheet.parts:
        yield from _part(part)
    yield _paragraph("Normal", _run(sheet.closing, "CosynStrong"))
    yield _paragraph("CosynSmall", _run(sheet.hand_back))


def _head(sheet: Sheet) -> str:
    """Put title, introduction and department beside the code."""
    department = sheet.department or "_" * 24
    label = _run(f"{sheet.department_label}  ", "CosynStrong")
    text = (
        _paragraph("Title", _run(sheet.title)),
        _paragraph("CosynIntroduction", _run(sheet.introduction)),
        _paragraph("Normal", label, _run(department)),
        _paragraph("CosynSmall", _run(sheet.department_hint)),
    )
    widths = (_WIDTH - _QR, _QR)
    cells = (_cell(widths[0], *text), _cell(widths[1], _paragraph("CosynMark")))
    return _table(widths, [_row(cells)], borders="")


def _part(part: Part) -> Iterator[str]:
    title = _run(f"{part.part}  ", "CosynQuiet"), _run(part.title)
    yield _paragraph("Heading1", *title)
    yield _paragraph("CosynInstruction", _run(part.instruction))
    reserved = max((_apart(group) for group in part.groups if group.table), default=0)
    for group in part.groups:
        yield _matrix(group, reserved) if group.table else _one_by_one(group)
        yield _paragraph("CosynGap")  # tables that touch become one


def _apart(group: Group) -> int:
    return sum(answer.apart for answer in group.answers)


def _matrix(group: Group, reserved: int) -> str:
    """Draw a table; answers of all tables of a part stand below one another."""
    options = len(group.answers) - _apart(group)
    columns = [_OPTION] * options + [_APART] * reserved
    widths = (_NUMBER, _WIDTH - _NUMBER - sum(columns), *columns)
    blank = "".join(_cell(_APART, _paragraph("CosynMark")) for _ in range(reserved - _apart(group)))
    headings = _boxes(group.answers, _heading, align="bottom")
    boxes = _boxes(group.answers, _mark, align="center") + blank
    corner = "".join(_cell(width, _paragraph("CosynColumn")) for width in widths[:2])
    rows = [_row((corner, headings, blank), header=True)]
    rows += [_row((_statement(line, widths), boxes)) for line in group.lines]
    return _table(widths, rows)


def _boxes(answers: Iterable[Answer], content: Callable[[Answer], str], *, align: str) -> str:
    """Make a cell an answer, with a dashed line before the first reason for giving none."""
    cells, apart = [], False
    for answer in answers:
        border = _SET_APART if answer.apart and not apart else ""
        apart = answer.apart
        width = _APART if apart else _OPTION
        cells.append(_cell(width, content(answer), borders=border, align=align))
    return "".join(cells)


def _one_by_one(group: Group) -> str:
    widths = (_NUMBER, _WIDTH - _NUMBER)
    answer = (_digits(group.number) if group.number else "") + _listed(group.answers)
    return _table(widths, [_row((_statement(line, widths, answer),)) for line in group.lines])


def _statement(line: Line, widths: Sequence[int], answer: str = "") -> str:
    """Write number, item and text, what follows below the text, and how it may end."""
    number = (
        _run(str(line.number), "CosynStrong"),
        "<w:r><w:br/></w:r>",
        _run(line.item, "CosynItem"),
    )
    text = _paragraph("Normal", _run(line.text, "CosynText"))
    hint = _paragraph("CosynSmall", _run(line.hint)) if line.hint else ""
    align = "top" if answer else "center"
    first = _cell(widths[0], _paragraph("Normal", *number), align=align)
    return first + _cell(widths[1], text, answer, hint)


def _listed(answers: Iterable[Answer]) -> str:
    paragraphs, apart = [], False
    for answer in answers:
        style = "CosynApart" if answer.apart and not apart else "CosynAnswer"
        apart = answer.apart
        paragraphs.append(
            _paragraph(style, *_box(answer), _run("  "), _run(answer.label, "CosynLabel"))
        )
    return "".join(paragraphs)


def _heading(answer: Answer) -> str:
    return _paragraph("CosynColumn", _run(answer.label, "CosynLabel"))


def _mark(answer: Answer) -> str:
    return _paragraph("CosynMark", *_box(answer))


def _box(answer: Answer) -> tuple[str, str]:
    return _run("\u25a1", "CosynBox"), _run(str(answer.code), "CosynCode")


def _digits(number: Number) -> str:
    boxes = _run("\u25a1" * number.digits, "CosynDigit") if number.digits else _run("_" * 24)
    bounds = {"{low}": _run(number.low, "CosynLow"), "{high}": _run(number.high, "CosynHigh")}
    hint = [bounds.get(piece) or _run(piece, "CosynQuiet") for piece in number.hint]
    return _paragraph("CosynAnswer", boxes, _run("   "), *hint)


def _run(text: str, style: str = "") -> str:
    pieces = (
        _BREAKS.get(piece, f'<w:t xml:space="preserve">{escape(piece, quote=False)}</w:t>')
        for piece in _BREAK.split(text)
        if piece
    )
    properties = f'<w:rPr><w:rStyle w:val="{style}"/></w:rPr>' if style else ""
    return f"<w:r>{properties}{''.join(pieces)}</w:r>" if text else ""


def _field(name: str) -> str:
    return f'<w:fldSimple w:instr="{name}">{_run("1")}</w:fldSimple>'


def _paragraph(style: str, *runs: str) -> str:
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>{"".join(runs)}</w:p>'


def _cell(width: int, *paragraphs: str, borders: str = "", align: str = "center") -> str:
    size = f'<w:tcW w:w="{width}" w:type="dxa"/>'
    properties = f'<w:tcPr>{size}{borders}<w:vAlign w:val="{align}"/></w:tcPr>'
    return f"<w:tc>{properties}{''.join(paragraphs)}</w:tc>"


def _row(cells: Iterable[str], *, header: bool = False) -> str:
    repeated = "<w:tblHeader/>" if header else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{repeated}</w:trPr>{''.join(cells)}</w:tr>"


def _table(widths: Sequence[int], rows: Iterable[str], borders: str = _FRAME) -> str:
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    sides = (("top", 40), ("left", 20), ("bottom", 40), ("right", 20))
    margins = "".join(f'<w:{side} w:w="{width}" w:type="dxa"/>' for side, width in sides)
    return (
        f'<w:tbl><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f"<w:tblBorders>{borders}</w:tblBorders>"
        f'<w:tblLayout w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{columns}</w:tblGrid>{''.join(rows)}</w:tbl>"
    )
