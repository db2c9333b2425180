"""Answers to a server of one's own: nothing is guessed, since the server knew what it asked."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from cosyn.duplicates import alike, content_keys
from cosyn.importers._codebook import codebook
from cosyn.importers._read import counted, missing_by_item, missing_counts
from cosyn.importers._types import ColumnFate, Imported, ImportReport, RefusedCells, SetAside
from cosyn.instrument.questionnaire import questionnaire
from cosyn.instrument.types import Missing
from cosyn.responses import Cell, Submission, submissions_of

if TYPE_CHECKING:
    from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence

    from cosyn.importers._codebook import Codebook
    from cosyn.instrument.types import Instrument
    from cosyn.responses import Submissions

IMPORTER = "fielded"
MODE = "mode"
"""Metadata that tells paper from pages, where the instrument has it."""


class HandedIn(Protocol):
    """One questionnaire as it was handed in; see `cosyn.fielding.envelopes.Answered`."""

    @property
    def id(self) -> str:
        """Random id."""

    @property
    def wave(self) -> str:
        """Code of the wave."""

    @property
    def department(self) -> str:
        """Code of the department."""

    @property
    def person(self) -> str:
        """Code of the person; empty in anonymous mode."""

    @property
    def language(self) -> str:
        """Language of the last page."""

    @property
    def form(self) -> str:
        """Form of the instrument."""

    @property
    def digest(self) -> str:
        """Digest of the wording."""

    @property
    def order(self) -> int:
        """Number of the permuted form; 0 for the order as listed."""

    @property
    def minutes(self) -> str:
        """Band of minutes, e.g. ``10-15``; empty if not kept."""

    @property
    def origin(self) -> str:
        """``web`` or ``paper``."""

    @property
    def answers(self) -> Mapping[str, str]:
        """Item -> code or number."""

    @property
    def seen(self) -> tuple[str, ...]:
        """Ids of the pages that were shown."""


def read_fielded(
    handed_in: Sequence[HandedIn],
    instrument: Instrument,
    *,
    form: str,
    file: str,
    known: Collection[str] = (),
    k: int = 1,
    language: bool = True,
    simulated: bool = False,
) -> Imported:
    """Lay out what a wave has released.

    An item on a page that was never shown is ``not_shown``; on a page that was shown and left
    without an answer, ``not_answered``. The language is kept where, among what is new, at least
    `k` of a department used each language that any of them used: a smaller rest would be told by
    what is missing. Likewise whether paper was used, if the instrument has metadata of that name
    (`MODE`), there of each language that is told. Of bands of minutes the middle is kept.

    Parameters
    ----------
    form : str
        Form that the wave asked.
    file : str
        What the source is called in the report.
    known : collection of str
        Ids of submissions that the study has: they are not read again.
    k : int
        Smallest number of one department that is told apart.
    language : bool
        Whether any language is kept.
    simulated : bool
        Whether a computer answered.
    """
    asked = instrument.in_form(form)
    pages = {page.id: [q.id for q in page.questions] for page in questionnaire(asked, form).pages}
    books = {f.id: codebook(f, None) for f in asked.response_formats}
    of_item = {i: books[asked.item(i).response_format] for items in pages.values() for i in items}
    new = [(one, name) for one in handed_in if (name := _id(one.id)) not in set(known)]
    kept = [(one, name) for one, name in new if one.answers]
    told = _many_of_each(((one.department, one.language) for one, _ in kept), k)
    languages = {d: language and many for d, many in told.items()}
    used = ((o.department, (o.origin, languages[o.department] and o.language)) for o, _ in kept)
    ways = _many_of_each(used, k)
    submissions = submissions_of(
        [
            replace(
                _submission(one, name, row, pages, of_item),
                language=one.language if languages[one.department] else "",
                metadata=_mode(one, instrument, told=ways[one.department]),
            )
            for row, (one, name) in enumerate(kept, start=1)
        ]
    )
    aside = tuple(SetAside(row, "no answer at all") for row in range(len(kept) + 1, len(new) + 1))
    report = _report(submissions, file, aside, asked, of_item, simulated=simulated)
    papers = Counter(one.origin for one, _ in kept)
    spelt = [f"{n:,} of them on paper" for origin, n in papers.items() if origin == "paper"]
    return Imported(submissions, replace(report, warnings=tuple(spelt)))


def _id(inner: str) -> str:
    """Name a submission; the id inside the envelope stays there."""
    return hashlib.sha256(f"fielded:{inner}".encode()).hexdigest()[:16]


def _many_of_each(kept: Iterable[tuple[str, Hashable]], k: int) -> dict[str, bool]:
    """Department -> whether it may be told which of its respondents used what."""
    used: dict[str, Counter[Hashable]] = {}
    for department, what in kept:
        used.setdefault(department, Counter())[what] += 1
    return {department: min(counts.values()) >= k for department, counts in used.items()}


def _mode(one: HandedIn, instrument: Instrument, *, told: bool) -> dict[str, str]:
    return {MODE: one.origin if told else ""} if MODE in instrument.metadata else {}


def _submission(
    one: HandedIn,
    name: str,
    row: int,
    pages: Mapping[str, Sequence[str]],
    of_item: Mapping[str, Codebook],
) -> Submission:
    shown = {item for page in one.seen for item in pages.get(page, ())}
    cells = {}
    for item, book in of_item.items():
        if item in one.answers:
            cells[item] = book.decode(one.answers[item])
        else:
            cells[item] = Cell("", None, _absent(shown=item in shown))
    return Submission(
        id=name,
        respondent=one.person,
        department=one.department,
        wave=one.wave,
        language=one.language,
        form=one.form,
        digest=one.digest,
        row=row,
        answers=cells,
        order=str(one.order),
        seconds=_seconds(one.minutes),
    )


def _absent(*, shown: bool) -> Missing:
    return Missing.NOT_ANSWERED if shown else Missing.NOT_SHOWN


def _seconds(band: str) -> float | None:
    """Middle of a band; of the last, which has no end, where it begins."""
    if not band:
        return None
    low, _, high = band.partition("-")
    return 30.0 * (int(low) + int(high or low))


def _report(
    submissions: Submissions,
    file: str,
    aside: tuple[SetAside, ...],
    asked: Instrument,
    of_item: Mapping[str, Codebook],
    *,
    simulated: bool,
) -> ImportReport:
    ids = sorted(submissions.ids)
    return ImportReport(
        file=file,
        sha256=hashlib.sha256("\n".join([file, *ids]).encode()).hexdigest(),
        mapping_sha256="",
        importer=IMPORTER,
        kind="store",
        encoding="",
        delimiter="",
        sheet="",
        rows_read=len(submissions) + len(aside),
        rows_kept=len(submissions),
        rows_blank=0,
        rows_set_aside=aside,
        columns=tuple(ColumnFate(item, "item", item) for item in of_item),
        refused=_refused(submissions, of_item),
        missing_counts=missing_counts(submissions),
        items_without_column=tuple(i.id for i in asked.items if i.id not in of_item),
        simulated=simulated,
        missing_by_item=missing_by_item(submissions),
        languages=counted(submissions.particulars["language"]),
        digests=counted(submissions.particulars["digest"]),
        same_answers=tuple(
            tuple(submissions.rows[rows].tolist()) for rows in alike(content_keys(submissions))
        ),
        warnings=(),
    )


def _refused(submissions: Submissions, of_item: Mapping[str, Codebook]) -> tuple[RefusedCells, ...]:
    """What is no answer, though the server takes none such: an instrument that was exchanged."""
    found = []
    for item, answers in submissions.answers.items():
        for place, cell in enumerate(answers.cells):
            if cell.missing is Missing.INVALID:
                rows = tuple(submissions.rows[answers.codes == place].tolist())
                fix = f"Expected: {of_item[item].allowed()}"
                found.append(RefusedCells(item, item, cell.raw, rows, fix))
    return tuple(found)
