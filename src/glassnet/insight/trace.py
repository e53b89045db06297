"""The trace: every number of the forward pass, the backward pass and the step, in float64.

The functions are those that training compiles, `forward`, `backward` and a solver's `update`, run one step at a time.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import ClassVar

import jax
import jax.numpy as jnp
import numpy as np
import polars as pl
from numpy.typing import ArrayLike

from glassnet._notebook import MOST_COLUMNS, MOST_ROWS, Fragment, NotebookRecord
from glassnet._types import Outputs
from glassnet.estimators.validation import check_weights
from glassnet.insight.formatting import cells_of
from glassnet.insight.forward_pass import ForwardPass, LayerForward
from glassnet.insight.layer_tables import activation_name, layer_name, layer_tables, parameter_tables
from glassnet.insight.text import TextTable
from glassnet.network.activation import Activation
from glassnet.network.backward import backward
from glassnet.network.compiled_programs import check_process
from glassnet.network.convolution import Convolution
from glassnet.network.coordinatewise import Coordinatewise
from glassnet.network.cost import check_link, cost, cost_derivative
from glassnet.network.dense import Dense
from glassnet.network.layer import Backward, Forward, Layer, LayerParameters, Parameters, SeesInputs
from glassnet.network.loss import Loss, as_loss
from glassnet.network.network import Network, forward, output
from glassnet.storage.json_value import JSON
from glassnet.training.auto_solver import as_solver
from glassnet.training.divergence import DivergenceError
from glassnet.training.ravel import flatten, trained_alone, unflatten
from glassnet.training.solver import FullBatchSolver, GradientSolver, Solver

Arrays = dict[str, np.ndarray]
MOST_PARAMETERS_IN_A_LINE = 12
FORMAT = 1  # of the JSON


@dataclass(frozen=True)
class TracedLayer:
    """What a layer is.

    Attributes
    ----------
    kind : str
        Its class, such as "Dense".
    activation : str or None
        The name of its activation, where it has one.
    inputs, outputs : tuple of int
        The shapes that enter and leave it.
    """

    kind: str
    activation: str | None
    inputs: tuple[int, ...]
    outputs: tuple[int, ...]


@dataclass(frozen=True)
class LayerStep:
    """One layer in one step.

    Attributes
    ----------
    z, x, delta : array (rows, units)
        z^l, x^l and delta^l = dE/dz^l.
    g : array (rows, units)
        dE/dx^l, which reaches the layer from above.
    derivative : array (rows, units) or None
        sigma'(z^l), so that delta^l = sigma'(z^l) (*) g, of dense layers and convolutions; None where the activation
        couples the entries, as softmax does, and of all other layers, whose output is not sigma(z^l), as of pooling.
    gradient : dict of arrays
        dE/dW, dE/db, ... by the name of the parameter.
    before, after : dict of arrays
        The parameters before and after the step, by name.
    """

    z: np.ndarray
    x: np.ndarray
    delta: np.ndarray
    g: np.ndarray
    derivative: np.ndarray | None
    gradient: Arrays
    before: Arrays
    after: Arrays

    def arrays(self) -> Arrays:
        """Return every array by the name it is shown with."""
        return {**self.signals(), **self.parameters()}

    def signals(self) -> Arrays:
        """Return what a sample has: z, x, sigma'(z) where there is one, dE/dx and delta, each (rows, units)."""
        derivative = {} if self.derivative is None else {"sigma'(z)": self.derivative}
        return {"z": self.z, "x": self.x, **derivative, "dE/dx": self.g, "delta": self.delta}

    def parameters(self) -> Arrays:
        """Return the parameters before and after the step, and their gradients, by the name they are shown with."""
        named: Arrays = {}
        for name in self.before:
            named[f"dE/d{name}"] = self.gradient[name]
            named[f"{name} before"] = self.before[name]
            named[f"{name} after"] = self.after[name]
        return named


@dataclass(frozen=True)
class Step:
    """One step of training.

    Attributes
    ----------
    number : int
        Counted from 1.
    E, E_after : float
        The cost before and after the step.
    output_before, output_after : array (rows, outputs)
        The prediction before and after the step.
    input_gradient : array (rows, inputs)
        dE/dx^0.
    layers : tuple of LayerStep
        The layers, first to last.
    """

    number: int
    E: float
    E_after: float
    output_before: np.ndarray
    output_after: np.ndarray
    input_gradient: np.ndarray
    layers: tuple[LayerStep, ...]

    def arrays(self) -> Arrays:
        """Return what belongs to no layer, by the name it is shown with."""
        return {
            "E": np.asarray(self.E),
            "E after": np.asarray(self.E_after),
            "output before": self.output_before,
            "output after": self.output_after,
            "dE/dx^0": self.input_gradient,
        }


