"""Read ``instrument/`` into an `Instrument`; every fault is named with its file and line."""

from __future__ import annotations

import hashlib
import json
from dataclasses import MISSING, Field, dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import yaml

from cosyn.atomic import write_text
from cosyn.errors import InstrumentError, SurveyError, raise_all
from cosyn.instrument import schema
from cosyn.instrument.answers import check_labels
from cosyn.instrument.crosscheck import cross_check
from cosyn.instrument.files import Files
from cosyn.instrument.languages import Translation, with_languages
from cosyn.instrument.texts import placed_texts
from cosyn.instrument.types import (
    Attribute,
    Construct,
    Facet,
    Form,
    Instrument,
    Item,
    Missing,
    MissingOption,
    Option,
    Page,
    ResponseFormat,
    Wording,
)
from cosyn.yamlfile import Loaded, Reader

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from cosyn.instrument.texts import PlacedText

VERSIONS = "versions.yaml"
_UNFELT_HERE = {
    *("version", "digest", "phrases", "metadata", "_items"),
    *("consent_identified", "identified"),
}
"""What a version's digest leaves out; the promise of identified mode is frozen by the lock."""
_UNFELT = {"source", "definition", "definitions", "history", "quasi_identifier"}
_LEDGER_HEAD = (
    "# The digest each version of the instrument had. Written by `survey check --record`;\n"
    "# a changed wording under an old version is an error.\n"
)


@dataclass(frozen=True, slots=True)
class Reading:
    """The outcome of reading a folder: an instrument, or the faults that prevent one.

    Attributes
    ----------
    instrument : Instrument or None
        None if any fault was found that leaves its content unclear.
    faults : tuple of SurveyError
        Every fault, in the order of the files.
    recorded : bool
        Whether this version's digest stands in ``versions.yaml``.
    translations : tuple of Translation
        Further languages, and how far each has come.
    files : Files or None
        The files, to find in them what the instrument holds; None where there is no instrument.
    """

    instrument: Instrument | None
    faults: tuple[SurveyError, ...]
    recorded: bool
    translations: tuple[Translation, ...] = ()
    files: Files | None = None


def read_instrument(folder: Path) -> Reading:
    """Read and check a folder without raising for its content."""
    faults: list[SurveyError] = []
    reader = Reader(InstrumentError, "instrument", faults, folder.parent)
    if not folder.is_dir():
        reader.fault(
            "missing-folder",
            folder.name,
            "there is no such folder",
            "Run `survey init DIR` to make a study, or pass --study DIR",
        )
        return Reading(None, tuple(faults), recorded=False)
    files = _read_files(folder, reader)
    if files is None:
        return Reading(None, tuple(faults), recorded=False)
    cross_check(files, reader)
    if faults:
        return Reading(None, tuple(faults), recorded=False)
    files, translations = with_languages(files, folder, reader)
    check_labels(files, [t.language for t in translations if t.complete], reader)
    instrument = _build(files, translations)
    recorded = _check_ledger(folder, instrument, reader)
    return Reading(instrument, tuple(faults), recorded, translations, files)


def load_instrument(folder: Path) -> Instrument:
    """Read a folder and insist on a faultless instrument.

    Raises
    ------
    InstrumentError, Faults
        One or all of the faults found.
    """
    reading = read_instrument(folder)
    raise_all(list(reading.faults))
    assert reading.instrument is not None, "no instrument although no fault was found"
    return reading.instrument


def instrument_texts(folder: Path) -> tuple[PlacedText, ...]:
    """Every text of an instrument with its address and place; the files must be well-formed.

    Raises
    ------
    InstrumentError, Faults
        One or all of the faults found.
    """
    reader = Reader(InstrumentError, "instrument", [], folder.parent)
    files = _read_files(folder, reader)
    raise_all(reader.faults)
    assert files is not None, "no files although no fault was found"
    return tuple(placed_texts(files))


def record_version(folder: Path, instrument: Instrument) -> None:
    """Write the digest of the present version into the ledger.

    Raises
    ------
    StoreError
        If the file cannot be written.
    """
    path = folder / VERSIONS
    known = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else None
    versions = {**(known or {}).get("versions", {}), instrument.version: instrument.digest}
    write_text(path, _LEDGER_HEAD + yaml.safe_dump({"versions": versions}, sort_keys=True))


def ledger(folder: Path) -> dict[str, str]:
    """Version -> digest of every recorded version; empty if there is no ledger, or a spoilt one."""
    found = Reader(InstrumentError, "instrument", [], folder.parent).read(
        folder / VERSIONS, f"{folder.name}/{VERSIONS}", schema.VersionsFile
    )
    return dict(found.content.versions) if found else {}


def _read_files(folder: Path, reader: Reader) -> Files | None:
    name = folder.name
    main = reader.read(folder / "instrument.yaml", f"{name}/instrument.yaml", schema.InstrumentFile)
    constructs = reader.read(
        folder / "constructs.yaml", f"{name}/constructs.yaml", schema.ConstructsFile
    )
    formats = reader.read(
        folder / "response_formats.yaml", f"{name}/response_formats.yaml", schema.FormatsFile
    )
    listed = main.content.constructs if main else ()
    present = tuple(p.stem for p in sorted((folder / "items").glob("*.yaml")))
    items: list[Loaded[schema.ItemsFile]] = []
    whole = True
    for construct in dict.fromkeys((*listed, *present)):
        found = reader.read(
            folder / "items" / f"{construct}.yaml",
            f"{name}/items/{construct}.yaml",
            schema.ItemsFile,
        )
        whole = whole and found is not None
        if found is not None:
            items.append(found)
    if main is None or constructs is None or formats is None or not whole:
        return None
    return Files(main, constructs, formats, tuple(items))


