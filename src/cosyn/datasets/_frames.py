"""The answers as a data frame, for the libraries that take one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from cosyn.datasets._types import Part, Particular


def frame(
    part: Part,
    stamps: Sequence[str],
    items: Sequence[str],
    codes: NDArray[np.float64] | Sequence[NDArray[Any]],
) -> pd.DataFrame:
    """Columns under the names that a format gives them.

    Parameters
    ----------
    codes : ndarray, shape (n, p), or p arrays of length n
    """
    import pandas as pd  # noqa: PLC0415 - slow to import, and few formats need it

    before = {
        name: pd.Series(particular.cells, dtype=object if _is_text(particular) else None)
        for name, particular in zip(stamps, part.particulars, strict=True)
    }
    columns = codes if isinstance(codes, list | tuple) else list(codes.T)  # type: ignore[union-attr]
    return pd.DataFrame({**before, **dict(zip(items, columns, strict=True))})


def _is_text(particular: Particular) -> bool:
    return isinstance(particular.cells, tuple)
