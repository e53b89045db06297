"""Gradient solvers: from a gradient to the next parameters.

All parameters move at once, from gradients taken at the old ones. Gradient descent is written here as in the notes;
momentum and Adam are optax's (gradient in, update out).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, cast

from glassnet._lazy import optax
from glassnet._types import FlatParameters
from glassnet.training.solver import SolverState, StepOptions, StepSize, check_number

BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-8  # of Adam, as Kingma and Ba (2015) give them


@dataclass(frozen=True)
class GradientDescent(StepOptions):
    """theta_k = theta_{k-1} - tau dE/dtheta, over all rows at once unless a batch size is given.

    Parameters
    ----------
    schedule : str or None
        Of the step size: "constant", "cosine" (falls to 0), "flat_cosine" (the same in the second half alone),
        "log_cosine", "invscaling" or "adaptive"; "constant" where neither this nor the preset says otherwise.
    power_t : float or None
        The power of schedule="invscaling"; 0.5 by default.
    warmup : float or None
        The fraction of all steps over which the step size rises from 0; 0 by default.
    shuffle : bool, "replacement" or None
        Whether each epoch visits the rows in a new order; "replacement" draws every row from all of them.
    weight_decay : float, sequence of floats or None
        Decoupled weight decay, or several strengths to choose from by validation rows; 0 by default.
    clip_norm : float or None
        Longest gradient of a member; gradients are not clipped by default.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> from glassnet import GradientDescent
    >>> solver, theta = GradientDescent(), jnp.array([1.0, -2.0])
    >>> theta, state = solver.update(theta, solver.init(theta), jnp.array([2.0, 4.0]), 0.25)
    >>> theta  # 1 - 0.25 * 2 and -2 - 0.25 * 4
    Array([ 0.5, -3. ], dtype=float32)
    """

    def init(self, flat_parameters: FlatParameters) -> SolverState:
        """Return nothing: gradient descent has no state."""
        return ()

    def update(
        self, flat_parameters: FlatParameters, state: SolverState, gradient: FlatParameters, step_size: StepSize
    ) -> tuple[FlatParameters, SolverState]:
        """Return theta - tau dE/dtheta."""
        return flat_parameters - step_size * gradient, state


@dataclass(frozen=True)
class SGD(StepOptions):
    """v_k = momentum v_{k-1} + dE/dtheta, theta_k = theta_{k-1} - tau v_k.

    With `nesterov`, theta_k = theta_{k-1} - tau (dE/dtheta + momentum v_k) (Sutskever et al. 2013; `optax.trace`).

    Parameters
    ----------
    momentum : float
        Fraction of the last step's velocity that is kept.
    nesterov : bool
        Whether the gradient is that of Nesterov.
    schedule : str or None
        Of the step size: "constant", "cosine" (falls to 0), "flat_cosine" (the same in the second half alone),
        "log_cosine", "invscaling" or "adaptive"; "constant" where neither this nor the preset says otherwise.
    power_t : float or None
        The power of schedule="invscaling"; 0.5 by default.
    warmup : float or None
        The fraction of all steps over which the step size rises from 0; 0 by default.
    shuffle : bool, "replacement" or None
        Whether each epoch visits the rows in a new order; "replacement" draws every row from all of them.
    weight_decay : float, sequence of floats or None
        Decoupled weight decay, or several strengths to choose from by validation rows; 0 by default.
    clip_norm : float or None
        Longest gradient of a member; gradients are not clipped by default.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> from glassnet import SGD
    >>> solver, theta, gradient = SGD(momentum=0.5, nesterov=False), jnp.array([1.0]), jnp.array([1.0])
    >>> state = solver.init(theta)
    >>> for _ in range(2):  # v = 1 and theta = 1 - 0.5, then v = 0.5 + 1 and theta = 0.5 - 0.75
    ...     theta, state = solver.update(theta, state, gradient, 0.5)
    >>> theta
    Array([-0.25], dtype=float32)
    """

    momentum: float = 0.9
    nesterov: bool = True

    def __post_init__(self) -> None:
        super().__post_init__()
        check_number(type(self).__name__, "momentum", self.momentum, below=1.0)
        if not isinstance(self.nesterov, bool):
            raise ValueError(f"{type(self).__name__}(nesterov={self.nesterov!r}): nesterov must be True or False")

    def init(self, flat_parameters: FlatParameters) -> SolverState:
        """Return zero velocity."""
        return self._rule.init(flat_parameters)

    def update(
        self, flat_parameters: FlatParameters, state: SolverState, gradient: FlatParameters, step_size: StepSize
    ) -> tuple[FlatParameters, SolverState]:
        """Return theta - tau v."""
        update, state = self._rule.update(gradient, state, flat_parameters)
        return flat_parameters - step_size * cast(FlatParameters, update), state

    @property
    def _rule(self) -> "optax.GradientTransformation":
        return optax.trace(self.momentum, self.nesterov)


@dataclass(frozen=True)
class Adam(StepOptions):
    """theta_k = theta_{k-1} - tau m / (sqrt v + epsilon).

    m and v are running means of the gradient and of its square, each divided by 1 - beta^k (Kingma and Ba 2015;
    `optax.scale_by_adam`).

    Parameters
    ----------
    beta_1 : float or None
        The weight of the former m in the running mean; None is the preset's, else 0.9.
    beta_2 : float or None
        The weight of the former v in the running mean; None is the preset's, else 0.999.
    epsilon : float or None
        What is added to sqrt v; None is the preset's, else 1e-8.
    schedule : str or None
        Of the step size: "constant", "cosine" (falls to 0), "flat_cosine" (the same in the second half alone),
        "log_cosine", "invscaling" or "adaptive"; "constant" where neither this nor the preset says otherwise.
    power_t : float or None
        The power of schedule="invscaling"; 0.5 by default.
    warmup : float or None
        The fraction of all steps over which the step size rises from 0; 0 by default.
    shuffle : bool, "replacement" or None
        Whether each epoch visits the rows in a new order; "replacement" draws every row from all of them.
    weight_decay : float, sequence of floats or None
        Decoupled weight decay, or several strengths to choose from by validation rows; 0 by default.
    clip_norm : float or None
        Longest gradient of a member; gradients are not clipped by default.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> import numpy as np
    >>> from glassnet import Adam
    >>> solver, theta = Adam(0.9, 0.999), jnp.array([1.0, 1.0])
    >>> theta, state = solver.update(theta, solver.init(theta), jnp.array([200.0, -0.5]), 0.1)
    >>> np.asarray(theta).round(3)  # the first step is as long as the step size, whatever the gradient
    array([0.9, 1.1], dtype=float32)
    """

    beta_1: float | None = None
    beta_2: float | None = None
    epsilon: float | None = None

    DEFAULTS: ClassVar[Mapping[str, object]] = {
        **StepOptions.DEFAULTS, "beta_1": BETA_1, "beta_2": BETA_2, "epsilon": EPSILON,
    }  # fmt: skip

    def __post_init__(self) -> None:
        super().__post_init__()
        name = type(self).__name__
        check_number(name, "beta_1", self.beta_1, below=1.0, settled=False)
        check_number(name, "beta_2", self.beta_2, below=1.0, settled=False)
        check_number(name, "epsilon", self.epsilon, settled=False)

    def init(self, flat_parameters: FlatParameters) -> SolverState:
        """Return m = v = 0."""
        return self._rule.init(flat_parameters)

    def update(
        self, flat_parameters: FlatParameters, state: SolverState, gradient: FlatParameters, step_size: StepSize
    ) -> tuple[FlatParameters, SolverState]:
        """Return theta - tau m / (sqrt v + epsilon)."""
        update, state = self._rule.update(gradient, state, flat_parameters)
        return flat_parameters - step_size * cast(FlatParameters, update), state

    @property
    def _rule(self) -> "optax.GradientTransformation":
        return optax.scale_by_adam(
            BETA_1 if self.beta_1 is None else self.beta_1,
            BETA_2 if self.beta_2 is None else self.beta_2,
            EPSILON if self.epsilon is None else self.epsilon,
        )


@dataclass(frozen=True)
class AdamW(Adam):
    """Adam with decoupled weight decay: 0.01, unless another is given or the preset has one (Loshchilov, Hutter 2019).

    Parameters
    ----------
    beta_1 : float or None
        The weight of the former m in the running mean; None is the preset's, else 0.9.
    beta_2 : float or None
        The weight of the former v in the running mean; None is the preset's, else 0.999.
    epsilon : float or None
        What is added to sqrt v; None is the preset's, else 1e-8.
    schedule : str or None
        Of the step size: "constant", "cosine" (falls to 0), "flat_cosine" (the same in the second half alone),
        "log_cosine", "invscaling" or "adaptive"; "constant" where neither this nor the preset says otherwise.
    power_t : float or None
        The power of schedule="invscaling"; 0.5 by default.
    warmup : float or None
        The fraction of all steps over which the step size rises from 0; 0 by default.
    shuffle : bool, "replacement" or None
        Whether each epoch visits the rows in a new order; "replacement" draws every row from all of them.
    weight_decay : float, sequence of floats or None
        Decoupled weight decay, or several strengths to choose from by validation rows; 0.01 by default.
    clip_norm : float or None
        Longest gradient of a member; gradients are not clipped by default.

    Examples
    --------
    >>> import jax.numpy as jnp
    >>> import numpy as np
    >>> from glassnet import AdamW, NetworkRegressor
    >>> solver = AdamW(weight_decay=0.1, schedule="cosine")
    >>> model = NetworkRegressor((8,), solver=solver)  # whose fit decays weights, and takes the steps of Adam
    >>> theta = jnp.array([1.0, 1.0])
    >>> np.asarray(solver.update(theta, solver.init(theta), jnp.array([200.0, -0.5]), 0.1)[0]).round(3)
    array([0.9, 1.1], dtype=float32)
    >>> AdamW.DEFAULTS["weight_decay"]
    0.01
    """

    DEFAULTS: ClassVar[Mapping[str, object]] = {**Adam.DEFAULTS, "weight_decay": 0.01}
