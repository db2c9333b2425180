"""Read experts' workbooks back: what each sorted and rated, and what is wrong with a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from cosyn.errors import ResponseError, SurveyError, raise_all
from cosyn.panel.material import SCALES, choices, plain
from cosyn.panel.workbooks import (
    HEAD,
    RATING_COLUMNS,
    SCHEMA,
    phrases_in,
    rating_headings,
    scale,
    sort_headings,
)
from cosyn.workbook import identity_of, read_book, written

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from cosyn.instrument.types import Instrument
    from cosyn.panel.material import Material

_AGAIN = "Fill in the file that `survey panel write` made, in the workbook itself"


@dataclass(frozen=True, slots=True)
class Rating:
    """What an expert says of one item; None where nothing was chosen.

    Attributes
    ----------
    relevance, clarity : int or None
        1 to 4.
    necessity : "essential", "useful", "unnecessary" or None
    """

    relevance: int | None
    necessity: str | None
    clarity: int | None
    comment: str


@dataclass(frozen=True, slots=True)
class Answers:
    """The workbook of one expert.

    Attributes
    ----------
    places : Mapping
        Item -> attribute -> value chosen, None for "does not apply"; an attribute that the
        expert left empty is not among the keys.
    ratings : Mapping
        Item -> rating.
    """

    file: str
    expert: int
    language: str
    places: Mapping[str, Mapping[str, str | None]]
    ratings: Mapping[str, Rating]


class Opened(NamedTuple):
    """A workbook that says it is an expert's, not yet read."""

    name: str
    book: Workbook
    identity: Mapping[str, str]


def open_answers(path: Path) -> Opened:
    """Open a workbook and see what it is.

    Raises
    ------
    ResponseError
        If it is no expert's workbook.
    """
    book = read_book(path)
    identity = identity_of(book)
    wanted = {"digest", "fingerprint", "form", "language", "expert"}
    complete = identity.get("schema") == SCHEMA and wanted <= identity.keys()
    if not complete or not identity["expert"].isdecimal():
        raise ResponseError(
            "panel.no-workbook",
            path.name,
            "this is no workbook of an expert: the hidden sheet that says so is missing",
            _AGAIN,
        )
    return Opened(path.name, book, identity)


def check_together(opened: Sequence[Opened], instrument: Instrument) -> str:
    """See that workbooks belong to one panel of this instrument, and return its form.

    Raises
    ------
    ResponseError, Faults
        One for each workbook that belongs to another wording, form or expert.
    """
    faults: list[SurveyError] = []
    form = opened[0].identity["form"]
    experts: dict[str, str] = {}
    for name, _, identity in opened:
        if identity["digest"] != instrument.digest:
            what = (
                f"it was written for another wording ({identity['digest'][:12]}) than the "
                f"present one ({instrument.digest[:12]})"
            )
            fix = "Restore that version of the instrument, or leave the file out"
            faults.append(ResponseError("panel.other-wording", name, what, fix))
        if identity["form"] != form:
            what = f"it is of form {identity['form']!r}, {opened[0].name} of form {form!r}"
            faults.append(
                ResponseError("panel.other-form", name, what, "Read the forms one by one")
            )
        if identity["expert"] in experts:
            what = f"it is of expert {identity['expert']}, as is {experts[identity['expert']]}"
            fix = "Keep the one that the expert filled in"
            faults.append(ResponseError("panel.same-expert", name, what, fix))
        experts.setdefault(identity["expert"], name)
    raise_all(faults)
    return form


def read_answers(opened: Sequence[Opened], material: Material) -> tuple[Answers, ...]:
    """What the experts chose and wrote, in the order of their numbers.

    Raises
    ------
    ResponseError, Faults
        Every cell that cannot be, with file, sheet and row.
    """
    faults: list[SurveyError] = []
    found = [_read(each, material, faults) for each in opened]
    raise_all(faults)
    return tuple(sorted((a for a in found if a is not None), key=lambda answers: answers.expert))


def _read(opened: Opened, material: Material, faults: list[SurveyError]) -> Answers | None:
    name, book, identity = opened
    language, expert = identity["language"], int(identity["expert"])
    if identity["fingerprint"] != material.fingerprint or language not in material.languages:
        what = "it was written with other definitions than the present ones"
        fix = "Restore those definitions, or leave the file out"
        faults.append(ResponseError("panel.other-definitions", name, what, fix))
        return None
    reader = _Reader(name, book, material, language, faults)
    return Answers(
        file=name,
        expert=expert,
        language=language,
        places=reader.places(expert) if material.to_sort else {},
        ratings=reader.ratings() if material.to_rate else {},
    )


