"""Table and figure 20: whether an effect changes its sign (two lines; Simonsohn 2018).

Sections of the report: two_lines. Run ``python 20_two_lines.py [STUDY]``. A study without answers
is opened with simulated ones.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from cosyn.engine.two_lines import two_lines
from cosyn.research import CLUSTER, open_study

study = open_study(sys.argv[1] if sys.argv[1:] else Path(__file__).parents[1])
plan = study.plan.plan
rule = plan.two_lines

rows = []
figure, panels = plt.subplots(
    len(rule.predictors), figsize=(6, 3 * len(rule.predictors)), layout="constrained", squeeze=False
)
for (predictor, shape), axes in zip(rule.predictors.items(), panels.ravel(), strict=True):
    beside = [name for name in rule.covariates if name != predictor]
    cases = study.cases([rule.outcome, predictor, *beside])
    found = two_lines(
        cases[predictor].to_numpy(),
        cases[rule.outcome].to_numpy(),
        peak=shape == "peak",
        covariates=cases[beside].to_numpy(),
        cluster=cases[CLUSTER].to_numpy() if CLUSTER in cases else None,
        level=plan.confidence,
    )
    for side, slope in (("low", found.low), ("high", found.high)):
        known = (slope.value, slope.se, slope.lower, slope.upper) if slope else (None,) * 4
        rows.append((predictor, side, found.breakpoint, *known, found.reason))
    means = cases.groupby(np.round(cases[predictor], 1))[rule.outcome].mean()
    axes.plot(means.index, means, ".", color="#5b6470")
    if found.breakpoint is not None:
        axes.axvline(found.breakpoint, color="#a85a1c", linestyle="--")
    axes.set(xlabel=f"{predictor}, to a tenth", ylabel=f"Mean of {rule.outcome}")
columns = ["predictor", "side", "breakpoint", "slope", "se", "low", "high", "reason"]
table = pd.DataFrame(rows, columns=columns)
print(table.round(3).to_string(index=False))
study.save("20_two_lines", table, figure)
