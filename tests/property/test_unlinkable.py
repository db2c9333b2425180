"""Whoever holds the stores, backups and logs of a wave cannot tell whose answers are whose.

The best attack is chosen on some waves and tried on others, so that luck does not choose it. The
share it guesses may exceed chance by two points and by three standard errors of as many people.
"""

from __future__ import annotations

import itertools
from math import sqrt
from pathlib import Path

import pytest
from tests.wave_attacks import Watched, hits, watched_wave, with_all_keys, without_keys

POINTS = 0.02
WAVES = 8


def bound(chance: float, people: int) -> float:
    return chance + POINTS + 3 * sqrt(chance * (1 - chance) / people)


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


@pytest.fixture(scope="module")
def waves(tmp_path_factory: pytest.TempPathFactory) -> list[Watched]:
    folder = tmp_path_factory.mktemp("waves")
    return [watched_wave(folder / str(seed), departments=10, seed=seed) for seed in range(WAVES)]


def test_without_keys_no_attack_does_better_than_chance(waves: list[Watched]) -> None:
    chosen, tried = waves[: WAVES // 2], waves[WAVES // 2 :]
    best = max(without_keys().values(), key=lambda a: mean([hits(w, a(w)) for w in chosen]))
    people = sum(len(wave.truth) for wave in tried)
    assert mean([hits(w, best(w)) for w in tried]) <= bound(
        mean([w.chance() for w in tried]), people
    )


def test_with_every_key_and_every_backup_a_row_is_from_at_least_k_people(
    waves: list[Watched],
) -> None:
    found = []
    for wave in waves:
        guess, crowd = with_all_keys(wave)
        assert min(crowd.values()) >= wave.k
        found.append((hits(wave, guess), mean([1 / size for size in crowd.values()])))
    people = sum(len(wave.truth) for wave in waves)
    assert mean([h for h, _ in found]) <= bound(mean([c for _, c in found]), people)


def test_the_attacks_find_a_wave_that_leaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ids in the order of arrival, inside and out, and marks at once: what other servers do."""
    numbers = itertools.count()
    ordered = lambda _: f"{next(numbers):032x}"  # noqa: E731
    monkeypatch.setattr("cosyn.fielding.envelopes.secrets.token_hex", ordered)
    monkeypatch.setattr("cosyn.fielding.urn._full", lambda notes, *_: tuple(notes))
    wave = watched_wave(tmp_path / "leak", departments=4, people=6)
    assert max(hits(wave, attack(wave)) for attack in without_keys().values()) > 0.9
