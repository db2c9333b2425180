"""What a report is made of: blocks without layout, gathered by sections, drawn by renderers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable

    from cosyn.findings import Findings
    from cosyn.i18n import Catalogue
    from cosyn.instrument.types import Instrument
    from cosyn.plan import Plan
    from cosyn.report.numbers import Numbers
    from cosyn.report.pictures import Drawing


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell of a table.

    Attributes
    ----------
    text : str
        Formatted; an em dash where there is no value.
    reason : str
        Why there is none; becomes a note below the table.
    spoken : str
        What a sign says in words, for those who hear the page; "" where the text is words.
    large : bool
        Whether a sign is drawn larger than the text.
    """

    text: str
    reason: str = ""
    spoken: str = ""
    large: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A three-line table.

    Attributes
    ----------
    caption : str
        Without its number, which is given when the document is put together.
    align : str
        One letter a column: ``l``, ``c`` or ``r``.
    wide : bool
        Whether the columns must not be squeezed on a narrow screen.
    stacked : bool
        Whether rows become blocks there, each cell under its heading: for tables of text.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    align: str
    notes: tuple[str, ...] = ()
    wide: bool = False
    stacked: bool = False
    number: int = 0


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing with its caption, which is its text alternative too.

    Attributes
    ----------
    prefix : str
        Put before the ids within the drawing; no two figures of a report share one.
    svg : str
        The drawing as an inline SVG element; "" as long as it is not drawn.
    """

    caption: str
    drawing: Drawing
    prefix: str
    svg: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of text."""

    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """Something to judge, beside what it concerns."""

    kind: Literal["warning", "note"]
    text: str


@dataclass(frozen=True, slots=True)
class Subheading:
    """A heading within a section."""

    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Model syntax, as it was run."""

    text: str


Block = Table | Figure | Paragraph | Note | Subheading | Code


@dataclass(frozen=True, slots=True)
class Part:
    """One section of a document."""

    anchor: str
    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Document:
    """A report in one language.

    Attributes
    ----------
    banner : str
        What every page must say, "" if nothing (e.g. that the data are simulated).
    """

    language: str
    title: str
    subtitle: str
    banner: str
    parts: tuple[Part, ...]
    phrases: Catalogue


@dataclass(frozen=True, slots=True)
class Material:
    """What a section may use."""

    findings: Findings
    instrument: Instrument
    plan: Plan
    models: dict[str, str]
    language: str
    t: Catalogue
    numbers: Numbers


@dataclass(frozen=True, slots=True)
class Section:
    """An entry of the registry of sections.

    Attributes
    ----------
    order : int
        Place in the report.
    build : callable
        Material -> blocks; no blocks if there is nothing to say.
    """

    name: str
    order: int
    build: Callable[[Material], tuple[Block, ...]]


@dataclass(frozen=True, slots=True)
class Renderer:
    """An entry of the registry of renderers."""

    name: str
    suffix: str
    render: Callable[[Document], bytes]
