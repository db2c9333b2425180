"""Names for the arrays that pass through the engine."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
Matrix = NDArray[np.float64]
Indices = NDArray[np.intp]
Flags = NDArray[np.bool_]
#: Real, or complex where a function is differentiated by a complex step.
Analytic = NDArray[Any]
