"""SPSS: an empty labelled data file, and the syntax that labels a file of answers.

The syntax breaks long strings and lists so that no line is longer than SPSS reads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cosyn.codebook.sav import data_file, form_of
from cosyn.codebook.spss import variables
from cosyn.exporters._types import Exported, Exporter

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence

    from cosyn.codebook.spss import Variable
    from cosyn.instrument.questionnaire import Questionnaire

# Characters in a piece of a string: with every one of them doubled, or of four bytes, a line still
# holds fewer bytes than SPSS reads.
_PIECE = 50
_NAMES_A_LINE = 6


def write(questionnaire: Questionnaire, language: str) -> Exported:
    """Write the data file and the syntax in one language.

    Raises
    ------
    ExtraError
        ``extra.not-installed`` if pyreadstat is not installed.
    """
    fitted, losses = variables(questionnaire, language)
    identity = {
        "instrument": questionnaire.instrument,
        "version": questionnaire.version,
        "digest": questionnaire.digest,
        "form": questionnaire.form,
        "language": language,
    }
    name = f"{questionnaire.name}.{language}"
    syntax = "\n".join(_syntax(fitted, identity))
    # The mark at the beginning tells SPSS, whatever its locale, that this is UTF-8.
    files = {
        f"{name}.sps": f"{syntax}\n".encode("utf-8-sig"),
        f"{name}.sav": data_file(fitted, identity),
    }
    return Exported(files, losses)


def _syntax(fitted: Sequence[Variable], identity: Mapping[str, str]) -> Iterator[str]:
    """Yield lines; the first of a command stands at the margin, the others do not."""
    yield "* Encoding: UTF-8."
    yield f"FILE LABEL {quoted(identity['instrument'])}."
    yield "DATAFILE ATTRIBUTE ATTRIBUTE="
    yield from _ended([f"{key}({quoted(value)})" for key, value in identity.items()])
    for variable in fitted:
        yield f"VARIABLE LABELS {variable.name}"
        yield from _ended([quoted(variable.label)])
    for labels, names in _grouped(fitted, lambda v: v.labels):
        yield "VALUE LABELS"
        yield from _names(names)
        yield from _ended([f"{code} {quoted(label)}" for code, label in labels])
    for missing, names in _grouped(fitted, lambda v: v.missing):
        yield "MISSING VALUES"
        yield from _names(names)
        yield from _ended([f"({', '.join(map(_thru, missing))})"])
    for level, names in _grouped(fitted, lambda v: "ORDINAL" if v.ordinal else "SCALE"):
        yield "VARIABLE LEVEL"
        yield from _names(names)
        yield from _ended([f"({level})"])
    for form, names in _grouped(fitted, form_of):
        yield "FORMATS"
        yield from _names(names)
        yield from _ended([f"({form})"])
    for variable in fitted:
        yield f"VARIABLE ATTRIBUTE VARIABLES={variable.name} ATTRIBUTE="
        yield from _ended([f"{key}({quoted(v)})" for key, v in variable.attributes.items()])


def _grouped(
    fitted: Iterable[Variable], of: Callable[[Variable], Any]
) -> Iterator[tuple[Any, list[str]]]:
    """Collect the names of the variables that something is the same of; leave out what is empty."""
    groups: dict[Hashable, list[str]] = {}
    for variable in fitted:
        groups.setdefault(of(variable), []).append(variable.name)
    return ((shared, names) for shared, names in groups.items() if shared)


def _names(names: Sequence[str]) -> Iterator[str]:
    for start in range(0, len(names), _NAMES_A_LINE):
        yield f"  {' '.join(names[start : start + _NAMES_A_LINE])}"


def _ended(lines: Sequence[str]) -> Iterator[str]:
    """Indent lines and end the command."""
    yield from (f"  {line}" for line in lines[:-1])
    yield f"  {lines[-1]}."


def _thru(code: int | tuple[int, int]) -> str:
    return f"{code[0]} THRU {code[1]}" if isinstance(code, tuple) else str(code)


def quoted(text: str) -> str:
    """Write a string of SPSS's syntax, in pieces where it is long."""
    pieces = [text[start : start + _PIECE] for start in range(0, len(text), _PIECE)]
    doubled = [piece.replace("'", "''") for piece in pieces or [""]]
    return " +\n    ".join(f"'{piece}'" for piece in doubled)


EXPORTER = Exporter(
    name="spss",
    title="SPSS: an empty labelled data file (.sav) and syntax that labels (.sps)",
    write=write,
    per_language=True,
    cannot={},
)
