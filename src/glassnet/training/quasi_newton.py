"""L-BFGS: SciPy's, over the whole table in float64, driven by our gradient (Byrd, Lu, Nocedal and Zhu 1995)."""

from collections.abc import Callable

import numpy as np
from scipy.optimize import OptimizeResult, minimize

Objective = Callable[[np.ndarray], tuple[float, np.ndarray]]
Look = Callable[[np.ndarray, float], bool]  # after every step: theta and its cost; True asks to stop

MOST_EVALUATIONS_A_STEP = 20


def lbfgs(
    objective: Objective, theta: np.ndarray, max_steps: int, tolerance: float, look: Look
) -> tuple[np.ndarray, str]:
    """Return the last parameters, and why it ended: the largest gradient entry <= tolerance, or no further descent."""

    def after_step(intermediate_result: OptimizeResult) -> None:
        if look(np.array(intermediate_result.x), float(intermediate_result.fun)):
            raise StopIteration

    found = minimize(
        objective,
        theta,
        jac=True,
        method="L-BFGS-B",
        callback=after_step,
        options={"maxiter": max_steps, "maxfun": MOST_EVALUATIONS_A_STEP * max_steps, "gtol": tolerance, "ftol": 1e-14},
    )
    return found.x, str(found.message).lower()
