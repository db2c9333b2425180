"""Further languages: one file each in ``languages/``, laid over the instrument's texts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from cosyn.instrument import schema
from cosyn.instrument.texts import PLACEHOLDER, placed_texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from cosyn.instrument.files import Files
    from cosyn.yamlfile import Loaded, Reader

FOLDER = "languages"


@dataclass(frozen=True, slots=True)
class Translation:
    """How far a further language has come.

    Attributes
    ----------
    missing : tuple of str
        Addresses of the texts that it has no words for; while there is one, the language is
        not offered.
    phrases : Mapping[str, str]
        Fixed phrases of the questionnaire in this language.
    """

    language: str
    total: int
    missing: tuple[str, ...]
    phrases: Mapping[str, str]

    @property
    def complete(self) -> bool:
        """Whether questionnaires can be written in it."""
        return not self.missing


def with_languages(
    files: Files, folder: Path, reader: Reader
) -> tuple[Files, tuple[Translation, ...]]:
    """Lay every complete language over the texts, and tell how far each has come.

    A text that no longer exists, other placeholders than in the first language, or a language
    that the instrument has already is a fault.
    """
    found: list[Translation] = []
    for path in sorted((folder / FOLDER).glob("*.yaml")):
        name = f"{folder.name}/{FOLDER}/{path.name}"
        loaded = reader.read(path, name, schema.LanguageFile)
        if loaded is None:
            continue
        translation = _translation(loaded, files, reader)
        found.append(translation)
        if translation.complete:
            files = _laid_over(files, translation.language, loaded.content.texts)
    return files, tuple(found)


def _translation(loaded: Loaded[schema.LanguageFile], files: Files, reader: Reader) -> Translation:
    content, source = loaded.content, loaded.source
    languages = files.main.content.languages
    if content.language in languages:
        reader.fault(
            "language-twice",
            source.at("language"),
            f"instrument.yaml lists {content.language} already",
            "Keep its texts there, or take it out of `languages:` there",
        )
    known = {text.address: text.texts for text in placed_texts(files)}
    for address, words in content.texts.items():
        if address not in known:
            reader.fault(
                "unknown-text",
                source.at("texts", address),
                f"the instrument has no text {address!r}",
                "Correct the address, or remove the line",
            )
        elif _marks(words) != _marks(known[address].get(languages[0], "")):
            reader.fault(
                "placeholder-parity",
                source.at("texts", address),
                f"{address} does not use the same placeholders as in {languages[0]}",
                "Use each placeholder in all languages or in none",
            )
    missing = tuple(address for address in known if address not in content.texts)
    return Translation(content.language, len(known), missing, content.phrases)


def _marks(text: str) -> set[str]:
    return set(PLACEHOLDER.findall(text))


def _laid_over(files: Files, language: str, texts: Mapping[str, str]) -> Files:
    """The same files with one language more in every text."""
    return replace(
        files,
        main=_with(files.main, language, texts, languages=True),
        constructs=_with(files.constructs, language, texts),
        formats=_with(files.formats, language, texts),
        items=tuple(_with(items, language, texts) for items in files.items),
    )


def _with(
    loaded: Loaded[Any], language: str, texts: Mapping[str, str], *, languages: bool = False
) -> Loaded[Any]:
    content = loaded.content.model_dump(mode="json", by_alias=True)
    for placed in placed_texts((loaded,)):
        _at(content, placed.path)[language] = texts[placed.address]
    if languages:
        content["languages"] = [*content["languages"], language]
    return replace(loaded, content=type(loaded.content).model_validate(content, strict=False))


def _at(content: Any, path: Sequence[str | int]) -> Any:
    for step in path:
        content = content[step]
    return content
