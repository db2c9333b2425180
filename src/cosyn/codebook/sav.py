"""An SPSS data file with labels, missing codes and what it rests on."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cosyn.errors import extra

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from cosyn.codebook.spss import Missing, Variable

# Where a data file holds the date and time of saving.
_SAVED = slice(92, 109)
_NEVER = b"01 Jan 0000:00:00"


def data_file(
    fitted: Sequence[Variable],
    identity: Mapping[str, str],
    answers: pd.DataFrame | None = None,
    stamps: Mapping[str, str] | None = None,
) -> bytes:
    """Write a data file, without the time of writing.

    Parameters
    ----------
    identity : Mapping[str, str]
        Kept as notes of the file; its ``instrument`` is the file's label.
    answers : DataFrame, optional
        Columns of `stamps` and `fitted`, in this order; no rows if left out.
    stamps : Mapping[str, str], optional
        Columns of other kinds -> their labels.

    Raises
    ------
    ExtraError
        ``extra.not-installed`` if pyreadstat is not installed.
    """
    with extra("spss"):
        import pyreadstat  # noqa: PLC0415 - an optional part
    import pandas as pd  # noqa: PLC0415 - slow to import, and needed for this format alone

    if answers is None:
        answers = pd.DataFrame(columns=[variable.name for variable in fitted], dtype="float64")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "data.sav"
        pyreadstat.write_sav(
            answers,
            path,
            file_label=identity["instrument"],
            note=[f"{key} {value}" for key, value in identity.items()],
            column_labels={**(stamps or {}), **{v.name: v.label for v in fitted}},
            variable_value_labels={v.name: dict(v.labels) for v in fitted if v.labels},
            missing_ranges={v.name: _ranges(v.missing) for v in fitted if v.missing},
            variable_measure={v.name: "ordinal" if v.ordinal else "scale" for v in fitted},
            variable_format={v.name: form_of(v) for v in fitted},
        )
        content = bytearray(path.read_bytes())
    content[_SAVED] = _NEVER
    return bytes(content)


def _ranges(missing: Missing) -> list[Any]:
    return [{"lo": code[0], "hi": code[1]} if isinstance(code, tuple) else code for code in missing]


def form_of(variable: Variable) -> str:
    """Spell how SPSS shows a variable's numbers."""
    digits, decimals = variable.width
    return f"F{digits}.{decimals}"
