"""Each rule on a few respondents: what it counts, and a reason wherever it cannot."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.screening.screening_helpers import instrument_of, judge, rules, sheet, table_of

from cosyn.instrument.arrange import arranged
from cosyn.instrument.questionnaire import questionnaire
from cosyn.instrument.types import Missing
from cosyn.screening import RULES, screen, sheet_of
from cosyn.screening._twins import near_twins, others_alike

NAN = np.nan
NAMES = tuple(RULES.names())
INSTRUMENT = instrument_of([3, 3, 3, 3], reverse=(2, 7), check=True, constructs=2)


def answers(n: int, p: int = 13, seed: int = 3) -> np.ndarray:
    rng = np.random.default_rng(seed)
    trait = rng.standard_normal((n, 1))
    X = np.clip(np.round(4 + 1.2 * trait + 0.8 * rng.standard_normal((n, p))), 1, 7)
    X[:, [2, 7]] = 8 - X[:, [2, 7]]
    if p > 12:
        X[:, 12] = 2
    return X


def test_every_rule_has_thresholds_and_a_file() -> None:
    assert set(NAMES) == set(rules().applied())


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "values",
    [
        np.empty((0, 13)),
        answers(1),
        answers(2),
        np.full((30, 13), 4.0),
        np.full((30, 13), NAN),
        np.vstack([answers(20), np.full((5, 13), NAN), np.full((5, 13), 7.0)]),
        np.where(np.random.default_rng(1).random((40, 13)) < 0.6, NAN, answers(40)),
        np.repeat(answers(20)[:, :1], 13, axis=1),
    ],
    ids=["nobody", "one", "two", "constant", "missing", "mixed", "gaps", "dependent"],
)
def test_a_value_or_a_reason(name: str, values: np.ndarray) -> None:
    """Warnings of numpy are errors in this suite."""
    for frame, seconds in ((None, None), (["d1"], np.full(len(values), 30.0))):
        on = sheet(values, INSTRUMENT, frame=frame, seconds=seconds)
        found = judge(name, on)
        assert len(found.value) == len(found.why) == len(found.flag) == len(values)
        assert (np.isnan(found.value) == (found.why > 0)).all()
        assert all(bool(found.reason_of(i)) == bool(found.why[i]) for i in range(len(values)))
        assert not found.flag[found.why > 0].any()


@pytest.mark.parametrize("name", NAMES)
def test_values_left_as_they_were(name: str) -> None:
    values = answers(30)
    on = sheet(values.copy(), INSTRUMENT)
    judge(name, on)
    assert (on.table.values == values).all()


def test_an_instructed_item() -> None:
    values = answers(4)
    values[:, 12] = [2, 3, NAN, 2]
    found = judge("instructed", sheet(values, INSTRUMENT))
    assert found.flag.tolist() == [False, True, False, False]
    assert found.reason_of(2) == "no instructed item answered"
    unknowing = judge("instructed", sheet(values, INSTRUMENT, gap=Missing.DONT_KNOW))
    assert unknowing.flag.tolist() == [False, True, True, False]
    none = judge("instructed", sheet(values[:, :12], instrument_of([3, 3, 3, 3])))
    assert none.reason == "no instructed item"


def test_seconds() -> None:
    found = judge("seconds", sheet(answers(5), INSTRUMENT, seconds=[13, 26, 130, 0, NAN]))
    assert found.value[:3].tolist() == [1, 2, 10]
    assert found.flag.tolist() == [True, False, False, False, False]
    assert found.reason_of(3).startswith("the time is not above zero")
    assert found.reason_of(4) == "no time recorded"
    shown = sheet(np.full((1, 13), NAN), INSTRUMENT, seconds=[9], gap=Missing.NOT_SHOWN)
    assert judge("seconds", shown).reason_of(0).endswith("no item was shown")


def test_the_longest_run_follows_the_pages_and_stops_at_a_gap() -> None:
    X = np.array([[1, 1, NAN, 1, 1, 1, 2, 2, 1, 1, 1, 1, 2], [3.0] * 13])
    assert judge("longstring", sheet(X, INSTRUMENT)).value.tolist() == [4, 12]


@pytest.mark.parametrize("order", ["3", "4"])
def test_the_longest_run_follows_the_order_that_a_respondent_met(order: str) -> None:
    shuffled = replace(INSTRUMENT, pages=(replace(INSTRUMENT.pages[0], shuffle=True),))
    met = [q.id for q in arranged(questionnaire(shuffled, "f"), int(order)).questions]
    values = np.arange(39.0).reshape(3, 13) % 2 + 1
    for row in range(3):
        values[row, [int(name[1:]) for name in met if name != "AT"][2:8]] = 5
    table = replace(
        sheet(values, shuffled).table, orders=(order, "", "no"), forms=("f", "f", "gone")
    )
    own, listed, unknown = judge("longstring", sheet_of(table, shuffled, 5)).value
    assert own == 6
    assert listed == unknown < 6


def test_only_beyond_the_quantile() -> None:
    values = answers(200)
    values[0, :12] = 6
    found = judge("longstring", sheet(values, INSTRUMENT))
    assert found.flag[0]
    assert 0 < found.flag.sum() <= 2
    low = judge("variability", sheet(values, INSTRUMENT))
    assert low.flag[0]


def test_opposite_items() -> None:
    """C0 has F0 and F2, with I2 and I7 reversed: ten forward answers of its own beside the middle."""
    X = np.array([[6.0] * 13, [4.0] * 13, [6, 6, 2, 6, 6, 6, 6, 2, 6, 6, 6, 6, 2]])
    found = judge("reversed_items", sheet(X, INSTRUMENT))
    assert found.value[[0, 2]].tolist() == [1, 0]
    assert found.flag.tolist() == [True, False, False]
    assert "opposite items answered" in found.reason_of(1)
    plain = judge("reversed_items", sheet(X[:, :12], instrument_of([3, 3, 3, 3])))
    assert plain.reason == "no items keyed against each other"


def test_missing_share() -> None:
    values = answers(2)
    values[0, :7] = NAN
    assert judge("missing", sheet(values, INSTRUMENT)).value.tolist() == [pytest.approx(7 / 12), 0]
    assert judge("missing", sheet(values, INSTRUMENT)).flag.tolist() == [True, False]


def test_the_frame() -> None:
    on = sheet(answers(3), INSTRUMENT, frame=["A1"], departments=("a1", "B2", ""))
    found = judge("frame", on)
    assert found.flag.tolist() == [False, True, False]
    assert found.reason_of(2) == "no department recorded"


def test_the_reason_that_most_have() -> None:
    on = sheet(answers(3), INSTRUMENT, minimum_answered=99, departments=("A", "", "B"))
    found = judge("sequence", on)
    assert found.judged == 0
    assert found.commonest_reason() == "too few answers"
    assert judge("frame", sheet(answers(2), INSTRUMENT, frame=["d1"])).commonest_reason() == ""


def test_copies_but_not_those_of_one_answer_throughout() -> None:
    values = answers(50)
    values[7] = values[3]
    values[10:12, :12] = 5
    found = judge("duplicates", sheet(values, INSTRUMENT))
    assert np.flatnonzero(found.flag).tolist() == [3, 7]
    assert found.reason_of(10) == "the same answer throughout"


def test_near_twins_are_those_a_comparison_of_all_finds() -> None:
    rng = np.random.default_rng(5)
    codes = rng.integers(1, 4, (300, 20)).astype(np.int16)
    for i in range(0, 120, 3):
        codes[i + 1] = codes[i]
        codes[i + 1, rng.choice(20, i % 4, replace=False)] += 1
    codes[200:210] = codes[200]
    same = (codes[:, None, :] == codes[None, :, :]).sum(axis=2)
    np.fill_diagonal(same, 0)
    for share in (0.95, 0.9, 0.8):
        wanted = (same >= np.ceil(share * 20 - 1e-9)).sum(axis=1)
        assert (near_twins(codes, share, 1000) == wanted).all()
        assert (near_twins(codes, share, 3) <= wanted).all()
    assert (others_alike(codes) == (same == 20).sum(axis=1)).all()


def test_runs_of_submissions_within_a_department() -> None:
    values = answers(9)
    values[[1, 3, 5]] = values[1]
    places = ("A", "B", "A", "B", "A", "B", "B", "A", "")
    found = judge("sequence", sheet(values, INSTRUMENT, departments=places))
    assert found.value[[1, 3, 5]].tolist() == [3, 3, 3]
    assert np.flatnonzero(found.flag).tolist() == [1, 3, 5]
    quick = judge(
        "sequence",
        sheet(answers(9), INSTRUMENT, departments=("A",) * 9, seconds=[10] * 4 + [99] * 5),
    )
    assert np.flatnonzero(quick.flag).tolist() == [0, 1, 2, 3]


def test_inconsistent_answers() -> None:
    values = answers(300)
    values[0, :12] = [1, 7, 4, 7, 1, 4, 1, 1, 7, 7, 2, 6]
    on = sheet(values, INSTRUMENT)
    for name in ("even_odd", "guttman", "person_fit", "mahalanobis"):
        assert judge(name, on).flag[0], name
    assert judge("synonyms", on, correlation=0.5).value[0] < 0.3
    assert judge("antonyms", on, correlation=-0.4).value[0] > -0.5


def test_gaps_leave_person_fit_among_ones_own_answers() -> None:
    """Without the items somebody left out, everybody's errors are those of the rest alone."""
    values = answers(100, 12)
    part = values.copy()
    part[0, [4, 9]] = NAN
    one = instrument_of([3, 3, 3, 3], reverse=(2, 7))
    rest = np.delete(part, [4, 9], axis=1)
    rest = np.vstack([rest, np.delete(values[:1], [4, 9], axis=1)])
    whole = judge("guttman", sheet(np.vstack([part, values[:1]]), one)).value[0]
    alone = judge("guttman", sheet(rest, instrument_of([3, 2, 3, 2], reverse=(2, 6)))).value[0]
    assert whole == pytest.approx(alone, abs=0.02)


