"""Table and figure 17: careless answers, by the rules that were stated beforehand.

Sections of the report: screening. Run ``python 17_screening.py [STUDY]``. A study without
answers is opened with simulated ones.
"""

import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd

from cosyn.research import open_study
from cosyn.screening import screen

study = open_study(sys.argv[1] if sys.argv[1:] else Path(__file__).parents[1])
asked = study.context.asked or study.table
screened = screen(asked, study.instrument, study.plan.screening)

rows = []
for name, verdict in screened.verdicts.items():
    known = not verdict.reason and verdict.judged
    flagged = int(verdict.flag.sum()) if known else None
    share = flagged / verdict.judged if known else None
    counts = "counts" if name in screened.counted else "reported"
    rows.append((name, counts, verdict.threshold, verdict.judged, flagged, share))
columns = ["rule", "use", "threshold", "judged", "flagged", "share"]
table = pd.DataFrame(rows, columns=columns)
agreed = pd.DataFrame(
    [(pair.first, pair.second, pair.both, pair.phi, pair.kappa) for pair in screened.agreement()],
    columns=["first", "second", "both", "phi", "kappa"],
)
print(f"{screened.excluded.sum()} of {asked.n} have flags enough to be left out; nobody is.")
print(table.round(3).to_string(index=False))

known = table[table["share"].notna()]
figure, axes = plt.subplots(figsize=(6, 0.3 * len(known) + 1), layout="constrained")
colours = ["#33658a" if use == "counts" else "#b8bec6" for use in known["use"]]
axes.barh(known["rule"], 100 * known["share"].astype(float), color=colours)
axes.invert_yaxis()
axes.set(xlabel="Flagged, % of those judged (blue: counts)")
study.save("17_screening", table, figure)
study.save("17_screening_agreement", agreed)
