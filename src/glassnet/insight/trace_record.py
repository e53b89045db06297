"""The record of a trace: its steps and layers, as JSON, as a frame and as tables."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import ClassVar

import numpy as np
import polars as pl

from glassnet._notebook import MOST_COLUMNS, MOST_ROWS, Fragment, NotebookRecord
from glassnet.insight.central_differences import CostFunction
from glassnet.insight.formatting import cells_of
from glassnet.insight.layer_tables import layer_tables, parameter_tables
from glassnet.insight.text import TextTable
from glassnet.insight.traced_step import Arrays, Step, TracedLayer
from glassnet.storage.json_value import JSON

MOST_PARAMETERS_IN_A_LINE = 12
FORMAT = 1  # of the JSON


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
    cost : CostFunction or None
        E as a function of the parameters; None of a trace that was put together by hand.

    Examples
    --------
    >>> from glassnet import Dense, Network, trace
    >>> neuron, parameters = Network(1, [Dense(1)]), [{"W": [[2.0]], "b": [1.0]}]
    >>> steps = trace(neuron, parameters, [[3.0]], [[5.0]], step_size=0.05, steps=2)
    >>> len(steps.steps), steps.names, steps.step_size
    (2, ('Dense',), 0.05)
    >>> [step.E for step in steps.steps]
    [2.0, 0.5]
    >>> steps.to_frame().columns
    ['step', 'layer', 'quantity', 'index', 'value']
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
    cost: CostFunction | None = field(default=None, repr=False)

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

    def all_tables(self, decimals: int | None = None) -> tuple[TextTable, ...]:
        """Return every number: a table with a line a step, then those of the layers of every step, and their matrices.

        Parameters
        ----------
        decimals : int or None
            Decimals of every number; None: six digits.
        """
        steps = self.table(["output before", "output after", "E", "E after", "dE/dx^0"], decimals)
        return (replace(steps, title="every step"), *self.layer_tables(decimals, weights=True))

    def __str__(self) -> str:
        layers = [] if self._is_small else self.layer_tables()
        return "\n\n".join(map(str, [self.table(self._columns()), *layers]))

    def _fill(self, fragment: Fragment) -> None:
        first = replace(self, steps=self.steps[:MOST_ROWS])
        few = sum(step.output_before.size + step.output_after.size for step in first.steps[:1]) < MOST_COLUMNS
        room = fragment.room // (1 if self._is_small else 4)
        columns = [*self._columns(outputs=few), *(["E after", "dE/dx^0"] if self._is_small and few else [])]
        fragment.table(first.table(columns), more=len(self.steps) - len(first.steps), room=room)
        if not few:
            fragment.text(f"The predictions of {len(self.x):,} rows have no room in a line; {self._rest}")
        fragment.tables(self.layer_tables(weights=self._is_small))

    @property
    def is_finite(self) -> bool:
        """Whether all numbers of all steps are finite."""
        return all(step.is_finite for step in self.steps)

    def _viewer(self) -> dict[str, JSON] | None:
        return self.to_viewer()

    def to_viewer(
        self,
        title: str = "",
        *,
        inputs: Sequence[str] | None = None,
        outputs: Sequence[str] | None = None,
        brief: bool = False,
    ) -> dict[str, JSON] | None:
        """Return what a viewer shows of it: as many of the first steps as have room, and of each the units that matter.

        There is nothing (None) to show of steps from the first on that leaves the finite numbers.

        Parameters
        ----------
        title : str
            What it is; the loss and the step size unless given.
        inputs, outputs : sequence of str or None
            The names of the inputs and outputs; x_1, x_2, ... and output 1, output 2, ... unless given.
        brief : bool
            Whether numbers have nine digits, no equations and no gradient checks, for a page with much else.
        """
        from glassnet.insight.viewer_room import viewed_trace  # which is made of traces

        name = title or f"{self.loss}, {self.solver} with step size {self.step_size:g}"
        return viewed_trace(self, name, inputs=inputs, outputs=outputs, brief=brief)

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


def _as_lists(arrays: Arrays) -> dict[str, JSON]:
    return {name: array.tolist() for name, array in arrays.items()}


def _line(step: Step) -> Arrays:
    line = step.arrays()
    for number, layer in enumerate(step.layers, start=1):
        for name, array in layer.arrays().items():
            quantity, _, when = name.partition(" ")
            line[f"{quantity}^{number}" + (" before" if when == "before" else "")] = array
    return line
