"""The cost of a network over two of its parameters, and the path of a small trace on it.

All other parameters are as they were before the first step. E is the cost that training lowers, by the forward pass
that training uses.
"""

from collections.abc import Sequence

import numpy as np

from glassnet._lazy import jax, jnp
from glassnet._types import Parameter, RowsIn, Scalar, Targets
from glassnet.insight.cost_surface_record import CostSurface
from glassnet.insight.parameter_axis import ParameterAxis, axis_of, examples
from glassnet.insight.trace_record import Trace
from glassnet.insight.traced_step import Arrays
from glassnet.network.backward import backward
from glassnet.network.compiled_programs import QUICK, Compiled, check_process
from glassnet.network.cost import cost, cost_derivative
from glassnet.network.devices import float64
from glassnet.network.layer import Parameters
from glassnet.network.loss import Loss, as_loss
from glassnet.network.network import Network, forward, output

MOST_PARAMETERS, MOST_ROWS, MOST_STEPS, MOST_POINTS = 1_000, 1_000, 1_000, 201
STEP = 1e-4  # of the difference of two gradients, beside the size of the parameters
RELATIVE = 1e-9  # up to which E of the network and of the trace are the same


def cost_surface(
    network: Network, trace: Trace, axes: tuple[str, str], *, points: int = 41, margin: float = 0.3
) -> CostSurface:
    """Return the cost E over a grid of two parameters, all others as they started, and the path of a trace on it.

    E = (1/s) sum_i loss(f(x_i), y_i) over the s rows of the trace.

    Parameters
    ----------
    network : Network
        The layers of the trace.
    trace : Trace
        At least one step, of a network of at most 1,000 parameters on at most 1,000 rows in at most 1,000 steps.
    axes : tuple of str
        Two parameters by name, layer and index, which count from 1: ("W^1_1,1", "b^1_1"), of which the first is
        W[1,1] of layer 1, from input 1 to unit 1.
    points : int, default=41
        Points along each axis, 2 to 201.
    margin : float, default=0.3
        How far the grid goes beyond the path, as a fraction of how far the path goes.

    Returns
    -------
    CostSurface
        The grid, the path, and the gradient and curvature at the start.

    Raises
    ------
    ValueError
        When the trace is too large, is of another network, or of weighted rows, or a name is not known.

    Examples
    --------
    >>> from glassnet import Dense, Network, cost_surface, trace
    >>> neuron, parameters = Network(1, [Dense(1)]), [{"W": [[2.0]], "b": [0.0]}]
    >>> steps = trace(neuron, parameters, [[1.0], [2.0]], [[1.0], [2.0]], step_size=0.2, steps=10)
    >>> surface = cost_surface(neuron, steps, ("W^1_1,1", "b^1_1"))
    >>> surface.E.shape, surface.path.shape
    ((41, 41), (11, 2))
    >>> surface.gradient
    array([2.5, 1.5])
    """
    _check_size(network, trace, points, margin)
    before = [layer.before for layer in trace.steps[0].layers]
    first, second = (axis_of(network, name) for name in axes)
    if first == second:
        raise ValueError(f"axes={axes!r} name one parameter twice; a surface needs two, such as {examples(network)}")
    loss = _loss(trace)
    states = [before, *([layer.after for layer in step.layers] for step in trace.steps)]
    path = np.array([[axis.of(state) for axis in (first, second)] for state in states])
    x, y = (_around(along, points, margin) for along in path.T)
    check_process()
    with float64():
        known = [{name: jnp.asarray(array) for name, array in layer.items()} for layer in before]
        rows, targets = jnp.asarray(trace.x), jnp.asarray(trace.y)
        E = np.stack([
            np.asarray(_costs(network, loss, first, second, known, rows, targets, jnp.asarray(x), jnp.asarray(one)))
            for one in y
        ])  # fmt: skip
        _check_start(network, loss, known, rows, targets, trace.steps[0].E)
        gradient = np.array([axis.of([layer.gradient for layer in trace.steps[0].layers]) for axis in (first, second)])
        curvature = _curvature(network, loss, (first, second), known, rows, targets, gradient)
    path_E = np.array([*(step.E for step in trace.steps), trace.steps[-1].E_after])
    moved = _others_moved(states, (first, second))
    return CostSurface(
        (first.name, second.name), x, y, E, path, path_E, gradient, curvature, moved, trace.loss, trace.step_size
    )  # fmt: skip