def test_flags_add_up_and_rules_are_compared() -> None:
    values = answers(200)
    values[:5, 12] = 7
    values[:4, :12] = [1, 7, 4, 7, 1, 4, 1, 1, 7, 7, 2, 6]
    table = table_of(values, [i.id for i in INSTRUMENT.items])
    told: list[str] = []
    found = screen(table, INSTRUMENT, rules(), progress=told.append)
    assert told == [f"screening {name}" for name in rules().applied()]
    assert found.excluded[:4].all()
    assert found.excluded.tolist() == (found.flags >= 2).tolist()
    assert found.excluded.sum() <= 12
    pair = next(p for p in found.agreement() if (p.first, p.second) == ("instructed", "even_odd"))
    a, b = found.verdicts["instructed"], found.verdicts["even_odd"]
    known = (a.why == 0) & (b.why == 0)
    assert pair.both + pair.first_only == 5
    assert pair.phi == pytest.approx(np.corrcoef(a.flag[known], b.flag[known])[0, 1])
    x, y = a.flag[known].mean(), b.flag[known].mean()
    chance = x * y + (1 - x) * (1 - y)
    assert pair.kappa == pytest.approx(((a.flag == b.flag)[known].mean() - chance) / (1 - chance))


def test_a_table_of_nobody() -> None:
    table = table_of(np.empty((0, 13)), [i.id for i in INSTRUMENT.items])
    found = screen(table, INSTRUMENT, rules(), frame=[])
    assert found.excluded.shape == (0,)
    assert sheet_of(table, INSTRUMENT, 2).answered().shape == (0,)
