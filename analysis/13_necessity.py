"""Table and figure 13: what departments need for a high outcome.

Sections of the report: necessity.
Run ``python 13_necessity.py [STUDY]``. A study without answers is opened with simulated
ones.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from cosyn.research import open_study
from cosyn.synergy.necessity import necessity

study = open_study(sys.argv[1] if sys.argv[1:] else Path(__file__).parents[1])
plan = study.plan.plan
rule = plan.necessity
means = study.department_means([rule.outcome, *rule.conditions])  # none of small departments

rows, drawn = [], {}
for k, (condition, side) in enumerate(rule.conditions.items(), start=1):
    sign = 1 if side == "high" else -1
    x = sign * means[condition].to_numpy()
    found = necessity(
        x, means[rule.outcome].to_numpy(), replicates=rule.replicates, seed=plan.seed + k
    )
    drawn[condition] = (sign, found)
    for ceiling in (found.ce_fdh, found.cr_fdh):
        rows.append((condition, ceiling.kind, ceiling.effect, ceiling.pvalue, found.n))
table = pd.DataFrame(rows, columns=["condition", "ceiling", "effect", "p", "departments"])
print(table.round(3).to_string(index=False))

figure, panels = plt.subplots(
    1, len(drawn), figsize=(2.6 * len(drawn), 3), sharey=True, layout="constrained", squeeze=False
)
for axes, (condition, (sign, found)) in zip(panels[0], drawn.items(), strict=True):
    axes.plot(means[condition], means[rule.outcome], ".", color="#999")
    axes.step(sign * found.peers[:, 0], found.peers[:, 1], where="post", color="#33658a")
    axes.set(xlabel=condition)
panels[0][0].set(ylabel=rule.outcome)
study.save("13_necessity", table, figure)
