"""Table and figure 14: which configurations of conditions go with the outcome (fuzzy sets).

Sections of the report: configurations.
Run ``python 14_configurations.py [STUDY]``. A study without answers is opened with simulated
ones.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from cosyn.research import open_study
from cosyn.synergy.calibration import NUDGE, Anchors, calibrate
from cosyn.synergy.configurations import configurations
from cosyn.synergy.truth_table import Cuts

study = open_study(sys.argv[1] if sys.argv[1:] else Path(__file__).parents[1])
rule = study.plan.plan.configurations
names = [*rule.conditions, rule.outcome]
cases = study.department_means(names).dropna()
formats = {item.construct: item.response_format for item in study.instrument.items}
sets = {}
for name in names:  # a half is neither in nor out: only conditions are moved off it
    anchors = Anchors(*rule.anchors[name if name in rule.anchors else formats[name]])
    nudge = 0.0 if name == rule.outcome else NUDGE
    sets[name] = calibrate(cases[name].to_numpy(), anchors, nudge=nudge)
cuts = Cuts(**rule.cuts.model_dump())
expected = {name: int(side == "present") for name, side in rule.expectations.items()}

rows = []
for negated in (False, True) if rule.negated else (False,):
    outcome = f"~{rule.outcome}" if negated else rule.outcome
    X = np.column_stack([sets[name] for name in rule.conditions])
    found = configurations(
        X, sets[rule.outcome], rule.conditions, expectations=expected, cuts=cuts, negated=negated
    )
    for kind in ("conservative", "intermediate", "parsimonious"):
        solution = getattr(found, kind)
        if not solution.models:
            rows.append((outcome, kind, 0, solution.reason or found.reason, None, None, None))
        for number, model in enumerate(solution.models, start=1):
            for path in model.paths:
                fit = (path.fit.consistency, path.fit.coverage, path.unique_coverage)
                rows.append((outcome, kind, number, path.label, *fit))
columns = ["outcome", "solution", "model", "path", "consistency", "coverage", "unique"]
table = pd.DataFrame(rows, columns=columns)
print(f"{len(cases)} departments")
print(table.round(3).to_string(index=False))

figure, axes = plt.subplots(figsize=(5, 4), layout="constrained")
for kind, part in table.groupby("solution"):
    axes.plot(part["coverage"], part["consistency"], "o", label=kind)
axes.axhline(rule.cuts.consistency, color="#999", linestyle="--")
axes.set(xlabel="Coverage of a path", ylabel="Consistency")
axes.legend()
study.save("14_configurations", table, figure)
