"""Table and figure 8: whether members of a department may answer for it.

Sections of the report: departments.
Run ``python 08_departments.py [STUDY]``. A study without answers is opened with simulated
ones.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from cosyn.engine.aggregation import aggregation
from cosyn.engine.agreement import agreement
from cosyn.research import open_study

study = open_study(sys.argv[1] if sys.argv[1:] else Path(__file__).parents[1])
plan = study.plan.plan
known = (study.items["department"] != "").to_numpy()
departments = study.items.loc[known, "department"].to_numpy(str)
items = [study.instrument.item(name) for name in study.table.items]

rows = []
for name in study.constructs.columns[2:]:
    mine = [item for item in items if item.construct == name]
    shared = aggregation(study.constructs.loc[known, name].to_numpy(), departments, plan.confidence)
    low, high = shared.icc1_interval or (None, None)
    scale = study.instrument.response_format(mine[0])
    agreed = agreement(
        study.items.loc[known, [item.id for item in mine]].to_numpy(),
        departments,
        (int(scale.minimum), int(scale.maximum)),
    ).values("rwg")
    median = np.median(agreed) if len(agreed) > 1 else None
    anova = shared.anova
    rows.append((name, anova.icc1, low, high, anova.icc2, anova.design_effect, median))
columns = ["score", "icc1", "low", "high", "icc2", "design_effect", "rwg_median"]
table = pd.DataFrame(rows, columns=columns)
print(table.round(3).to_string(index=False))

figure, axes = plt.subplots(figsize=(6, 0.4 * len(table) + 1), layout="constrained")
reach = [table["icc1"] - table["low"], table["high"] - table["icc1"]]
axes.errorbar(table["icc1"], table["score"], xerr=reach, fmt="o", color="#33658a")
axes.axvline(plan.departments.distinct.at_least, color="#999", linestyle="--")
axes.invert_yaxis()
axes.set(xlabel="ICC(1) with interval")
study.save("08_departments", table, figure)
