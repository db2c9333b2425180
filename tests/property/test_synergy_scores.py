"""What must hold of balance, dominance, coupling, necessity and configurations, whatever the data."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cosyn.engine.dominance import dominance_of
from cosyn.synergy._minimise import models
from cosyn.synergy.balance import balance
from cosyn.synergy.configurations import configurations
from cosyn.synergy.coupling import coupling
from cosyn.synergy.necessity import necessity
from cosyn.synergy.truth_table import Cuts, Term, covers

seeds = st.integers(0, 2**32 - 1)
few = settings(max_examples=25, deadline=None)


def scores(seed: int, n: int, p: int) -> np.ndarray:
    """Related scores on the grid of means of four 7-point items."""
    random = np.random.default_rng(seed)
    X = 4 + random.standard_normal((n, p)) + 0.7 * random.standard_normal((n, 1))
    return np.asarray(np.clip(np.round(4 * X) / 4, 1, 7))


@few
@given(seeds, st.floats(-3, 3))
def test_another_midpoint_moves_the_surface_and_does_not_bend_it(seed: int, shift: float) -> None:
    x, y, z = scores(seed, 60, 3).T
    first, moved = (balance(x, y, z, midpoint=m) for m in (4, 4 + shift))
    assert first.surface is not None
    assert moved.surface is not None
    one, other = first.surface, moved.surface
    assert other.a4.value == pytest.approx(one.a4.value, rel=1e-6, abs=1e-9)
    assert other.a5.value == pytest.approx(one.a5.value, rel=1e-6, abs=1e-9)
    assert other.p11.value == pytest.approx(one.p11.value, rel=1e-6)
    assert one.x0.value is not None
    assert other.x0.value == pytest.approx(one.x0.value - shift, rel=1e-5, abs=1e-5)
    assert first.r_squared == pytest.approx(moved.r_squared, rel=1e-9)


@few
@given(seeds)
def test_exchanged_predictors_mirror_the_surface(seed: int) -> None:
    x, y, z = scores(seed, 60, 3).T
    one, other = (balance(*pair, z, midpoint=4).surface for pair in ((x, y), (y, x)))
    assert one is not None
    assert other is not None
    values = [q.value for q in (one.a1, one.a2, one.a4, one.x0, one.y0)]
    mirrored = [q.value for q in (other.a1, other.a2, other.a4, other.y0, other.x0)]
    assert values == pytest.approx(mirrored, rel=1e-6, abs=1e-9)
    assert one.a3.value == pytest.approx(-(other.a3.value or 0), rel=1e-6, abs=1e-9)
    assert pytest.approx(other.congruence.F, rel=1e-6) == one.congruence.F


@few
@given(seeds, st.integers(2, 5))
def test_dominance_follows_its_predictors(seed: int, p: int) -> None:
    D = scores(seed, 40, p + 1)
    order = np.random.default_rng(seed).permutation(p)
    names = [str(k) for k in range(p)]
    one = dominance_of(D[:, :p], D[:, p], names)
    other = dominance_of(D[:, order], D[:, p], [names[k] for k in order])
    assume(one.general is not None)
    assert one.general is not None
    assert other.general is not None
    assert one.complete is not None
    assert one.conditionally is not None
    assert one.generally is not None
    np.testing.assert_allclose(other.general, one.general[order], atol=1e-10)
    np.testing.assert_allclose(one.complete + one.complete.T, 1)
    assert (one.conditionally[one.complete == 1] == 1).all()
    assert (one.generally[one.conditionally == 1] == 1).all()


@few
@given(seeds, st.integers(2, 5))
def test_coupling_lies_between_its_bounds(seed: int, k: int) -> None:
    U = np.random.default_rng(seed).uniform(0, 1, (30, k))
    found = coupling(U)
    for degree in (found.C, found.D, found.C_modified, found.D_modified):
        assert ((degree >= 0) & (degree <= 1 + 1e-12)).all()
    pairs = coupling(U[:, :2])
    assert (pairs.C_modified <= pairs.C + 1e-12).all()
    turned = coupling(U[:, ::-1])
    np.testing.assert_allclose(turned.C_modified, found.C_modified, rtol=1e-10)
    equal = coupling(U[:, :1].repeat(k, axis=1))
    np.testing.assert_allclose(equal.C_modified, 1, rtol=1e-10)
    np.testing.assert_allclose(equal.D, np.sqrt(U[:, 0]), rtol=1e-10)


@few
@given(seeds, st.floats(0.1, 50), st.floats(-100, 100))
def test_effects_of_necessity_do_not_depend_on_units(seed: int, unit: float, origin: float) -> None:
    x, y = scores(seed, 50, 2).T
    one, other = necessity(x, y), necessity(unit * x + origin, y / unit - origin)
    assert one.ce_fdh.effect == pytest.approx(other.ce_fdh.effect, rel=1e-7, abs=1e-9)
    assert one.cr_fdh.effect == pytest.approx(other.cr_fdh.effect, rel=1e-7, abs=1e-9)
    assert one.ce_fdh.effect is not None
    assert 0 <= one.ce_fdh.effect <= 1
    # Cases below the ceiling do not move it.
    low = necessity(np.append(x, x.max()), np.append(y, y.min()))
    assert low.ce_fdh.effect == pytest.approx(one.ce_fdh.effect, abs=1e-12)


@few
@given(seeds)
def test_solutions_lie_within_each_other(seed: int) -> None:
    """And each holds every sufficient configuration and no other that was seen."""
    pytest.importorskip("qca", reason="the optional part `qca` is not installed")
    random = np.random.default_rng(seed)
    X = np.round(random.uniform(0.01, 0.99, (14, 4)), 2)
    X[X == 0.5] = 0.51
    y = np.clip(np.round(X @ random.uniform(-1, 1, 4) + 0.3, 2), 0, 1)
    expectations = {"B": int(random.integers(2)), "D": 1}
    found = configurations(X, y, "ABCD", expectations=expectations, cuts=Cuts(1, pri=0.5))
    assume(found.conservative.models)
    assert found.table is not None
    corners = list(product((0, 1), repeat=4))

    def within(terms: tuple[Term, ...]) -> set[tuple[int, ...]]:
        return {c for c in corners if any(covers(term, c) for term in terms)}

    positive, negative = (
        {found.table.rows[j].pattern for j in found.table.numbers(output)}
        for output in ("positive", "negative")
    )
    least, between, most = (
        [within(model.terms) for model in solution.models]
        for solution in (found.conservative, found.intermediate, found.parsimonious)
    )
    assert all(rows == positive for rows in least)
    assert all(positive <= rows and not rows & negative for rows in (*between, *most))
    assert all(any(rows <= wider for wider in most) for rows in between)


@few
@given(seeds)
def test_models_are_all_the_smallest_covers(seed: int) -> None:
    random = np.random.default_rng(seed)
    corners = list(product((0, 1), repeat=3))
    terms: list[Term] = list(product((0, 1, None), repeat=3))
    primes = [terms[k] for k in random.choice(len(terms), 8, replace=False)]
    positive = [c for c in corners if any(covers(t, c) for t in primes)]
    found = models(primes, positive)
    size = len(found[0])
    subsets = [
        frozenset(t for t, bit in zip(primes, bits, strict=True) if bit)
        for bits in product((0, 1), repeat=8)
    ]
    whole = [s for s in subsets if all(any(covers(t, c) for t in s) for c in positive)]
    assert min(map(len, whole)) == size
    assert {frozenset(model) for model in found} == {s for s in whole if len(s) == size}
