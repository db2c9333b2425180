"""Which languages a verb works in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cosyn.errors import InstrumentError
from cosyn.i18n import catalogue_languages

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cosyn.instrument.types import Instrument


def languages_of(instrument: Instrument, asked: Sequence[str]) -> tuple[str, ...]:
    """Every language asked for, or all of the instrument's.

    Raises
    ------
    InstrumentError
        If the instrument has no texts in one of them.
    """
    for language in asked:
        if language not in instrument.languages:
            raise InstrumentError(
                "language.unknown",
                f"--lang {language}",
                "the instrument has no texts in this language",
                f"Use one of: {', '.join(instrument.languages)}",
            )
    return tuple(dict.fromkeys(asked)) or instrument.languages


def languages_written(
    instrument: Instrument, asked: Sequence[str], package: str
) -> tuple[str, ...]:
    """Languages of the instrument that a part of the program has words in.

    Parameters
    ----------
    asked : sequence of str
        Which of them; all if empty.
    package : str
        The part, e.g. ``"cosyn.report"``.

    Raises
    ------
    InstrumentError
        If one of those asked for, or every language of the instrument, is none of them.
    """
    written = catalogue_languages(package)
    chosen = languages_of(instrument, asked)
    for language in asked or chosen[: not set(chosen) & set(written)]:
        if language not in written:
            raise InstrumentError(
                "language.unknown",
                f"--lang {language}",
                f"the {package.rpartition('.')[2]} is not written in this language",
                f"Use one of: {', '.join(written)}",
            )
    return tuple(language for language in chosen if language in written)
