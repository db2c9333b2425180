"""Table and figure 22: criteria outside the questionnaire, a second wave, both sides of a matter.

Sections of the report: criterion, retest, dyads. Run ``python 22_outside.py [STUDY]``. Where the
answers hold none of these, the table says why. A study without answers is opened with simulated
ones.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from cosyn.analysis import ANALYSES
from cosyn.research import open_study

study = open_study(sys.argv[1] if sys.argv[1:] else Path(__file__).parents[1])
rows = [
    (
        step,
        str(found.statistic),
        " ".join(found.subject),
        found.value,
        found.low,
        found.high,
        found.n,
        found.reason,
    )
    for step in ("criterion", "retest", "dyads")
    for found in ANALYSES[step].run(study.context).findings
]
columns = ["step", "statistic", "of", "value", "low", "high", "n", "reason"]
table = pd.DataFrame(rows, columns=columns)
print(table.round(3).to_string(index=False))

shown = table[table["low"].notna()].astype({"value": float, "low": float, "high": float})
figure, axes = plt.subplots(figsize=(6, 0.25 * len(shown) + 1), layout="constrained")
reach = [shown["value"] - shown["low"], shown["high"] - shown["value"]]
axes.errorbar(shown["value"], shown["statistic"] + " " + shown["of"], xerr=reach, fmt="o", ms=3)
axes.axvline(0, color="#999")
axes.invert_yaxis()
axes.set(xlabel="Value with interval" if len(shown) else "Nothing to show: see the table")
study.save("22_outside", table, figure)
