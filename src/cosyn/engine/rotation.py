"""Rotation of factors from many random starts, with an account of the minima they reach."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from cosyn.engine import _rotation_criteria as criteria
from cosyn.engine._gradient_projection import Space, minimise, random_rotations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cosyn.engine._gradient_projection import Minima
    from cosyn.engine._rotation_criteria import Criterion
    from cosyn.engine._typing import Matrix, Vector

Method = Literal[
    "none",
    "varimax",
    "quartimax",
    "bifactor",
    "promax",
    "oblimin",
    "geomin",
    "target",
]
_OBLIQUE: frozenset[Method] = frozenset({"promax", "oblimin", "geomin", "target"})
_EITHER: frozenset[Method] = frozenset({"oblimin", "geomin", "target"})
_KAISER: frozenset[Method] = frozenset({"varimax", "promax"})
#: Criterion values no further apart, relative to 1 + |value|, are of one minimum; a converged
#: search is within 1e-12 of its own.
_SAME = 1e-8
#: Smallest over largest singular value of loadings that hold as many factors as columns.
_RANK = 1e-6


@dataclass(frozen=True, slots=True, eq=False)
class RotationOptions:
    """How to rotate, beyond the method's name.

    Attributes
    ----------
    oblique : bool, optional
        Whether factors may correlate. Each method's own habit if left out: promax, oblimin,
        geomin and target are oblique; all but promax can be made orthogonal, and no other method
        can be made oblique, since its criterion would pull the factors into one.
    kaiser : bool, optional
        Rotate with all communalities made equal (Kaiser 1958). If left out, as R's functions:
        varimax and promax do, others do not.
    gamma : float
        Of oblimin, at most 0; 0 is quartimin.
    epsilon : float
        Of geomin; .01 in GPArotation, .001 in lavaan.
    target : ndarray, shape (p, k), optional
        Loadings wanted, NaN where none is.
    power : float
        Of promax.
    starts : int
        Random orthogonal starting points, of either determinant: no search changes its sign, and a
        target is near on one side only.
    """

    oblique: bool | None = None
    kaiser: bool | None = None
    gamma: float = 0.0
    epsilon: float = 0.01
    target: Matrix | None = None
    power: float = 4.0
    starts: int = 30


@dataclass(frozen=True, slots=True, eq=False)
class Rotation:
    """Rotated factors, in canonical order and direction.

    Target rotation keeps the order of its target, and the direction of factors of which it wants
    more than zeros; bifactor rotation keeps its general factor first.

    Attributes
    ----------
    loadings : ndarray, shape (p, k)
        Pattern loadings.
    Phi : ndarray, shape (k, k)
        Correlations of the factors.
    criterion : float
        Value at the best minimum, scaled as in GPArotation, of normalised loadings after Kaiser's
        normalisation; of promax, that of its varimax.
    converged : bool
        Whether the best minimum is one: its projected gradient vanishes.
    starts, reached : int
        Starting points, and how many of them led to the best minimum.
    spread : float
        Largest minus smallest criterion over the starts that converged.
    minima : int
        Distinct criterion values among them; more than one says that there are local minima.
    reason : str
        What is wrong, "" if nothing.
    """

    loadings: Matrix
    Phi: Matrix
    criterion: float
    converged: bool
    starts: int
    reached: int
    spread: float
    minima: int
    reason: str = ""


def rotate(
    A: Matrix, method: Method = "oblimin", options: RotationOptions | None = None, seed: int = 1
) -> Rotation:
    """Rotate unrotated loadings to simple structure or to a target.

    Promax (Hendrickson & White 1964) raises Kaiser-normalised varimax loadings to a power; like
    ``psych::fa(rotate = "promax")`` it takes the normalisation back last, ``stats::promax``
    before the power.

    Parameters
    ----------
    A : ndarray, shape (p, k)
        Loadings of uncorrelated factors.
    seed : int
        Of the random starts.
    """
    chosen = options or RotationOptions()
    if refusal := next(_refusals(A, method, chosen), ""):
        return _unrotated(A, converged=False, reason=refusal)
    if method == "none":
        return _unrotated(A, converged=True)
    try:
        return _rotated(A, method, chosen, seed)
    except np.linalg.LinAlgError:
        return _unrotated(A, converged=False, reason="the factors collapse into fewer")


def communalities(L: Matrix, Phi: Matrix | None = None) -> Vector:
    """Shares of variance the factors explain, shape (p,): diag(L Phi L')."""
    Phi = np.eye(L.shape[1]) if Phi is None else Phi
    return np.asarray(np.einsum("ij,jk,ik->i", L, Phi, L))


def explained_variances(L: Matrix, Phi: Matrix | None = None) -> Vector:
    """Sums of squared loadings, shape (k,), those of oblique factors as diag(Phi L'L)."""
    Phi = np.eye(L.shape[1]) if Phi is None else Phi
    return np.asarray(np.diag(Phi @ L.T @ L))


def order_and_reflect(L: Matrix, Phi: Matrix | None = None) -> tuple[Matrix, Matrix]:
    """Loadings and factor correlations in one canonical order and direction.

    Factors are reflected so that their loadings sum to at least zero, then ordered by the
    variance they explain; loadings and correlations move together.

    Parameters
    ----------
    L : ndarray, shape (p, k)
    Phi : ndarray, shape (k, k), optional
        Identity if left out.
    """
    Phi = np.eye(L.shape[1]) if Phi is None else Phi
    sign = np.where(L.sum(axis=0) < 0, -1.0, 1.0)
    L, Phi = L * sign, Phi * np.outer(sign, sign)
    order = np.argsort(-explained_variances(L, Phi), kind="stable")
    return L[:, order], Phi[np.ix_(order, order)]


def _refusals(A: Matrix, method: Method, options: RotationOptions) -> Iterator[str]:
    habit = method in _OBLIQUE
    if method not in _EITHER and options.oblique not in (None, habit):
        yield f"{method} rotation is {'oblique' if habit else 'orthogonal'}"
    if method == "target" and (options.target is None or options.target.shape != A.shape):
        yield f"target rotation needs a target of shape {A.shape}"
    if method == "oblimin" and options.gamma > 0:
        yield "oblimin has no minimum for every gamma above 0"
    if method == "geomin" and options.epsilon <= 0:
        yield "geomin needs an epsilon above 0"
    if options.starts < 1:
        yield "no starting point"
    size = np.linalg.svd(A, compute_uv=False)
    if _is_oblique(method, options) and size[-1] <= _RANK * size[0]:
        yield "the loadings hold fewer factors than they have columns"


def _is_oblique(method: Method, options: RotationOptions) -> bool:
    return method in _OBLIQUE if options.oblique is None else options.oblique


def _unrotated(A: Matrix, *, converged: bool, reason: str = "") -> Rotation:
    return Rotation(*order_and_reflect(A), 0.0, converged, 0, 0, 0.0, 0, reason)


def _rotated(A: Matrix, method: Method, options: RotationOptions, seed: int) -> Rotation:
    kaiser = method in _KAISER if options.kaiser is None else options.kaiser
    length = np.sqrt(communalities(A))[:, None]
    weight = np.where(length > 0, length, 1.0) if kaiser else np.ones_like(length)
    oblique = method in _EITHER and _is_oblique(method, options)
    space = Space(A / weight, _criterion(method, options), oblique)
    streams = np.random.SeedSequence(seed).spawn(options.starts)
    found = minimise(space, random_rotations(A.shape[1], streams))
    best = _best(found)
    T = found.T[best]
    L, Phi = space.loadings(T[None])[0], T.T @ T if oblique else np.eye(len(T))
    if method == "promax":
        L, Phi = _promax(L, options.power)
    return _account(*_canonical(L * weight, Phi, method, options.target), found, best)


def _criterion(method: Method, options: RotationOptions) -> Criterion:
    if method == "target":
        assert options.target is not None
        return criteria.target(options.target)
    chosen: dict[str, Criterion] = {
        "varimax": criteria.varimax,
        "promax": criteria.varimax,
        "quartimax": criteria.quartimax,
        "bifactor": criteria.bifactor,
        "oblimin": criteria.oblimin(options.gamma),
        "geomin": criteria.geomin(options.epsilon),
    }
    return chosen[method]


def _best(found: Minima) -> int:
    """The first start that led to the lowest criterion, of those that converged if any did."""
    value = np.where(found.converged | ~found.converged.any(), found.value, np.inf)
    return int(np.argmax(value <= value.min() + _margin(value.min())))


def _margin(value: float) -> float:
    return _SAME * (1 + abs(value))


def _promax(L: Matrix, power: float) -> tuple[Matrix, Matrix]:
    U = np.linalg.lstsq(L, L * np.abs(L) ** (power - 1), rcond=None)[0]
    U = U * np.sqrt(np.diag(np.linalg.inv(U.T @ U)))
    inverse = np.linalg.inv(U)
    return L @ U, inverse @ inverse.T


def _canonical(
    L: Matrix, Phi: Matrix, method: Method, target: Matrix | None
) -> tuple[Matrix, Matrix]:
    if method == "target" and target is not None:
        free = ~np.any(np.nan_to_num(target) != 0, axis=0)
        sign = np.where(free & (L.sum(axis=0) < 0), -1.0, 1.0)
        return L * sign, Phi * np.outer(sign, sign)
    if method == "bifactor":
        general, groups = order_and_reflect(L[:, :1])[0], order_and_reflect(L[:, 1:])[0]
        return np.hstack([general, groups]), Phi
    return order_and_reflect(L, Phi)


def _account(L: Matrix, Phi: Matrix, found: Minima, best: int) -> Rotation:
    value = np.sort(found.value[found.converged])
    lowest = float(found.value[best])
    converged = bool(found.converged[best])
    return Rotation(
        L,
        Phi,
        lowest,
        converged,
        starts=len(found.value),
        reached=int(np.sum(value <= lowest + _margin(lowest))),
        spread=float(np.ptp(value)) if value.size else 0.0,
        minima=int(np.sum(np.diff(value) > _margin(lowest))) + 1 if value.size else 0,
        reason="" if converged else "the rotation did not converge",
    )