def _check_size(network: Network, trace: Trace, points: int, margin: float) -> None:
    if not trace.steps:
        raise ValueError("the trace has no steps; give one of at least one, as trace(..., steps=10) returns")
    numbers = (
        ("parameters", network.n_parameters, MOST_PARAMETERS),
        ("rows", len(trace.x), MOST_ROWS),
        ("steps", len(trace.steps), MOST_STEPS),
    )
    for what, count, most in numbers:
        if count > most:
            raise ValueError(
                f"the trace has {count:,} {what}; a surface is drawn of small traces, of at most {MOST_PARAMETERS:,} "
                f"parameters, {MOST_ROWS:,} rows and {MOST_STEPS:,} steps: trace a smaller one"
            )
    if not 2 <= points <= MOST_POINTS or not 0 < margin < np.inf:
        raise ValueError(f"points={points} must be 2 to {MOST_POINTS}, and margin={margin} a number above 0")
    shapes = [{name: array.shape for name, array in layer.before.items()} for layer in trace.steps[0].layers]
    if shapes != network.parameter_shapes:
        raise ValueError(
            f"the trace is of parameters {shapes}, but the network has {network.parameter_shapes}; give the network "
            "that was traced"
        )


def _loss(trace: Trace) -> Loss:
    try:
        return as_loss(trace.loss)
    except ValueError:
        raise ValueError(
            f"the trace keeps of its loss the text {trace.loss} alone; trace with the name of a loss, such as "
            'loss="squared_error"'
        ) from None


def _around(along: np.ndarray, points: int, margin: float) -> np.ndarray:
    """Return a grid around the path; where it does not move, as far to each side as its number is large, or 1."""
    low, high = float(along.min()), float(along.max())
    beyond = margin * (high - low) or abs(low) or 1.0
    return np.linspace(low - beyond, high + beyond, points)


def _costs_of_a_line(
    network: Network,
    loss: Loss,
    first: ParameterAxis,
    second: ParameterAxis,
    parameters: Parameters,
    rows: RowsIn,
    targets: Targets,
    x: Parameter,
    y: Scalar,
) -> Parameter:
    """Return E at all x of a line of the grid."""

    def cost_at(value: Scalar) -> Scalar:
        moved = second.put(first.put(parameters, value), y)
        return cost(loss, output(network, moved, rows), targets)

    return jax.vmap(cost_at)(x)


_costs = Compiled(_costs_of_a_line, static=4, options=QUICK)


def _check_start(
    network: Network, loss: Loss, parameters: Parameters, rows: RowsIn, targets: Targets, E: float
) -> None:
    """Raise `ValueError` where the cost at the start is not that of the trace: rows had weights, or it is another."""
    found = float(cost(loss, output(network, parameters, rows), targets))
    if abs(found - E) > RELATIVE * max(abs(E), 1.0):
        raise ValueError(
            f"the cost at the start is {found:.6g} by this network and {E:.6g} in the trace; give the network that was "
            "traced, and a trace without sample_weight, which surfaces leave out"
        )


def _curvature(
    network: Network,
    loss: Loss,
    axes: tuple[ParameterAxis, ParameterAxis],
    parameters: Parameters,
    rows: RowsIn,
    targets: Targets,
    gradient: np.ndarray,
) -> float | None:
    """Return the second derivative of E at the start along the gradient on the plane, by two backward passes."""
    length = float(np.linalg.norm(gradient))
    if length == 0:
        return None
    start = np.array([float(parameters[axis.layer][axis.parameter][axis.index]) for axis in axes])
    direction, step = gradient / length, STEP * max(1.0, float(np.abs(start).max()))

    def slope(distance: float) -> float:
        moved = parameters
        for axis, value in zip(axes, start + distance * direction, strict=True):
            moved = axis.put(moved, jnp.asarray(value))
        signals = forward(network, moved, rows)
        back = backward(network, moved, signals, cost_derivative(loss, signals[-1].x, targets))
        here = [{name: np.asarray(array) for name, array in layer.gradient.items()} for layer in back]
        return float(direction @ [axis.of(here) for axis in axes])

    return (slope(step) - slope(-step)) / (2 * step)


def _others_moved(states: Sequence[Sequence[Arrays]], axes: tuple[ParameterAxis, ParameterAxis]) -> float:
    """Return by how much at most a parameter of another name or index moved from its start."""
    furthest = 0.0
    for layer, start in enumerate(states[0]):
        for name, array in start.items():
            change = np.max([np.abs(state[layer][name] - array) for state in states], axis=0)
            for axis in axes:
                if (axis.layer, axis.parameter) == (layer, name):
                    change[axis.index] = 0.0
            furthest = max(furthest, float(change.max(initial=0.0)))
    return furthest
