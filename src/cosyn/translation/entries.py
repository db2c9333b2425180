"""Every text of an instrument beside its translation, and the place a translation is kept in."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from cosyn.errors import InstrumentError, raise_all
from cosyn.instrument import languages
from cosyn.instrument.load import instrument_texts
from cosyn.instrument.schema import LanguageFile
from cosyn.yamlfile import Reader, child

if TYPE_CHECKING:
    from collections.abc import Mapping

    from cosyn.instrument.texts import PlacedText
    from cosyn.yamlfile import Step

TEXTS = "texts"
"""Key of a language's own file that its texts stand under."""
_TAG = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


@dataclass(frozen=True, slots=True)
class Entry:
    """One text to translate.

    Attributes
    ----------
    address, name, where : str
        As in `PlacedText`; `where` is the line of the source text.
    source, target : str
        Wording in the language translated from, and the present one in the language translated
        to; the latter may be empty.
    file : Path
        Where the translation is kept, or would be.
    path : tuple of str or int, or None
        Where in that file it stands; None if it is not there yet.
    """

    address: str
    name: str
    where: str
    source: str
    target: str
    file: Path
    path: tuple[Step, ...] | None


def entries(folder: Path, language: str, against: str) -> tuple[Entry, ...]:
    """Every text of an instrument in two languages, in the order of the files.

    Parameters
    ----------
    folder : Path
        The instrument's folder.
    language, against : str
        Translated to, and from; the latter stands beside every text.

    Raises
    ------
    InstrumentError, Faults
        If the files cannot be read, or the language is no tag (it becomes the name of a file).
    """
    if not _TAG.fullmatch(language):
        raise InstrumentError(
            "language.malformed",
            f"--lang {language}",
            "this is no language tag",
            "Write a BCP 47 tag such as fr or zh-Hans",
        )
    own = _own_file(folder, language)
    return tuple(
        _entry(placed, language, against, folder, own) for placed in instrument_texts(folder)
    )


@dataclass(frozen=True, slots=True)
class _OwnFile:
    """The file of a language that does not stand beside the others, as far as there is one."""

    path: Path
    texts: Mapping[str, str]


def _own_file(folder: Path, language: str) -> _OwnFile:
    """Find the file that says it holds the language, or where it would be.

    Raises
    ------
    InstrumentError, Faults
        If a file there cannot be read, or the place is taken by another language.
    """
    place = folder / languages.FOLDER / f"{language}.yaml"
    reader = Reader(InstrumentError, "instrument", [])
    for path in sorted(place.parent.glob("*.yaml")):
        name = path.relative_to(folder.parent).as_posix()
        loaded = reader.read(path, name, LanguageFile)
        raise_all(reader.faults)
        assert loaded is not None, "no content although no fault was found"
        if loaded.content.language == language:
            return _OwnFile(path, loaded.content.texts)
        if path == place:
            raise InstrumentError(
                "translation.other-language",
                loaded.source.at("language"),
                f"the file holds {loaded.content.language}, not {language}",
                "Name the file after its language",
            )
    return _OwnFile(place, {})


def _entry(placed: PlacedText, language: str, against: str, folder: Path, own: _OwnFile) -> Entry:
    """A language that stands beside the source stays there; any other has a file of its own."""
    file, path, target = _kept_beside(placed, language, folder)
    if path is None:
        file = own.path
        path = (TEXTS, placed.address) if placed.address in own.texts else None
        target = own.texts.get(placed.address, "")
    return Entry(
        address=placed.address,
        name=placed.name,
        where=placed.where,
        source=placed.texts.get(against, ""),
        target=target,
        file=file,
        path=path,
    )


def _kept_beside(
    placed: PlacedText, language: str, folder: Path
) -> tuple[Path, tuple[Step, ...] | None, str]:
    file = folder.parent / Path(placed.source.name)
    node = placed.source.root
    for step in (*placed.path, language):
        found = child(node, step)
        if found is None:
            return file, None, ""
        node = found
    return file, (*placed.path, language), placed.texts[language]
