"""Solvers: how parameters move, and which options a solver uses.

A solver is a pair of pure functions, `init` and `update`, over one flat vector theta that holds all parameters, and a
state that the caller carries. There are two kinds. A `GradientSolver` gets the gradient of a batch and a step size; its
schedule, weight decay, clipping, warm-up and shuffling are `StepOptions`. A `FullBatchSolver` gets the whole problem,
in float64, and finds its own steps.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from numbers import Real
from typing import ClassVar, Literal, Protocol, TypeVar, runtime_checkable

import numpy as np

from glassnet._lazy import Array, PyTree
from glassnet._types import FlatParameters
from glassnet.network.loss import Loss
from glassnet.training.objective import Objective
from glassnet.training.schedule import SCHEDULES
from glassnet.training.settable import Settable
from glassnet.training.stopping import StopReason

StepSize = float | Array
SolverState = PyTree  # of arrays

# Options of an estimator, a recipe or `fit` that not every solver uses; of `layers`, those that draw random numbers.
BATCH_OPTIONS = frozenset(
    {
        "batch_size", "learning_rate_init", "dropout", "layers", "adversarial", "adversarial_steps", "fade",
        "learning_rate_multipliers", "shift", "final_epochs", "checkpoint",
    }
)  # fmt: skip


@runtime_checkable
class GradientSolver(Protocol):
    """How the gradient of a batch moves the parameters; every object with these two functions is one.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> from glassnet import LBFGS, Adam, GradientSolver
    >>> class SignDescent:
    ...     def init(self, flat_parameters):
    ...         return ()
    ...     def update(self, flat_parameters, state, gradient, step_size):
    ...         return flat_parameters - step_size * jnp.sign(gradient), state
    >>> [isinstance(solver, GradientSolver) for solver in (SignDescent(), Adam(), LBFGS())]
    [True, True, False]
    >>> SignDescent().update(jnp.array([1.0, 1.0]), (), jnp.array([20.0, -3.0]), 0.5)[0]
    Array([0.5, 1.5], dtype=float32)
    """

    def init(self, flat_parameters: FlatParameters) -> SolverState:
        """Return the state before the first step.

        Parameters
        ----------
        flat_parameters : array (parameters,)
            The first parameters.

        Returns
        -------
        pytree of arrays
            What the solver carries from step to step.
        """
        ...

    def update(
        self, flat_parameters: FlatParameters, state: SolverState, gradient: FlatParameters, step_size: StepSize
    ) -> tuple[FlatParameters, SolverState]:
        """Return the parameters after one step, and the state.

        Parameters
        ----------
        flat_parameters : array (parameters,)
            The parameters before the step.
        state : pytree of arrays
            The state before the step.
        gradient : array (parameters,)
            dE/dtheta of the batch, with the L2 penalty.
        step_size : scalar or array (parameters,)
            tau; an array where parameters have learning-rate multipliers.

        Returns
        -------
        flat_parameters : array (parameters,)
            The parameters after the step.
        state : pytree of arrays
            The state after the step.
        """
        ...


@runtime_checkable
class Steps(Protocol):
    """A full-batch solver at work on one member; it advances when it is asked to."""

    def advance(self, steps: int) -> None:
        """Make up to so many more steps, reporting each."""
        ...

    def close(self) -> None:
        """End its threads."""
        ...


@runtime_checkable
class Observer(Protocol):
    """What a full-batch solver reports its steps to: it keeps losses and the best parameters, and says when to stop."""

    def observe(
        self,
        flat_parameters: np.ndarray,
        loss: float,
        damping: float | None = None,
        effective_parameters: float | None = None,
    ) -> bool:
        """Record a step, and return whether to stop after it.

        Parameters
        ----------
        flat_parameters : array (parameters,)
            The parameters after the step.
        loss : float
            The objective at these parameters.
        damping : float or None
            Lambda, for Levenberg-Marquardt.
        effective_parameters : float or None
            The effective number of parameters, for Bayesian regularisation.
        """
        ...

    def finish(self, flat_parameters: np.ndarray, reason: StopReason) -> None:
        """Take the last parameters of a solver that has no further step to make, unless a step was asked to be last."""
        ...


@runtime_checkable
class FullBatchSolver(Protocol):
    """A solver over all rows at once, in float64, that needs no step size.

    Attributes
    ----------
    uses : frozenset of str
        The options of an estimator or a recipe that it uses.

    Examples
    --------
    >>> from glassnet import LBFGS, Adam, FullBatchSolver, LevenbergMarquardt
    >>> [isinstance(solver, FullBatchSolver) for solver in (LBFGS(), LevenbergMarquardt(), Adam())]
    [True, True, False]
    >>> LBFGS.uses  # none of the options of batches
    frozenset()
    """

    uses: ClassVar[frozenset[str]]

    def check(self, loss: Loss, parameters: int) -> None:
        """Raise `ValueError` for a loss or a network that it cannot train."""
        ...

    def start(self, objective: Objective, flat_parameters: np.ndarray, observer: Observer) -> Steps:
        """Return the solver at work.

        Parameters
        ----------
        objective : Objective
            What is minimised.
        flat_parameters : array (parameters,)
            The first parameters.
        observer : Observer
            What every step is reported to.
        """
        ...


Solver = GradientSolver | FullBatchSolver


@dataclass(frozen=True, kw_only=True)
class StepOptions(Settable):
    """What every gradient solver of this package lets users choose; None is the preset's choice.

    Parameters
    ----------
    schedule : str or None
        Of the step size: "constant", "cosine", "flat_cosine", "log_cosine", "invscaling" or "adaptive".
    power_t : float or None
        The power of "invscaling".
    warmup : float or None
        The fraction of all steps over which the step size rises from 0.
    shuffle : bool, "replacement" or None
        Whether each epoch visits the rows in an order of its own; "replacement" draws every row from all of them.
    weight_decay : float, sequence of floats or None
        Decoupled weight decay; of several, every member keeps the one with the least loss on its validation rows.
    clip_norm : float or None
        Longest gradient of a member.
    """

    schedule: str | None = None
    power_t: float | None = None
    warmup: float | None = None
    shuffle: bool | Literal["replacement"] | None = None
    weight_decay: float | Sequence[float] | None = None
    clip_norm: float | None = None

    uses: ClassVar[frozenset[str]] = BATCH_OPTIONS
    DEFAULTS: ClassVar[Mapping[str, object]] = {
        "schedule": "constant", "power_t": 0.5, "warmup": 0.0, "shuffle": True, "weight_decay": 0.0,
    }  # fmt: skip

    def __post_init__(self) -> None:
        name = type(self).__name__
        if self.schedule is not None and self.schedule not in SCHEDULES:
            raise ValueError(f"{name}(schedule={self.schedule!r}): schedule must be one of {', '.join(SCHEDULES)}")
        if self.shuffle not in (None, True, False, "replacement"):
            raise ValueError(f"{name}(shuffle={self.shuffle!r}): shuffle must be True, False or 'replacement'")
        for option in ("power_t", "clip_norm"):
            check_number(name, option, getattr(self, option), settled=False)
        check_number(name, "warmup", self.warmup, below=1.0, settled=False)
        if self.clip_norm == 0:
            raise ValueError(f"{name}(clip_norm=0): clip_norm must be a number above 0")
        if not self.decays:
            raise ValueError(f"{name}(weight_decay={self.weight_decay!r}): weight_decay must be a number, or several")
        for decay in self.decays:
            check_number(name, "weight_decay", decay)

    @property
    def decays(self) -> tuple[float, ...]:
        """The strengths of weight decay to try."""
        decay = self.weight_decay
        if decay is None:
            return (0.0,)
        return tuple(decay) if isinstance(decay, Sequence) else (decay,)


Options = TypeVar("Options", bound=StepOptions)


def with_defaults(solver: Options, preset: StepOptions | None) -> Options:
    """Return the solver with every option settled: its own, else the preset's, else the default of its class.

    `ValueError` for a `power_t` that the schedule does not use.
    """
    values: dict[str, object] = {}
    for field in fields(solver):
        for source in (getattr(solver, field.name), getattr(preset, field.name, None), solver.DEFAULTS.get(field.name)):
            if source is not None:
                values[field.name] = source
                break
    if values["schedule"] != "invscaling":
        if solver.power_t is not None:
            raise ValueError(
                f"power_t={solver.power_t} is that of schedule='invscaling', but the schedule is "
                f"{values['schedule']!r}; leave power_t out, or give {type(solver).__name__}(schedule='invscaling')"
            )
        values["power_t"] = None
    return replace(solver, **values)  # pyright: ignore[reportArgumentType]


def options_of(solver: GradientSolver) -> StepOptions:
    """Return the options of a solver whose options are settled; those of a user's own are the defaults."""
    return solver if isinstance(solver, StepOptions) else with_defaults(StepOptions(), None)


def without_options(solver: GradientSolver) -> GradientSolver:
    """Return what of a solver is compiled: its update rule, without what may change between fits."""
    if not isinstance(solver, StepOptions):
        return solver
    return replace(solver, **{field.name: None for field in fields(StepOptions)})


def check_number(solver: str, option: str, value: float | None, below: float = np.inf, *, settled: bool = True) -> None:
    """Raise `ValueError` for an option that is no number from 0 to `below`; one that is not `settled` may be None."""
    if value is None and not settled:
        return
    if not isinstance(value, Real) or isinstance(value, bool) or not 0 <= float(value) < below:
        rule = "a number of at least 0" + ("" if below == np.inf else f" and below {below:g}")
        raise ValueError(f"{solver}({option}={value!r}): {option} must be {rule}")
