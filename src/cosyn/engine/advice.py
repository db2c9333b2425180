"""What to do about each kind of fault and warning, in one sentence."""

from __future__ import annotations

ADVICE = {
    # Faults: the fit may not be interpreted as it is.
    "not converged": "Look for items without variance or in other units, simplify the model, or "
    "give starting values by `start(.5)*x`",
    "not identified": "Fix or remove one of the parameters named",
    "negative degrees of freedom": "Fix parameters, or measure the factors by more items",
    "Heywood case": "Look for outliers, few respondents or a factor of two indicators; the fit "
    'with `bounds="pos_var"` shows whether the boundary fits as well',
    "latent covariance not positive definite": "Factors correlate beyond one: merge two of them, "
    "or drop what they share",
    "residual covariance not positive definite": "Drop residual covariances of the items named",
    "bound reached": "Standard errors hold the parameters there: test the bound by "
    "`cosyn.engine.boundary`, and look for what makes the factor unstable",
    # Warnings: it may, with care.
    "hardly identified": "Fix one of the parameters named, or drop what only they explain",
    "few clusters": "Sandwich standard errors are too small with fewer than 30 clusters: use the "
    "bootstrap of clusters, and read p-values near a limit as undecided",
    "few clusters for two levels": "Read what is said of clusters as exploratory: its standard "
    "errors are too small",
    "saturated model not converged": "Chi-square and what rests on it are not known: leave out "
    "variables that hardly differ between clusters",
    "few respondents": "Read the chi-square test with care, and fit a smaller model beside it",
    "huge sample": "Chi-square rejects any model here: judge misfit by RMSEA and SRMR",
    "factors hardly distinct": "Compare with the model in which the two are one factor",
    "little coverage": "Leave one of the two out, or ask both of the same respondents",
    "loading above one": "Look for two indicators that say the same, and at the correlations of "
    "the factors",
    "loadings of both signs": "Check that reversed items are keyed before the fit",
    "polychoric correlations not positive definite": "Merge rare categories or leave an item out; "
    "nothing was smoothed",
    "higher-order factor not tested": "With three parts it fits as correlated factors do, "
    "whatever the data: take four or more, or do not read its fit as evidence",
    "two-indicator factor": "Only its weak relations identify it: fix the two loadings equal, or "
    "add an indicator",
    "vanishing factor": "Leave the factor out, or in a bifactor model one specific factor (S - 1)",
    "empty category": "Merge it with a neighbour: a category that nobody chose has no threshold",
    "sparse table": "Merge rare categories: correlations of sparse tables are uncertain",
    "rare category": "Merge it with a neighbour: its threshold is uncertain",
    "filled cell": "Half an answer was added to a cell of a fourfold table, as is usual",
    "correlation at bound": "Leave one of the two items out: one answer tells the other",
}
