"""Draw teams.csv: 26 teams of 1 to 12 members who answer four items of seven points.

Run as `python teams.py` in this folder.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

SEED = 20261126
SIZES = (5, 1, 8, 12, 3, 6, 2, 7, 5, 9, 4, 11, 5, 6, 3, 8, 10, 2, 7, 5, 1, 6, 4, 9, 5, 12)
ITEMS = 4

if __name__ == "__main__":
    random = np.random.default_rng(SEED)
    team = np.repeat(np.arange(1, len(SIZES) + 1), SIZES)
    shared = 0.7 * random.standard_normal(len(SIZES))[team - 1]
    own = random.standard_normal(len(team))
    noise = random.standard_normal((len(team), ITEMS))
    answers = np.clip(np.round(5.2 + shared[:, None] + 0.7 * own[:, None] + 0.7 * noise), 1, 7)
    answers[team == 9] = (7, 6, 7, 7)  # they agree wholly, at the end of the scale
    answers[team == 5, 0] = (1, 7, 4)  # they agree less than chance would have it
    np.savetxt(
        Path(__file__).with_suffix(".csv"),
        np.column_stack([team, answers]),
        fmt="%d",
        delimiter=",",
        header="team,a,b,c,d",
        comments="",
    )
