"""Read a review sheet back: what its reviewer proposes, row by row, and what is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from cosyn.errors import ResponseError, SurveyError, raise_all
from cosyn.instrument.texts import PLACEHOLDER
from cosyn.translation.sheet import COLUMNS, HEAD, SCHEMA, STATUSES, headings, phrases_for
from cosyn.workbook import identity_of, read_book, written

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

    from cosyn.translation.entries import Entry


@dataclass(frozen=True, slots=True)
class Change:
    """A wording that a reviewer proposes instead of the present one.

    Attributes
    ----------
    entry : Entry
        The text, its place and its present wording.
    new : str
        The wording proposed.
    comment : str
        What the reviewer says of it.
    """

    entry: Entry
    new: str
    comment: str


@dataclass(frozen=True, slots=True)
class Proposals:
    """What a review sheet holds.

    Attributes
    ----------
    changes : tuple of Change
        To be taken over.
    held : tuple of Change
        Marked for discussion, so not to be taken over yet.
    missing : tuple of Entry
        Texts that have no translation, here or in the files.
    """

    changes: tuple[Change, ...]
    held: tuple[Change, ...]
    missing: tuple[Entry, ...]


def sheet_identity(path: Path) -> tuple[Workbook, dict[str, str]]:
    """Open a review sheet and see what it is.

    Raises
    ------
    ResponseError
        If it is no review sheet.
    """
    book = read_book(path)
    identity = identity_of(book)
    if identity.get("schema") != SCHEMA or not {"language", "against", "digest"} <= identity.keys():
        raise ResponseError(
            "translation.no-sheet",
            path.name,
            "this is no review sheet: the hidden sheet that says so is missing",
            "Fill in the file that `survey translate write` made, in the workbook itself",
        )
    return book, identity


def proposals(
    name: str, book: Workbook, identity: Mapping[str, str], texts: Sequence[Entry]
) -> Proposals:
    """What a review sheet proposes.

    Parameters
    ----------
    name : str
        The file's name, for messages.
    book, identity
        As `sheet_identity` gives them.
    texts : sequence of Entry
        The instrument's texts as they are now, in the sheet's two languages.

    Raises
    ------
    ResponseError, Faults
        Every row that cannot be taken over, with file, sheet and row.
    """
    rows = _Rows(name, _sheet(name, book, identity), identity, {e.address: e for e in texts})
    found = rows.read()
    raise_all(rows.faults)
    changes = [(change, status) for change, status in found if change.new != change.entry.target]
    named = {change.entry.address for change, _ in found}
    return Proposals(
        changes=tuple(change for change, status in changes if status != "discuss"),
        held=tuple(change for change, status in changes if status == "discuss"),
        missing=tuple(e for e in texts if not e.target and e.address not in named),
    )


def _sheet(name: str, book: Workbook, identity: Mapping[str, str]) -> Worksheet:
    phrases = phrases_for(identity["language"], identity["against"])
    wanted = headings(phrases, identity["language"], identity["against"])
    title = phrases("sheet")
    sheet = book[title] if title in book.sheetnames else None
    found = sheet and [written(sheet.cell(HEAD, c).value) for c in range(1, len(COLUMNS) + 1)]
    if sheet is None or found != wanted:
        raise ResponseError(
            "translation.changed-layout",
            f"{name}, sheet {title!r}, row {HEAD}",
            "the sheet or its headings are not where they were",
            "Copy the proposals into a fresh sheet from `survey translate write`",
        )
    return sheet


class _Rows:
    """Reads the rows of a sheet and collects their faults."""

    def __init__(
        self,
        name: str,
        sheet: Worksheet,
        identity: Mapping[str, str],
        texts: Mapping[str, Entry],
    ) -> None:
        phrases = phrases_for(identity["language"], identity["against"])
        self.statuses = {phrases(f"status.{status}"): status for status in STATUSES}
        self.name, self.sheet, self.texts = name, sheet, texts
        self.faults: list[SurveyError] = []
        self.seen: dict[str, int] = {}

    def read(self) -> list[tuple[Change, str]]:
        """Every row with a proposal, and its status."""
        found = []
        for row in range(HEAD + 1, self.sheet.max_row + 1):
            values = {c: written(self.sheet.cell(row, i).value) for i, c in enumerate(COLUMNS, 1)}
            if not values["address"] and not values["proposed"]:
                continue
            entry = self._entry(row, values["address"])
            status = self._status(row, values["status"])
            if entry is None or not values["proposed"]:
                continue
            if self._fits(row, entry, values):
                found.append((Change(entry, values["proposed"], values["comment"]), status))
        return found

    def _entry(self, row: int, address: str) -> Entry | None:
        if address not in self.texts:
            self.fault(
                row,
                "unknown-address",
                f"the instrument has no text at {address!r}",
                "Leave the column of addresses as it was written",
            )
            return None
        if address in self.seen:
            what = f"the address {address!r} already stands in row {self.seen[address]}"
            self.fault(row, "twice", what, "Keep one of the two rows")
            return None
        self.seen[address] = row
        return self.texts[address]

    def _status(self, row: int, said: str) -> str:
        if said and said not in self.statuses:
            known = ", ".join(self.statuses)
            self.fault(row, "impossible-value", f"the status is {said!r}", f"Use one of: {known}")
        return self.statuses.get(said, "")

    def _fits(self, row: int, entry: Entry, values: Mapping[str, str]) -> bool:
        """Refuse what was proposed for another text, or would lose a placeholder."""
        new = values["proposed"]
        if new == entry.target:
            return True
        if values["target"] != entry.target:
            self.fault(
                row,
                "text-changed",
                f"{entry.name} is no longer {_short(values['target'])!r}: the text was changed",
                "Write a fresh sheet and look at the present text",
            )
            return False
        if set(PLACEHOLDER.findall(new)) != set(PLACEHOLDER.findall(entry.source)):
            self.fault(
                row,
                "placeholder-parity",
                f"{entry.name}: the proposal does not use the same placeholders as the source",
                "Write what stands in braces as it is in the source",
            )
            return False
        return True

    def fault(self, row: int, code: str, what: str, fix: str) -> None:
        where = f"{self.name}, sheet {self.sheet.title!r}, row {row}"
        self.faults.append(ResponseError(f"translation.{code}", where, what, fix))


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:39]}…"