def _check_ledger(folder: Path, instrument: Instrument, reader: Reader) -> bool:
    if not (folder / VERSIONS).is_file():
        return False
    ledger = reader.read(folder / VERSIONS, f"{folder.name}/{VERSIONS}", schema.VersionsFile)
    if ledger is None:
        return False
    known = ledger.content.versions.get(instrument.version)
    if known is not None and known != instrument.digest:
        reader.fault(
            "changed-without-version",
            f"{folder.name}/instrument.yaml",
            f"the instrument differs from what was recorded as version {instrument.version}",
            "Raise `version` and run `survey check --record`, or undo the change",
        )
    return known is not None


def _build(files: Files, translations: Sequence[Translation]) -> Instrument:
    main = files.main.content
    by_id = {c.id: c for c in files.constructs.content.constructs}
    by_construct = {f.content.construct_id: f.content for f in files.items}
    constructs = tuple(_construct(by_id[c]) for c in main.constructs)
    items = tuple(
        _item(entry, by_id[c]) for c in main.constructs for entry in by_construct[c].items
    )
    unstamped = Instrument(
        id=main.id,
        version=main.version,
        title=main.title,
        languages=main.languages,
        introduction=main.introduction,
        consent=main.consent,
        consent_identified=main.consent_identified,
        closing=main.closing,
        screened_out=main.screened_out,
        placeholders=main.placeholders,
        metadata=main.metadata,
        attributes=tuple(
            Attribute(key, entry.label, entry.values, entry.definitions)
            for key, entry in main.attributes.items()
            if isinstance(entry, schema.AttributeEntry)
        ),
        constructs=constructs,
        items=items,
        response_formats=tuple(_format(f) for f in files.formats.content.response_formats),
        pages=tuple(
            Page(p.id, p.title, p.instruction, p.items, p.display, p.shuffle) for p in main.pages
        ),
        halves=main.order.halves if main.order else None,
        forms=tuple(_form(f, main) for f in main.forms),
        default_form=main.default_form,
        digest="",
        phrases={t.language: t.phrases for t in translations if t.complete},
    )
    return replace(unstamped, digest=_digest(unstamped))


def _digest(instrument: Instrument) -> str:
    """SHA-256 of what is asked and how it is scored, in one canonical spelling.

    Layout, comments, sources, and how far an item was tested do not count; a retired item does,
    because answers to it may exist. A further language counts from the day it is complete. What
    is left at its default does not count either: a new key of the files changes no old digest.
    """
    felt = {k: v for k, v in _spelt(instrument).items() if k not in _UNFELT_HERE}
    canonical = json.dumps(
        felt,
        default=_spelt,
        sort_keys=True,
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return hashlib.sha256(canonical.encode()).hexdigest()


def _spelt(record: Any) -> dict[str, Any]:
    """Spell a record out without what neither respondents nor scores can feel."""
    spelt = {
        f.name: getattr(record, f.name)
        for f in fields(record)
        if f.name not in _UNFELT and getattr(record, f.name) != _default(f)
    }
    if spelt.get("status") == "piloted":
        del spelt["status"]
    return spelt


def _default(of: Field[Any]) -> object:
    return of.default_factory() if of.default_factory is not MISSING else of.default


def _construct(entry: schema.ConstructEntry) -> Construct:
    facets = tuple(Facet(f.id, f.label, f.source, f.definition) for f in entry.facets)
    return Construct(
        id=entry.id,
        label=entry.label,
        facets=facets,
        attributes=entry.attributes,
        measurement=entry.measurement,
        source=entry.source,
        definition=entry.definition,
    )


def _form(entry: schema.FormEntry, main: schema.InstrumentFile) -> Form:
    return Form(
        id=entry.id,
        label=entry.label,
        select=entry.select,
        constructs=main.constructs if entry.constructs is None else entry.constructs,
        response_formats=entry.response_formats,
        title=entry.title,
        introduction=entry.introduction,
    )


def _item(entry: schema.ItemEntry, construct: schema.ConstructEntry) -> Item:
    return Item(
        id=entry.id,
        construct=construct.id,
        facet=entry.facet,
        text=entry.text,
        response_format=entry.response_format,
        short=entry.short,
        reverse=entry.reverse,
        dont_know=entry.dont_know,
        screen_out=entry.screen_out,
        expected=entry.expected,
        quasi_identifier=entry.quasi_identifier,
        status=entry.status,
        history=tuple(Wording(w.until, w.text, w.why) for w in entry.history),
        attributes={**construct.attributes, **entry.attributes},
    )


def _format(entry: schema.FormatEntry) -> ResponseFormat:
    options = tuple(Option(o.code, o.label) for o in entry.options)
    codes = [o.code for o in options]
    return ResponseFormat(
        id=entry.id,
        kind=entry.kind,
        options=options,
        missing=tuple(
            MissingOption(m.code, Missing(m.reason), m.label, m.offered) for m in entry.missing
        ),
        minimum=float(entry.minimum if entry.minimum is not None else min(codes)),
        maximum=float(entry.maximum if entry.maximum is not None else max(codes)),
    )