@dataclass(frozen=True)
class Trace(NotebookRecord):
    """Every number of some steps of training, float64.

    Attributes
    ----------
    loss, solver : str
        The loss and the solver as they were given.
    step_size : float
        tau.
    x : array (rows, inputs)
        The samples.
    y : array (rows, outputs)
        Their targets.
    steps : tuple of Step
        The steps, first to last.
    names : tuple of str
        What the layers are, such as "Dense, tanh".
    layers : tuple of TracedLayer
        The same by kind, activation and shapes.
    """

    _rest: ClassVar[str] = "str() or to_frame() has all"

    loss: str
    solver: str
    step_size: float
    x: np.ndarray
    y: np.ndarray
    steps: tuple[Step, ...]
    names: tuple[str, ...] = ()
    layers: tuple[TracedLayer, ...] = ()

    def to_json(self) -> str:
        """Return all numbers as JSON: a list of steps, each with its list of layers.

        `format` is the version of the form: it grows when a name changes or goes.
        """
        steps = [
            {
                "step": step.number,
                **_as_lists(step.arrays()),
                "layers": [
                    {"layer": number, "name": self._name(number), **_as_lists(layer.arrays())}
                    for number, layer in enumerate(step.layers, start=1)
                ],
            }
            for step in self.steps
        ]
        head = {
            "format": FORMAT,
            "layers": [asdict(layer) for layer in self.layers],
            "loss": self.loss,
            "solver": self.solver,
            "step_size": self.step_size,
        }
        return json.dumps({**head, **_as_lists({"x": self.x, "y": self.y}), "steps": steps}, indent=2)

    def to_frame(self) -> pl.DataFrame:
        """Return a frame with a row a number: step, layer (null for all of it), quantity, index ("1,2"), value."""
        schema = {"step": pl.Int64, "layer": pl.Int64, "quantity": pl.String, "index": pl.String, "value": pl.Float64}
        return pl.DataFrame(list(self._numbers()), schema=schema, orient="row")

    def table(self, columns: Sequence[str] | None = None, decimals: int | None = None) -> TextTable:
        """Return one line a step: the parameters after it, last layer first, the prediction before and after, and E.

        Parameters
        ----------
        columns : sequence of str or None
            Of: output before, output after, E, dE/dx^0, and with the layer's number z^1, x^1, delta^1, dE/dW^1,
            dE/db^1, W^1 (after the step), W^1 before, and so on; None: the parameters, the predictions and E.
        decimals : int or None
            Decimals of every number; None: six digits.
        """
        lines = [_line(step) for step in self.steps]
        if columns is None:
            columns = [*self._parameter_columns(), "output before", "output after", "E"]
        unknown = [name for name in columns if lines and name not in lines[0]]
        if unknown:
            raise ValueError(f"the trace has no column {unknown[0]!r}; choose from {', '.join(lines[0])}")
        header = ["k", *(label for name in columns for label, _ in (cells_of(name, lines[0][name]) if lines else []))]
        rows = [
            (step.number, *(value for name in columns for _, value in cells_of(name, line[name])))
            for step, line in zip(self.steps, lines, strict=True)
        ]
        return TextTable(tuple(header), tuple(rows), decimals)

    def layer_tables(self, decimals: int | None = None, *, weights: bool = False) -> Iterator[TextTable]:
        """Yield for every step, layer and sample one line a unit: z, x, delta, and b or a scale with its gradient.

        Layers of images have one line a channel, with the least, mean and largest entry of its map. The numbers of an
        embedding, which belong to no single unit, come in tables of their own.

        Parameters
        ----------
        decimals : int or None
            Decimals of every number; None: six digits.
        weights : bool
            Whether to yield the matrices of every layer too, and of embeddings what they are after the step.
        """
        for step in self.steps:
            for number, layer in enumerate(step.layers, start=1):
                name, parameters = self._name(number), layer.parameters()
                for row in range(len(layer.z)):
                    title = f"step {step.number}, layer {number}, sample {row + 1}" + (f": {name}" if name else "")
                    yield from layer_tables(title, layer.signals(), parameters, row, decimals)
                title = f"step {step.number}, layer {number}" + (f", {name}" if name else "")
                yield from parameter_tables(title, parameters, layer.x[0].size, decimals, weights=weights)

    def __str__(self) -> str:
        layers = [] if self._is_small else self.layer_tables()
        return "\n\n".join(map(str, [self.table(self._columns()), *layers]))

    def _fill(self, fragment: Fragment) -> None:
        first = replace(self, steps=self.steps[:MOST_ROWS])
        few = sum(step.output_before.size + step.output_after.size for step in first.steps[:1]) < MOST_COLUMNS
        room = fragment.room // (1 if self._is_small else 4)
        fragment.table(first.table(self._columns(outputs=few)), more=len(self.steps) - len(first.steps), room=room)
        if not few:
            fragment.text(f"The predictions of {len(self.x):,} rows have no room in a line; {self._rest}")
        if not self._is_small:
            fragment.tables(self.layer_tables())

    @property
    def _is_small(self) -> bool:
        """Whether all parameters have room in a line."""
        parameters = sum(a.size for layer in self.steps[0].layers for a in layer.before.values()) if self.steps else 0
        return parameters <= MOST_PARAMETERS_IN_A_LINE

    def _columns(self, *, outputs: bool = True) -> list[str]:
        """Return what stands in the line of a step: the parameters where they have room, predictions, and E."""
        predictions = ["output before", "output after"] if outputs else []
        return [*(self._parameter_columns() if self._is_small else []), *predictions, "E"]

    def _parameter_columns(self) -> list[str]:
        """Return the parameters, the last layer's first."""
        layers = range(len(self.steps[0].layers), 0, -1) if self.steps else []
        return [f"{name}^{number}" for number in layers for name in self.steps[0].layers[number - 1].after]

    def _name(self, number: int) -> str:
        return self.names[number - 1] if self.names else ""

    def _numbers(self) -> Iterator[tuple[int, int | None, str, str, float]]:
        for step in self.steps:
            blocks = [
                (None, step.arrays()),
                *((number, layer.arrays()) for number, layer in enumerate(step.layers, start=1)),
            ]
            for number, arrays in blocks:
                for quantity, array in arrays.items():
                    for index, value in np.ndenumerate(array):
                        yield step.number, number, quantity, ",".join(str(i + 1) for i in index), float(value)


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
        When shapes do not fit, or x, y or the parameters are not finite.
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
    with jax.enable_x64(True):
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
    return Trace(
        _name(loss), _name(solver), step_size, rows, targets, tuple(done), names_of(network), _layers_of(network)
    )  # fmt: skip


