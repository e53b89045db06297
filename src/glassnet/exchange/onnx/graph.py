"""An ONNX graph node by node, as plain data: its nodes, its constants, and which of them are the same."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

ML = "ai.onnx.ml"
OPSET, ML_OPSET, IR_VERSION = 18, 3, 8  # ONNX 1.13, of 2022, and every runtime since
Attribute = int | float | str | Sequence[int] | Sequence[float] | Sequence[str]


@dataclass(frozen=True)
class Node:
    """An operator and what goes in and comes out, by name.

    Parameters
    ----------
    operator : str
        Such as "MatMul".
    inputs : tuple of str
        What goes in.
    outputs : tuple of str
        What comes out.
    attributes : dict
        By name.
    domain : str
        Empty for ai.onnx, else ai.onnx.ml.
    """

    operator: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    attributes: dict[str, Attribute]
    domain: str = ""


@dataclass(frozen=True)
class Value:
    """An input or output of the graph.

    Parameters
    ----------
    name : str
        Its name.
    dtype : dtype
        float64, float32, int64, bool, or object for text.
    shape : tuple of int or str
        An axis of any length is "rows".
    """

    name: str
    dtype: np.dtype[np.generic]
    shape: tuple[int | str, ...]

    def __str__(self) -> str:
        kind = "string" if self.dtype == object else self.dtype.name
        return f"{self.name} ({kind}, {' x '.join(map(str, self.shape))})"


@dataclass
class Graph:
    """Nodes in the order of computation.

    Parameters
    ----------
    inputs : list of Value
        What goes in.
    outputs : list of Value
        What comes out.
    nodes : list of Node
        In an order in which each follows what it needs.
    constants : dict of arrays
        By name.
    """

    inputs: list[Value] = field(default_factory=list[Value])
    outputs: list[Value] = field(default_factory=list[Value])
    nodes: list[Node] = field(default_factory=list[Node])
    constants: dict[str, np.ndarray] = field(default_factory=dict[str, np.ndarray])
    _known: dict[object, str] = field(default_factory=dict[object, str])

    def add_input(self, name: str, dtype: DTypeLike, shape: tuple[int | str, ...]) -> str:
        """Declare an input and return its name."""
        self.inputs.append(Value(name, np.dtype(dtype), shape))
        return name

    def add_output(self, name: str, value: str, dtype: DTypeLike, shape: tuple[int | str, ...]) -> None:
        """Declare that a value comes out by this name."""
        self.outputs.append(Value(name, np.dtype(dtype), shape))
        self.nodes.append(Node("Identity", (value,), (name,), {}))

    def add(self, operator: str, *inputs: str, domain: str = "", outputs: int = 1, **attributes: Attribute) -> str:
        """Return the first output of an operator; the same on the same inputs is computed once."""
        key = (operator, inputs, tuple((name, _frozen(value)) for name, value in attributes.items()))
        if key not in self._known:
            name = self._known[key] = f"/{operator}/{len(self.nodes)}"
            names = (name, *(f"{name}/{number}" for number in range(1, outputs)))
            self.nodes.append(Node(operator, inputs, names, attributes, domain))
        return self._known[key]

    def constant(self, values: ArrayLike, dtype: DTypeLike = np.float64, name: str = "") -> str:
        """Return the name of an array; equal arrays are stored once."""
        array = np.asarray(values, dtype)
        key = (array.dtype.str, array.shape, tuple(array.ravel()) if array.dtype == object else array.tobytes())
        if key not in self._known:
            self._known[key] = f"/{name}/{len(self.constants)}" if name else f"/constant/{len(self.constants)}"
            self.constants[self._known[key]] = array
        return self._known[key]

    def integers(self, *values: int) -> str:
        """Return the name of a vector of int64, such as axes or a shape."""
        return self.constant(values, np.int64)

    def cast(self, value: str, dtype: DTypeLike) -> str:
        """Return a value in another type."""
        return self.add("Cast", value, to=CODES[np.dtype(dtype).name])

    def reshape(self, value: str, *shape: int) -> str:
        """Return a value in another shape: 0 is the length that an axis has, -1 what is left."""
        return self.add("Reshape", value, self.integers(*shape))

    def part(self, value: str, axis: int, start: int, stop: int) -> str:
        """Return the entries from `start` to before `stop` along an axis."""
        ends = (self.integers(number) for number in (start, stop, axis))
        return self.add("Slice", value, *ends)

    def concatenate(self, values: Sequence[str], axis: int) -> str:
        """Return values one behind the other."""
        return values[0] if len(values) == 1 else self.add("Concat", *values, axis=axis)


# The numbers by which ONNX names types; `tests/exchange/onnx` compares them with the package's own.
CODES = {"float32": 1, "int64": 7, "object": 8, "bool": 9, "float64": 11}


def _frozen(value: Attribute) -> object:
    return value if isinstance(value, str | int | float) else tuple(value)