class _Reader:
    """Reads the sheets of one workbook; faults are noted, not raised."""

    def __init__(
        self,
        name: str,
        book: Workbook,
        material: Material,
        language: str,
        faults: list[SurveyError],
    ) -> None:
        self.name, self.book, self.material, self.faults = name, book, material, faults
        self.phrases = phrases_in(language)

    def places(self, expert: int) -> dict[str, dict[str, str | None]]:
        title = self.phrases("sheet.sort")
        attributes = self.material.attributes
        order = {str(k): item.id for k, item in enumerate(self.material.shuffled(expert), start=1)}
        none, language = self.phrases("none"), self.phrases.language
        offered = [choices(attribute, language, none) for attribute in attributes]
        found: dict[str, dict[str, str | None]] = {}
        for row, item, cells in self._rows(
            title, sort_headings(self.material, self.phrases), order
        ):
            found[item] = {}
            for attribute, words, said in zip(attributes, offered, cells[2:], strict=True):
                if said and self._known(title, row, said, words):
                    found[item][attribute.id] = _meant(words, said)
        return found

    def ratings(self) -> dict[str, Rating]:
        title = self.phrases("sheet.ratings")
        order = {item.id: item.id for item in self.material.to_rate}
        offered = {name: scale(name, self.phrases) for name in SCALES}
        # A bare number says the same as the words that begin with it.
        offered = {
            name: words | {code: code for code in words.values()} for name, words in offered.items()
        }
        found = {}
        for row, item, cells in self._rows(title, rating_headings(self.phrases), order):
            said = dict(zip(RATING_COLUMNS, cells, strict=True))
            chosen = {
                name: _meant(words, said[name])
                for name, words in offered.items()
                if said[name] and self._known(title, row, said[name], words)
            }
            found[item] = Rating(
                relevance=_number(chosen.get("relevance")),
                necessity=chosen.get("necessity"),
                clarity=_number(chosen.get("clarity")),
                comment=said["comment"],
            )
        return found

    def _rows(
        self, title: str, headings: Sequence[str], order: Mapping[str, str]
    ) -> Iterator[tuple[int, str, list[str]]]:
        """Row number, item and cells of each row that an item stands in."""
        sheet = self._sheet(title, headings)
        if sheet is None:
            return
        seen: dict[str, int] = {}
        for row in range(HEAD + 1, sheet.max_row + 1):
            cells = [written(sheet.cell(row, c).value) for c in range(1, len(headings) + 1)]
            key, said = cells[0], cells[2:]
            if key in order and key not in seen:
                seen[key] = row
                yield row, order[key], cells
            elif key in seen:
                what = f"{key!r} already stands in row {seen[key]}"
                self.fault("twice", title, row, what, "Keep one of the two rows")
            elif any(said):
                what = f"{key!r} is none of the items of this sheet"
                fix = "Leave the first column as it was written"
                self.fault("unknown-item", title, row, what, fix)

    def _sheet(self, title: str, headings: Sequence[str]) -> Worksheet | None:
        sheet = self.book[title] if title in self.book.sheetnames else None
        columns = range(1, len(headings) + 1)
        found = sheet and [written(sheet.cell(HEAD, column).value) for column in columns]
        if found == list(headings):
            return sheet
        what = "the sheet or its headings are not where they were"
        fix = "Copy the answers into a fresh workbook from `survey panel write`"
        self.fault("changed-layout", title, HEAD, what, fix)
        return None

    def _known(self, title: str, row: int, said: str, words: Mapping[str, str | None]) -> bool:
        if plain(said) in map(plain, words):
            return True
        fix = f"Choose one of: {', '.join(words)}"
        self.fault("impossible-value", title, row, f"{said[:60]!r} is not on the list", fix)
        return False

    def fault(self, code: str, title: str, row: int, what: str, fix: str) -> None:
        where = f"{self.name}, sheet {title!r}, row {row}"
        self.faults.append(ResponseError(f"panel.{code}", where, what, fix))


def _meant(words: Mapping[str, str | None], said: str) -> str | None:
    return {plain(word): code for word, code in words.items()}[plain(said)]


def _number(code: str | None) -> int | None:
    return None if code is None else int(code)
