"""Variance of answers that are given at random, by what "at random" may mean."""

from __future__ import annotations

from typing import Literal, get_args

from cosyn.errors import IdentificationError

Null = Literal["uniform", "slight", "moderate", "heavy", "triangular", "normal"]

#: Of 5 to 11 points (LeBreton & Senter 2008, *Organizational Research Methods* 11, table 2, as
#: printed: to two decimals); skewed ones lean to either end.
_PRINTED: dict[Null, tuple[float, ...]] = {
    "slight": (1.34, 1.85, 2.90, 3.47, 5.66, 6.30, 7.31),
    "moderate": (0.90, 1.26, 2.14, 2.79, 4.73, 5.09, 6.32),
    "heavy": (0.44, 0.69, 1.39, 2.35, 3.16, 3.46, 4.02),
    "triangular": (1.32, 1.45, 2.10, 2.81, 3.00, 2.89, 3.32),
    "normal": (1.04, 1.25, 1.40, 1.73, 1.58, 1.45, 1.40),
}
_FEWEST = 5


def null_variance(points: int, null: Null = "uniform") -> float:
    """Variance of one item's answers at random.

    The uniform one is (A^2 - 1) / 12 for any number A of points (James, Demaree & Wolf 1984); the
    others are printed for 5 to 11 points by LeBreton & Senter (2008, table 2).

    Raises
    ------
    IdentificationError
        If there are fewer than two points, or the null is not known for so many.
    """
    if null not in get_args(Null):
        known = ", ".join(get_args(Null))
        raise _fault(f"there is no null `{null}`", f"Use one of: {known}")
    if points < 2:
        raise _fault(f"a scale of {points} points", "Give the lowest and the highest code")
    if null == "uniform":
        return (points**2 - 1) / 12
    place = points - _FEWEST
    if not 0 <= place < len(_PRINTED[null]):
        raise _fault(
            f"the null `{null}` is not known for {points} points",
            "Use `uniform`, which is known for any number",
        )
    return _PRINTED[null][place]


def _fault(what: str, fix: str) -> IdentificationError:
    return IdentificationError("agreement.null", "argument `null`", what, fix)
