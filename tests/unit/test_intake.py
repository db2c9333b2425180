"""Answers that are there already are not counted twice."""

from __future__ import annotations

import numpy as np
import pytest

from cosyn import store
from cosyn.duplicates import alike, content_keys
from cosyn.errors import ResponseError
from cosyn.instrument.types import Missing
from cosyn.intake import Admitted, admit
from cosyn.responses import Cell, Submission, Submissions, submissions_of


def submission(
    row: int, seed: int, wave: str = "1", changed: dict[str, float | None] | None = None
) -> Submission:
    drawn = np.random.default_rng(seed).integers(1, 8, 12)
    numbers: dict[str, float | None] = {f"Q{i}": float(v) for i, v in enumerate(drawn)}
    numbers |= changed or {}
    answers = {
        item: Cell("", v, Missing.ANSWERED if v is not None else Missing.NOT_ANSWERED)
        for item, v in numbers.items()
    }
    return Submission(f"{row:016x}", "", "D", wave, "en", "", "d" * 64, row, answers)


def several(*seeds: int, wave: str = "1") -> Submissions:
    return submissions_of([submission(row, seed, wave) for row, seed in enumerate(seeds, 2)])


def stored(held: Submissions) -> store.Stored:
    done = store.StoredImport(1, "a.csv", "a" * 64, "plain", "2026-01-01", len(held), False, False)
    return store.Stored(held, (done,), simulated=False)


def admitted(new: Submissions, held: Submissions, **how: bool) -> Admitted:
    asked = {"replace": False, "only_new": False} | how
    return admit(new, stored(held), file="b.csv", sha256="b" * 64, **asked)


def test_equal_answers_have_equal_keys_whatever_the_order_of_items() -> None:
    one = submission(1, 5)
    other = Submission("x", "", "", "", "", "", "", 9, dict(list(one.answers.items())[::-1]))
    keys = content_keys(submissions_of([one, other, submission(2, 6)]))
    assert keys[0] == keys[1] != keys[2]
    assert [group.tolist() for group in alike(keys)] == [[0, 1]]


def test_one_answer_more_or_less_makes_a_difference() -> None:
    held = [
        submission(1, 5),
        submission(2, 5, changed={"Q3": None}),
        submission(3, 5, changed={"Q3": 9.0}),
    ]
    assert len(set(content_keys(submissions_of(held)).tolist())) == 3


def test_few_answers_and_one_column_all_the_way_down_tell_nobody_apart() -> None:
    few = submission(1, 5, changed={f"Q{i}": None for i in range(3)})
    same = submission(2, 5, changed={f"Q{i}": 4.0 for i in range(12)})
    assert content_keys(submissions_of([few, same])).tolist() == [0, 0]


def test_a_later_export_is_refused_and_its_new_rows_can_be_had() -> None:
    held, new = several(1, 2, 3), several(1, 2, 3, 4)
    with pytest.raises(ResponseError, match=r"3 of 4 rows .*--only-new") as caught:
        admitted(new, held)
    assert caught.value.code == "response.exported-again"
    only = admitted(new, held, only_new=True)
    assert (only.submissions.rows.tolist(), only.left_out) == ([5], 3)
    assert admitted(new, held, replace=True).submissions is new


def test_a_few_equal_rows_are_kept_and_told() -> None:
    found = admitted(several(1, 5, 6, 7), several(1, 2, 3))
    assert len(found.submissions) == 4
    assert "row 2" in found.notes[0]


def test_the_same_answers_in_another_wave_are_others() -> None:
    found = admitted(several(1, 2, wave="2"), several(1, 2))
    assert (found.notes, found.left_out) == ((), 0)
