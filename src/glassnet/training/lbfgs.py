"""L-BFGS: SciPy's, over all rows in float64, driven by our gradient (Byrd, Lu, Nocedal and Zhu 1995)."""

from dataclasses import dataclass
from numbers import Integral
from threading import Semaphore, Thread
from typing import ClassVar

import numpy as np
from scipy.optimize import OptimizeResult, minimize

from glassnet.network.devices import float64
from glassnet.network.loss import Loss
from glassnet.training.objective import Objective
from glassnet.training.settable import Settable
from glassnet.training.solver import Observer, check_number
from glassnet.training.stopping import StopReason

UNLIMITED = 2**31 - 1
REASONS = {0: StopReason.CONVERGED, 1: StopReason.MAX_ITER}


@dataclass(frozen=True)
class LBFGS(Settable):
    """Limited-memory BFGS over all rows in float64; it finds its own steps.

    Parameters
    ----------
    gradient_tolerance : float
        It has converged when no entry of the gradient is larger.
    history : int
        Steps from which the curvature is estimated.

    Examples
    --------
    >>> import numpy as np
    >>> from glassnet import LBFGS, NetworkRegressor
    >>> X = np.linspace(0, 1, 40)[:, None]
    >>> y = 3 * X[:, 0] + 1
    >>> model = NetworkRegressor((), preset="plain", solver=LBFGS(history=5), random_state=0).fit(X, y)
    >>> model.predict([[2.0]]).round(2)
    array([7.])
    >>> model.stop_reason_.name
    'CONVERGED'
    """

    gradient_tolerance: float = 1e-4
    history: int = 10

    uses: ClassVar[frozenset[str]] = frozenset()

    def __post_init__(self) -> None:
        check_number("LBFGS", "gradient_tolerance", self.gradient_tolerance)
        if not isinstance(self.history, Integral) or isinstance(self.history, bool) or self.history < 1:
            raise ValueError(f"LBFGS(history={self.history!r}): history must be an integer of at least 1")

    def check(self, loss: Loss, parameters: int) -> None:
        """Do nothing: it trains any loss and any network."""

    def start(self, objective: Objective, flat_parameters: np.ndarray, observer: Observer) -> "_Running":
        """Return the minimisation from these parameters on, which has made no step yet."""
        return _Running(self, objective, flat_parameters, observer)


class _Running:
    """SciPy's minimisation in a thread of its own, which stands still between two calls of `advance`.

    SciPy has no function for a single step, and stopping and going on again would forget the curvature.
    """

    def __init__(self, solver: LBFGS, objective: Objective, flat_parameters: np.ndarray, observer: Observer) -> None:
        self._solver, self._objective, self._flat_parameters, self._observer = (
            solver,
            objective,
            flat_parameters,
            observer,
        )
        self._go, self._pause = Semaphore(0), Semaphore(0)
        self._thread: Thread | None = None
        self._steps_left, self._ends = 0, False
        self._error: BaseException | None = None

    def advance(self, steps: int) -> None:
        """Let it make up to so many more steps."""
        self._steps_left = steps
        if self._thread is None:
            self._thread = Thread(target=self._run, daemon=True)
            self._thread.start()
        else:
            self._go.release()
        self._pause.acquire()
        if self._error is not None:
            raise self._error

    def close(self) -> None:
        """End the thread."""
        if self._thread is not None and self._thread.is_alive():
            self._ends = True
            self._go.release()
            self._thread.join()

    def _run(self) -> None:
        try:
            with float64():  # the switch belongs to the thread
                self._minimise()
        except BaseException as error:  # handed to the thread that waits
            self._error = error
        finally:
            self._pause.release()

    def _minimise(self) -> None:
        reported = False

        def after_step(intermediate_result: OptimizeResult) -> None:
            nonlocal reported
            reported = True
            stops = self._observer.observe(np.array(intermediate_result.x), float(intermediate_result.fun))
            self._steps_left -= 1
            if not stops and self._steps_left == 0:
                self._pause.release()
                self._go.acquire()
            if stops or self._ends:
                raise StopIteration

        options = {"maxiter": UNLIMITED, "maxfun": UNLIMITED, "gtol": self._solver.gradient_tolerance, "ftol": 1e-14}
        minimum = minimize(
            self._objective.value_and_gradient,
            self._flat_parameters,
            jac=True,
            method="L-BFGS-B",
            callback=after_step,
            options={**options, "maxcor": self._solver.history},
        )
        if self._ends:
            return
        if not reported:  # it started at a minimum
            self._observer.observe(minimum.x, self._objective.value_and_gradient(minimum.x)[0])
        self._observer.finish(minimum.x, REASONS.get(minimum.status, StopReason.NO_DESCENT))
