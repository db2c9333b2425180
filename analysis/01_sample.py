"""Table and figure 1: who answered, and what is missing and why.

Sections of the report: sample.
Run ``python 01_sample.py [STUDY]``. A study without answers is opened with simulated
ones.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from cosyn.research import open_study
from cosyn.responses import MISSING_ORDER

study = open_study(sys.argv[1] if sys.argv[1:] else Path(__file__).parents[1])
departments = study.items["department"].replace("", pd.NA).dropna()
sizes = departments.value_counts()
missing = study.table.missing  # one code a cell, 0 if it was answered

rows = [
    ("respondents", len(missing)),
    ("departments", len(sizes)),
    ("median of respondents per department", sizes.median()),
    ("smallest department", sizes.min()),
    ("largest department", sizes.max()),
    ("respondents without a gap", (missing == 0).all(axis=1).sum()),
]
reasons = list(enumerate(MISSING_ORDER))[1:]
shares = {reason.value: (missing == code).mean() for code, reason in reasons}
rows += [(f"share of cells: {reason}", share) for reason, share in shares.items()]
table = pd.DataFrame(rows, columns=["what", "value"])
print(table.to_string(index=False))

figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.5), layout="constrained")
left.hist(sizes, bins=range(1, int(sizes.max()) + 2), color="#33658a", edgecolor="white")
left.set(xlabel="Respondents in a department", ylabel="Departments")
right.barh(list(shares), [100 * share for share in shares.values()], color="#33658a")
right.set(xlabel="Cells without an answer (%)")
study.save("01_sample", table, figure)
