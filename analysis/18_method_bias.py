"""Table and figure 18: what answers may have in common because one person gave them in one way.

Sections of the report: method_bias. Run ``python 18_method_bias.py [STUDY]``. A study without
answers is opened with simulated ones.
"""

import sys
from itertools import combinations
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from cosyn.research import open_study

study = open_study(sys.argv[1] if sys.argv[1:] else Path(__file__).parents[1])
marker = study.plan.plan.method_bias.marker

items = study.items.iloc[:, 2:].dropna()  # of a correlation matrix, the first root is a share
harman = np.linalg.eigvalsh(items.corr())[-1] / items.shape[1]
print(f"First unrotated component: {harman:.3f} of the items' variance (Harman)")

scores = study.constructs.iloc[:, 2:].dropna()
R = scores.corr()
with_marker = R[marker].drop(marker)
positive = with_marker[with_marker > 0]
common = positive.min() if len(positive) else 0.0  # Lindell & Whitney 2001, equation 4
rows = [(name, marker, r, None) for name, r in with_marker.items()]
for first, second in combinations(with_marker.index, 2):
    r = R.loc[first, second]
    rows.append((first, second, r, (r - common) / (1 - common)))
table = pd.DataFrame(rows, columns=["first", "second", "r", "r_less_marker"])
table["harman"] = harman
print(table.round(3).to_string(index=False))

pairs = table[table["r_less_marker"].notna()]
figure, axes = plt.subplots(figsize=(6, 0.3 * len(pairs) + 1), layout="constrained")
names = pairs["first"] + " with " + pairs["second"]
axes.plot(pairs["r"], names, "o", color="#33658a", label="as answered")
axes.plot(pairs["r_less_marker"].astype(float), names, "x", color="#a85a1c", label="less marker")
axes.axvline(0, color="#999")
axes.invert_yaxis()
axes.legend()
axes.set(xlabel="Correlation of construct scores")
study.save("18_method_bias", table, figure)
