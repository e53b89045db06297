"""Where a member stands in training, and how that begins."""

from typing import NamedTuple

from glassnet._lazy import jnp
from glassnet._types import Boolean, FlatParameters, Integer, Scalar, UInt32Scalar
from glassnet.network.compiled_programs import compiled
from glassnet.training.configuration import DynamicConfig, StaticConfig
from glassnet.training.schedule import ADAPTIVE_CUT, SLOWEST
from glassnet.training.solver import SolverState, StepSize
from glassnet.training.stopping import Best, nothing_yet


class MemberState(NamedTuple):
    """Everything that an epoch changes in a member."""

    flat_parameters: FlatParameters
    solver_state: SolverState
    step_size: Scalar
    seed: UInt32Scalar
    epoch: Integer
    best: Best
    failed: Boolean  # the next epoch left the finite numbers; the parameters are from before it


@compiled(static=1)
def start(
    static: StaticConfig, flat_parameters: FlatParameters, step_size: StepSize, seed: UInt32Scalar
) -> MemberState:
    """Return the state before the first epoch."""
    step_size = jnp.asarray(step_size, flat_parameters.dtype)
    zero, no = jnp.zeros((), jnp.int32), jnp.zeros((), bool)
    return MemberState(
        flat_parameters, static.solver.init(flat_parameters), step_size, seed, zero, nothing_yet(flat_parameters), no
    )


def adapted(dynamic: DynamicConfig, state: MemberState) -> MemberState:
    """Cut the step size instead of stopping, as scikit-learn's `adaptive`; it stops when the steps are very small."""
    cut = (state.best.no_improvement > dynamic.patience) & (state.step_size > SLOWEST)
    step_size = jnp.where(cut, state.step_size / ADAPTIVE_CUT, state.step_size)
    best = state.best._replace(no_improvement=jnp.where(cut, 0, state.best.no_improvement))
    return state._replace(step_size=step_size, best=best)


def zero_loss(state: MemberState) -> Scalar:
    """Return 0, one for every member: `vmap` traces a loop again and again until all that it carries has that axis."""
    return jnp.where(state.failed, 0.0, jnp.zeros_like(state.flat_parameters, shape=()))
