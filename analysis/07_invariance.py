"""Table and figure 7: whether the constructs are measured alike in groups of respondents.

Sections of the report: invariance.
Run ``python 07_invariance.py [STUDY]``. A study without answers is opened with simulated
ones.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from cosyn.engine.invariance import invariance
from cosyn.research import CLUSTER, open_study

study = open_study(sys.argv[1] if sys.argv[1:] else Path(__file__).parents[1])
plan = study.plan.plan
rule = plan.invariance
facets = study.facets.drop(columns="department")
scores = [name for name in facets if name != "language"]
people = facets.join(study.answers[[g for g in rule.groups if g in study.answers]])
people[CLUSTER] = study.clusters

rows = []
for grouping in [g for g in rule.groups if g in people]:
    chosen = people.dropna(subset=[*scores, grouping])
    sizes = chosen[grouping].value_counts()
    chosen = chosen[chosen[grouping].isin(sizes[sizes >= rule.least].index)]
    if chosen[grouping].nunique() < 2:
        print(f"{grouping}: fewer than two groups of {rule.least} respondents")
        continue
    found = invariance(
        study.plan.models[rule.file],
        chosen.sort_values(grouping, kind="stable"),
        grouping,
        estimator=plan.estimation.estimator,
        cluster=None if study.clusters is None else CLUSTER,
        steps=("configural", "metric", "scalar", "strict"),
    )
    for step in found.steps:
        m, change = step.fit.measures, step.change
        cfi = None if m is None else m.cfi if m.cfi_robust is None else m.cfi_robust
        more = (change.cfi, change.rmsea) if change else (None, None)
        rows.append((grouping, step.name, step.fit.n, cfi, *more))
table = pd.DataFrame(rows, columns=["group", "step", "n", "cfi", "delta_cfi", "delta_rmsea"])
print(table.round(3).to_string(index=False))

figure, axes = plt.subplots(figsize=(6, 3.5), layout="constrained")
for grouping, part in table.groupby("group"):
    axes.plot(part["step"], part["cfi"], "o-", label=grouping)
axes.set(xlabel="What is equal", ylabel="CFI")
if len(table):
    axes.legend()
study.save("07_invariance", table, figure)
