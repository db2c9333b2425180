"""What a researcher calls from Python, without the command line.

``from cosyn.research import open_study, fit_synergy`` opens a study, gives its scores as data
frames and fits the plan's models by name. Respondents, scores, syntax and estimators are those of
`survey analyze`, so that the numbers are too: the scripts beside the plan show it.
"""

from cosyn.research._study import CLUSTER, OpenStudy, open_study
from cosyn.research._synergy import fit_synergy

__all__ = ["CLUSTER", "OpenStudy", "fit_synergy", "open_study"]
