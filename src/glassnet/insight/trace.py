"""The trace: every number of the forward pass, the backward pass and the step, in float64.

The functions are those that training compiles, `forward`, `backward` and a solver's `update`, run one step at a time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import fields

import numpy as np
from numpy.typing import ArrayLike

from glassnet._lazy import jnp
from glassnet._types import Outputs
from glassnet.estimators.validation import check_weights
from glassnet.insight.central_differences import CostFunction
from glassnet.insight.forward_pass import ForwardPass, LayerForward
from glassnet.insight.layer_tables import activation_name, layer_name
from glassnet.insight.trace_record import Trace
from glassnet.insight.traced_step import Arrays, LayerStep, Step, TracedLayer
from glassnet.network.activation import Activation
from glassnet.network.backward import backward
from glassnet.network.compiled_programs import check_process
from glassnet.network.convolution import Convolution
from glassnet.network.coordinatewise import Coordinatewise
from glassnet.network.cost import check_link, cost, cost_derivative
from glassnet.network.dense import Dense
from glassnet.network.devices import float64
from glassnet.network.layer import Backward, Forward, Layer, LayerParameters, Parameters, SeesInputs
from glassnet.network.loss import Loss, as_loss
from glassnet.network.network import Network, forward, output
from glassnet.training.auto_solver import as_solver
from glassnet.training.divergence import DivergenceError
from glassnet.training.ravel import flatten, trained_alone, unflatten
from glassnet.training.solver import FullBatchSolver, GradientSolver, Solver, StepOptions, with_defaults


def trace_network(
    network: Network,
    parameters: Sequence[Mapping[str, ArrayLike]],
    x: ArrayLike,
    y: ArrayLike,
    *,
    loss: str | Loss = "half_squared_error",
    step_size: float = 0.1,
    steps: int = 1,
    solver: str | Solver = "gd",
    sample_weight: ArrayLike | None = None,
) -> Trace:
    """Train `steps` steps on the samples x (rows, inputs) and targets y (rows, outputs) and keep every number.

    E = (1/s) sum_i w_i loss(f(x_i), y_i) over the s rows given; each step moves all W and b at once with step size tau
    from gradients taken at the old ones.

    Parameters
    ----------
    network : Network
        The layers.
    parameters : sequence of dicts of arrays
        W, b, ... of every layer by name, before the first step.
    x : array (rows, inputs)
        The samples; one row, or one input, may be given without its axis.
    y : array (rows, outputs)
        The targets; likewise.
    loss : str or Loss
        As for `NetworkRegressor`.
    step_size : float
        tau, above 0.
    steps : int
        Steps of training.
    solver : str or Solver
        One that steps along a gradient.
    sample_weight : array (rows,) or None
        w; ones unless given.

    Returns
    -------
    Trace
        Every number of every step, float64.

    Raises
    ------
    ValueError
        When shapes do not fit, x, y or the parameters are not finite, or the solver has an option of fits, such
        as a schedule or weight decay.
    DivergenceError
        When the parameters leave the finite numbers.
    """
    rule, moves = as_loss(loss), _gradient_solver(solver)
    check_link(network, rule)
    if not 0 < step_size < np.inf or steps < 0:
        raise ValueError(f"step_size={step_size} must be a number above 0, and steps={steps} at least 0")
    rows = _as_rows(x, network.shapes[0], "x")
    outputs = network.shapes[-1][0] // rule.outputs(1)  # quantiles are several outputs a target
    targets = _as_rows(y, (outputs, *network.shapes[-1][1:]), "y")
    if len(rows) != len(targets):
        raise ValueError(f"x has {len(rows)} row(s) and y has {len(targets)}; they must be as many")
    check_process()
    with float64():
        inputs, wanted = jnp.asarray(rows), jnp.asarray(targets)
        weights = None if sample_weight is None else jnp.asarray(check_weights(sample_weight, len(rows)))
        flat_parameters = flatten(_checked(network, parameters))
        state, done = moves.init(flat_parameters), list[Step]()
        for number in range(1, steps + 1):
            before = unflatten(network, flat_parameters)
            signals = forward(network, before, inputs)
            back = backward(network, before, signals, cost_derivative(rule, signals[-1].x, wanted, weights))
            E = float(cost(rule, signals[-1].x, wanted, weights))
            gradient = trained_alone(network, flatten([layer.gradient for layer in back]))
            flat_parameters, state = moves.update(flat_parameters, state, gradient, step_size)
            after = unflatten(network, flat_parameters)
            if not bool(jnp.isfinite(jnp.sum(jnp.square(flat_parameters)))):
                raise DivergenceError(
                    f"the trace left the finite numbers in step {number}; try step_size={step_size / 10:g}"
                )
            outputs = output(network, after, inputs)
            prediction = [np.asarray(rule.link.value(x)) for x in (signals[-1].x, outputs)]
            arriving = _arriving(network, back, cost_derivative(rule, signals[-1].x, wanted, weights))
            layers = tuple(map(_layer_step, network.layers, signals, back, arriving, before, after))
            E_after = float(cost(rule, outputs, wanted, weights))
            done.append(Step(number, E, E_after, prediction[0], prediction[1], np.asarray(back[0].g), layers))
    function = CostFunction(network, rule, rows, targets, None if weights is None else np.asarray(weights))
    named = (names_of(network), layers_of(network))
    return Trace(_name(loss), _name(solver), step_size, rows, targets, tuple(done), *named, cost=function)


def forward_pass(
    network: Network, parameters: Sequence[Mapping[str, ArrayLike]], x: ArrayLike, link: Activation
) -> ForwardPass:
    """Return every number of the forward pass of samples x (rows, inputs), without a target; `link` ends it."""
    rows = _as_rows(x, network.shapes[0], "x")
    with float64():
        known = _checked(network, parameters)
        signals = forward(network, known, jnp.asarray(rows))
        layers = tuple(
            LayerForward(name, np.asarray(layer.z), np.asarray(layer.x), _as_arrays(arrays))
            for name, layer, arrays in zip(names_of(network), signals, known, strict=True)
        )
        return ForwardPass(rows, layers, np.asarray(link.value(signals[-1].x)), network)


def names_of(network: Network) -> tuple[str, ...]:
    """Return what the layers of a network are."""
    return tuple(map(layer_name, network.layers))


def _gradient_solver(given: str | Solver) -> GradientSolver:
    solver = as_solver(given)
    if isinstance(solver, FullBatchSolver):
        raise ValueError(f"solver={given!r} finds its own steps over all rows; trace one that steps along a gradient")
    if isinstance(solver, StepOptions):
        settled = with_defaults(solver, None)
        for option in fields(StepOptions):  # power_t is that of a schedule, which is refused itself
            value, neutral = getattr(settled, option.name), StepOptions.DEFAULTS.get(option.name)
            if option.name != "power_t" and value != neutral:
                raise ValueError(
                    f"{option.name}={value!r} of solver={given!r} has no effect in a trace, whose steps follow the "
                    f"gradient of E alone, all with the same step_size; give {option.name}={neutral!r}"
                )
    return solver


def layers_of(network: Network) -> tuple[TracedLayer, ...]:
    """Return the layers of a network by kind, activation and shapes."""
    shapes = zip(network.layers, network.shapes, network.shapes[1:], strict=False)
    return tuple(TracedLayer(type(layer).__name__, activation_name(layer), *ends) for layer, *ends in shapes)


def _arriving(network: Network, back: Sequence[Backward], g: Outputs) -> list[Outputs]:
    """Return dE/dx^l of every layer, first to last: what the layer above gives back, without its part for x^0."""
    of_inputs = [network.inputs[0] if isinstance(layer, SeesInputs) else 0 for layer in network.layers[1:]]
    return [*(above.g[:, : above.g.shape[1] - n] for above, n in zip(back[1:], of_inputs, strict=True)), g]


def _layer_step(
    layer: Layer, signals: Forward, back: Backward, g: Outputs, before: LayerParameters, after: LayerParameters
) -> LayerStep:
    derivative = None
    if isinstance(layer, Dense | Convolution) and isinstance(layer.activation, Coordinatewise):
        derivative = np.asarray(layer.activation.derivative(signals.z, signals.x))
    z, x, delta, above = (np.asarray(array) for array in (signals.z, signals.x, back.delta, g))
    return LayerStep(z, x, delta, above, derivative, *map(_as_arrays, (back.gradient, before, after)))


def _as_arrays(part: LayerParameters) -> Arrays:
    return {name: np.asarray(array) for name, array in part.items()}


def _checked(network: Network, parameters: Sequence[Mapping[str, ArrayLike]]) -> Parameters:
    shapes = network.parameter_shapes
    given = [{name: np.asarray(array, dtype=np.float64) for name, array in layer.items()} for layer in parameters]
    given_shapes = [{name: array.shape for name, array in layer.items()} for layer in given]
    if not all(np.isfinite(array).all() for layer in given for array in layer.values()):
        raise ValueError("the parameters hold NaN or infinity; a trace needs numbers")
    if given_shapes != shapes:
        raise ValueError(f"the parameters have shapes {given_shapes}, but the network needs {shapes}")
    return [{name: jnp.asarray(layer[name]) for name in names} for layer, names in zip(given, shapes, strict=True)]


def _as_rows(given: ArrayLike, shape: tuple[int, ...], what: str) -> np.ndarray:
    rows = np.asarray(given, dtype=np.float64)
    if rows.ndim <= len(shape) and (rows.size == int(np.prod(shape)) or shape == (1,)):
        rows = rows.reshape(-1, *shape)
    if rows.shape[1:] != shape or not len(rows):
        raise ValueError(f"{what} has shape {np.shape(given)}; expected (rows, {', '.join(map(str, shape))})")
    if not np.isfinite(rows).all():
        raise ValueError(f"{what} holds NaN or infinity; a trace needs numbers")
    return rows


def _name(given: str | Loss | Solver) -> str:
    return given if isinstance(given, str) else repr(given)
