"""Table and figure 19: where conclusions change if other choices are made (specification curve).

Sections of the report: robustness. Run ``python 19_robustness.py [STUDY]``; the whole grid takes
some minutes. A study without answers is opened with simulated ones.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from cosyn.analysis import robustness
from cosyn.research import open_study

CHOICES = [
    "clusters",
    "flagged",
    "outcome",
    "minimum_answered",
    "estimator",
    "missing",
    "form",
    "keys",
]

study = open_study(sys.argv[1] if sys.argv[1:] else Path(__file__).parents[1])
rows = []
tasks = robustness.tasks(study.context)
for number, task in enumerate(tasks, start=1):
    print(f"{number} of {len(tasks)}", end="\r", flush=True)
    for found in robustness.one(study.context, task):
        estimate = (found.value, found.low, found.high, found.label, found.reason)
        rows.append((*found.subject, *estimate))
columns = ["hypothesis", *CHOICES, "beta", "low", "high", "decision", "reason"]
table = pd.DataFrame(rows, columns=columns)
print(pd.crosstab(table["hypothesis"], table["decision"]).to_string())

names = list(dict.fromkeys(table["hypothesis"]))
figure, panels = plt.subplots(
    len(names), figsize=(6, 1.8 * len(names) + 0.5), layout="constrained", squeeze=False
)
for name, axes in zip(names, panels.ravel(), strict=True):
    mine = table[(table["hypothesis"] == name) & table["beta"].notna()]
    first = mine.index[0]  # the plan's own choices come first
    mine = mine.sort_values("beta")
    for decision, part in mine.groupby("decision"):
        places = [mine.index.get_loc(k) for k in part.index]
        reach = [part["beta"] - part["low"], part["high"] - part["beta"]]
        axes.errorbar(places, part["beta"], yerr=reach, fmt="o", ms=3, lw=0.6, label=decision)
    plan = mine.index.get_loc(first)
    axes.plot(plan, mine["beta"][first], "o", ms=9, fillstyle="none", color="k", label="plan")
    axes.axhline(0, color="#999")
    axes.set(ylabel=f"{name}: effect", xticks=[])
    axes.legend(fontsize="small", ncols=4)
study.save("19_robustness", table, figure)
