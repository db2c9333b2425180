"""Planted careless respondents are found, and careful ones are mostly left alone.

1,000 respondents answer 20 facets of two items of five constructs, thresholds as skewed as in the
simulation of the default study. 100 are planted: random, patterned, straight and quick ones.
What is asserted lies far from what chance gives: a rule that flagged at random as often as it
flags at all would find a planted respondent with its flag rate (below .15), and the standard
error of a rate over 25 respondents is at most .10, over 900 at most .017.
"""

from __future__ import annotations

import numpy as np
import pytest
from tests.unit.screening.screening_helpers import instrument_of, rules, table_of

from cosyn.screening import Screened, screen
from cosyn.screening._distance import moments, p_values, squared_distances

INSTRUMENT = instrument_of([2] * 20, check=True, constructs=5, reverse=(3, 17, 30))
N, EACH = 1000, 25
KINDS = {
    "random": slice(0, 25),
    "patterned": slice(25, 50),
    "straight": slice(50, 75),
    "quick": slice(75, 100),
}
CAREFUL = slice(100, N)
CUTS = np.array([-1.62, -1.29, -1.0, -0.69, -0.26, 0.45])


def sample(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Answers (n, 41) and seconds (n,)."""
    rng = np.random.default_rng(seed)
    common = rng.standard_normal((N, 5))
    facets = 0.8 * common[:, np.arange(20) % 5] + 0.6 * rng.standard_normal((N, 20))
    latent = 0.78 * np.repeat(facets, 2, axis=1) + np.sqrt(1 - 0.78**2) * rng.standard_normal(
        (N, 40)
    )
    X = np.searchsorted(CUTS, latent) + 1.0
    for item in (3, 17, 30):
        X[:, item] = 8 - X[:, item]
    check, seconds = np.full(N, 2.0), rng.lognormal(np.log(6 * 41), 0.3, N)
    X[KINDS["random"]] = rng.integers(1, 8, (EACH, 40))
    X[KINDS["patterned"]] = (np.arange(40) + rng.integers(0, 7, (EACH, 1))) % 7 + 1
    X[KINDS["straight"]] = rng.integers(1, 8, (EACH, 1))
    X[KINDS["quick"]] = rng.integers(1, 8, (EACH, 40))
    seconds[KINDS["quick"]] = rng.uniform(20, 70, EACH)
    check[:100] = rng.integers(1, 8, 100)
    X[rng.random(X.shape) < 0.01] = np.nan
    return np.column_stack([X, check]), seconds


@pytest.fixture(scope="module")
def screened() -> Screened:
    values, seconds = sample(20251123)
    table = table_of(values, [i.id for i in INSTRUMENT.items], seconds=seconds.tolist())
    return screen(table, INSTRUMENT, rules())


#: Share that is found, at least: at least three standard errors below what was seen.
FOUND = {"random": 0.80, "patterned": 0.30, "straight": 0.75, "quick": 0.90}


@pytest.mark.parametrize("kind", FOUND)
def test_the_planted_are_found(screened: Screened, kind: str) -> None:
    assert screened.excluded[KINDS[kind]].mean() >= FOUND[kind]


def test_the_careful_are_mostly_left_alone(screened: Screened) -> None:
    assert screened.excluded[CAREFUL].mean() <= 0.03


#: Rule, whom it looks for, share found at least, share of the careful flagged at most.
ALONE = [
    ("instructed", slice(0, 100), 0.70, 0.0),
    ("seconds", KINDS["quick"], 1.0, 0.01),
    ("longstring", KINDS["straight"], 0.75, 0.005),
    ("variability", KINDS["straight"], 0.90, 0.03),
    ("mahalanobis", KINDS["random"], 0.75, 0.10),
    ("even_odd", KINDS["random"], 0.55, 0.12),
    ("even_odd", KINDS["patterned"], 0.25, 0.12),
    ("person_fit", KINDS["random"], 0.20, 0.01),
    ("reversed_items", KINDS["straight"], 0.60, 0.02),
    ("near_duplicates", KINDS["patterned"], 0.75, 0.0),
    ("sequence", KINDS["quick"], 0.90, 0.0),
]


@pytest.mark.parametrize(("name", "whom", "found", "alarms"), ALONE)
def test_each_rule_alone(
    screened: Screened, name: str, whom: slice, found: float, alarms: float
) -> None:
    verdict = screened.verdicts[name]
    assert verdict.flag[whom].mean() >= found
    assert verdict.flag[CAREFUL].mean() <= alarms


@pytest.mark.parametrize(
    ("name", "high"), [("guttman", True), ("person_fit", False), ("even_odd", False)]
)
def test_random_answers_rank_beyond_careful_ones(screened: Screened, name: str, high: bool) -> None:
    """The area under the curve is .5 by chance, with a standard error of about .06."""
    value = screened.verdicts[name].value * (1 if high else -1)
    pairs = value[KINDS["random"]][:, None] - value[CAREFUL]
    pairs = pairs[~np.isnan(pairs)]
    assert ((pairs > 0) + 0.5 * (pairs == 0)).mean() >= 0.75


def test_long_tails_do_not_make_most_respondents_strange() -> None:
    """Leaving out who is far, again and again, would end with a few who are all alike."""
    draw, n, p = np.random.default_rng(1), 500, 15
    normal = draw.multivariate_normal(np.zeros(p), 0.5 * np.ones((p, p)) + 0.5 * np.eye(p), n)
    tails = normal / np.sqrt(draw.chisquare(3, (n, 1)) / 3)
    X = np.clip(np.round(5.5 + 1.2 * tails), 1, 7)
    flagged = {}
    for robust in (True, False):
        at = moments(X, robust=robust)
        assert at is not None
        flagged[robust] = (p_values(*squared_distances(X, at)) < 0.001).mean()
    assert flagged[False] < flagged[True] < 1.5 * flagged[False]
