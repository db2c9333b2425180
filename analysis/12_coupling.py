"""Table and figure 12: the coupling coordination degree, as a description.

Sections of the report: coupling.
Run ``python 12_coupling.py [STUDY]``. A study without answers is opened with simulated
ones.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from cosyn.research import open_study
from cosyn.synergy.coupling import coupling, reclassification, theoretical_scale

study = open_study(sys.argv[1] if sys.argv[1:] else Path(__file__).parents[1])
plan = study.plan.plan
rule = plan.coupling
names = [*rule.favourable, *rule.adverse]
scale = study.instrument.response_format(study.context.items_with({"role": "dynamic"})[0])
turned = [names.index(name) for name in rule.adverse]  # what restrains enters as 1 less its score
whole = study.constructs.dropna(subset=names)
U = theoretical_scale(whole[names].to_numpy(), scale.minimum, scale.maximum, turned)
people = pd.DataFrame(U, columns=names).assign(department=whole["department"].to_numpy())
groups = people[people["department"] != ""].groupby("department")
units = groups.mean()[groups.size() >= plan.minimum_cell].to_numpy()

found = coupling(units)
degrees = {
    "coupling": found.C,
    "coordination_index": found.T,
    "coordination": found.D,
    "coupling_modified": found.C_modified,
    "coordination_modified": found.D_modified,
}
table = pd.DataFrame(
    [(n, v.mean(), v.min(), pd.Series(v).median(), v.max()) for n, v in degrees.items()],
    columns=["degree", "mean", "minimum", "median", "maximum"],
)
print(f"{len(units)} departments; D is the root of the geometric mean: {found.identity_error:.0e}")
print(f"Scaled by the sample instead, {reclassification(units).share:.0%} change their level")
print(table.round(3).to_string(index=False))

figure, axes = plt.subplots(figsize=(6, 3), layout="constrained")
axes.hist(found.D, bins=[k / 20 for k in range(21)], color="#33658a", edgecolor="white")
axes.set(xlabel="Coupling coordination degree D", ylabel="Departments", xlim=(0, 1))
study.save("12_coupling", table, figure)