def forward_pass(
    network: Network, parameters: Sequence[Mapping[str, ArrayLike]], x: ArrayLike, link: Activation
) -> ForwardPass:
    """Return every number of the forward pass of samples x (rows, inputs), without a target; `link` ends it."""
    rows = _as_rows(x, network.shapes[0], "x")
    with jax.enable_x64(True):
        known = _checked(network, parameters)
        signals = forward(network, known, jnp.asarray(rows))
        layers = tuple(
            LayerForward(name, np.asarray(layer.z), np.asarray(layer.x), _as_arrays(arrays))
            for name, layer, arrays in zip(names_of(network), signals, known, strict=True)
        )
        return ForwardPass(rows, layers, np.asarray(link.value(signals[-1].x)))


def names_of(network: Network) -> tuple[str, ...]:
    """Return what the layers of a network are."""
    return tuple(map(layer_name, network.layers))


def _gradient_solver(given: str | Solver) -> GradientSolver:
    solver = as_solver(given)
    if isinstance(solver, FullBatchSolver):
        raise ValueError(f"solver={given!r} finds its own steps over all rows; trace one that steps along a gradient")
    return solver


def _layers_of(network: Network) -> tuple[TracedLayer, ...]:
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


def _as_lists(arrays: Arrays) -> dict[str, JSON]:
    return {name: array.tolist() for name, array in arrays.items()}


def _line(step: Step) -> Arrays:
    line = step.arrays()
    for number, layer in enumerate(step.layers, start=1):
        for name, array in layer.arrays().items():
            quantity, _, when = name.partition(" ")
            line[f"{quantity}^{number}" + (" before" if when == "before" else "")] = array
    return line
