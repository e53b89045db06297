"""ONNX's own cases of single operators against our layers: the same numbers in, the same numbers out.

    python tests/oracle/test_onnx_nodes.py

prints the table of docs/reference/onnx.md. The cases are the models of one node among ONNX's backend tests: "node",
worked out in NumPy when they are loaded, and "pytorch-converted" and "pytorch-operator", stored with what PyTorch gave.
An operator's attributes become arguments of a layer; what no layer of ours does is not applicable, and the table says
why.
"""

import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from itertools import groupby
from math import prod
from pathlib import Path
from typing import Any, NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
import onnx
import pytest
from onnx.backend.test.loader import load_model_tests

from glassnet.exchange.onnx.read_operators import (
    NoLayerError,
    Operator,
    activation_of,
    check_flatten,
    dense_of,
    softmax_axes,
)
from glassnet.exchange.onnx.read_windows import convolution_of, pool_of
from glassnet.network.flatten import Flatten
from glassnet.network.scaling import InputScaling

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "onnx.md"
KINDS = "node", "pytorch-converted", "pytorch-operator"
RELATIVE, ABSOLUTE = 1e-5, 1e-7  # ONNX itself allows 1e-3 and 1e-7 ...
OF_FOUR_DIGITS = {"averagepool_2d_ceil_last_window_starts_on_pad": 1e-3}  # ... which this one's numbers need

# How many cases pass at least, so that none turns into one that is not applicable.
PASSED = (
    {"Conv": 17, "MaxPool": 15, "AveragePool": 15, "GlobalMaxPool": 2, "GlobalAveragePool": 2, "Flatten": 5}
    | {"Gemm": 11, "Softmax": 10, "Selu": 5, "Elu": 4, "Gelu": 2, "LeakyRelu": 5, "Mish": 1, "Relu": 2}
    | {"Sigmoid": 3, "Softplus": 3, "Swish": 1, "Tanh": 3}
)


class Case(NamedTuple):
    """One node with numbers that go in, constants of the model among them, and numbers that must come out."""

    operator: str
    name: str
    kind: str
    opset: int
    attributes: dict[str, Any]
    inputs: list[np.ndarray]
    outputs: list[np.ndarray]


class Result(NamedTuple):
    """`result` is "passed", "failed: ..." or "not applicable: ..."."""

    operator: str
    result: str
    name: str
    kind: str


def cases() -> Iterator[Case]:
    for kind in KINDS:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", category=RuntimeWarning)  # other operators overflow on purpose
            tests = load_model_tests(kind=kind)
        for test in tests:
            model = test.model or onnx.load(Path(test.model_dir) / "model.onnx")
            if len(model.graph.node) == 1 and model.graph.node[0].op_type in OPERATORS:
                yield _case(kind, test, model)


def _case(kind: str, test: Any, model: onnx.ModelProto) -> Case:
    graph, (node,) = model.graph, model.graph.node
    given, outputs = test.data_sets[0] if test.data_sets else (_stored(test, "input"), _stored(test, "output"))
    constants = {constant.name: onnx.numpy_helper.to_array(constant) for constant in graph.initializer}
    free = [value.name for value in graph.input if value.name not in constants]
    known = constants | dict(zip(free, given, strict=True))
    attributes = {attribute.name: onnx.helper.get_attribute_value(attribute) for attribute in node.attribute}
    name, opset = test.name.removeprefix("test_"), model.opset_import[0].version
    return Case(node.op_type, name, kind, opset, attributes, [known[name] for name in node.input], list(outputs))


def _stored(test: Any, what: str) -> list[np.ndarray]:
    files = sorted(Path(test.model_dir).glob(f"test_data_set_0/{what}_*.pb"))
    return [onnx.numpy_helper.to_array(onnx.load_tensor(file)) for file in files]


def operator_of(case: Case) -> Operator:
    constants = (None, *case.inputs[1:])
    dtype = case.inputs[0].dtype
    return Operator(case.operator, case.name, case.opset, case.attributes, constants, len(case.outputs), dtype)


def activation(case: Case) -> Any:
    """With constants of its own SELU is ELU and then a scale."""
    sigma, factor = activation_of(operator_of(case))
    x = sigma.value(jnp.asarray(case.inputs[0]))
    if factor == 1:
        return x
    return InputScaling().forward({"s": jnp.full(x.size, factor, x.dtype)}, x.reshape(1, -1)).x.reshape(x.shape)


def softmax(case: Case) -> Any:
    """From opset 13 on softmax runs along one axis; before, over all axes from that one on."""
    x, operator = jnp.asarray(case.inputs[0]), operator_of(case)
    axes, (sigma, _) = softmax_axes(operator, x.ndim), activation_of(operator)
    last = jnp.moveaxis(x, axes, range(-len(axes), 0))
    rows = last.reshape(-1, prod(x.shape[axis] for axis in axes))
    return jnp.moveaxis(sigma.value(rows).reshape(last.shape), range(-len(axes), 0), axes)


def flatten(case: Case) -> Any:
    x = jnp.asarray(case.inputs[0])
    check_flatten(operator_of(case), x.ndim)
    return Flatten().forward({}, x).x


def gemm(case: Case) -> Any:
    """The rows of A, or of its transpose, are samples."""
    layer, parameters = dense_of(operator_of(case))
    A = case.inputs[0]
    return layer.forward(_as_arrays(parameters), jnp.asarray(A.T if case.attributes.get("transA", 0) else A)).x


def convolution(case: Case) -> Any:
    return _channels_last(case, *convolution_of(operator_of(case), case.inputs[0].shape[2:]))


def pool(case: Case) -> Any:
    return _channels_last(case, pool_of(operator_of(case), case.inputs[0].shape[2:]))


def _channels_last(case: Case, layer: Any, parameters: Any = None) -> Any:
    """NCHW becomes NHWC, and back."""
    x = jax.jit(layer.forward)(_as_arrays(parameters or {}), np.moveaxis(case.inputs[0], 1, -1)).x
    return np.moveaxis(np.asarray(x), -1, 1)


def _as_arrays(parameters: dict[str, np.ndarray]) -> dict[str, jax.Array]:
    return {name: jnp.asarray(array) for name, array in parameters.items()}


OPERATORS: dict[str, Callable[[Case], Any]] = {
    "Conv": convolution,
    **dict.fromkeys(("MaxPool", "AveragePool", "GlobalMaxPool", "GlobalAveragePool"), pool),
    "Flatten": flatten,
    "Gemm": gemm,
    "Softmax": softmax,
    **dict.fromkeys(("Selu", "Elu", "Exp", "Gelu", "LeakyRelu", "Mish", "Relu"), activation),
    **dict.fromkeys(("Sigmoid", "Softplus", "Swish", "Tanh"), activation),
}


def judged(case: Case) -> Result:
    try:
        ours = np.asarray(OPERATORS[case.operator](case))
    except NoLayerError as reason:
        return Result(case.operator, f"not applicable: {reason}", case.name, case.kind)
    (theirs,) = case.outputs
    same = ours.shape == theirs.shape and np.allclose(ours, theirs, OF_FOUR_DIGITS.get(case.name, RELATIVE), ABSOLUTE)
    return Result(case.operator, "passed" if same else "failed", case.name, case.kind)


def table(results: list[Result]) -> str:
    """Return the results as Markdown: a row for every operator and result, and the sums."""
    order = list(OPERATORS)
    rows = sorted(results, key=lambda r: (order.index(r.operator), r.result != "passed", r.result, r.name.lower()))
    lines = ["| operator | result | node | PyTorch's | cases |", "|---|---|---:|---:|---|"]
    for (operator, result), group in groupby(rows, key=lambda r: (r.operator, r.result)):
        found = list(group)
        lines.append(_line(operator, result, found, ", ".join(f"`{r.name}`" for r in found)))
    for result in ("passed", "not applicable", "failed"):
        lines.append(_line("all", result, [r for r in rows if r.result.startswith(result)], ""))
    return "\n".join(lines)


def _line(operator: str, result: str, found: list[Result], names: str) -> str:
    nodes = sum(r.kind == "node" for r in found)
    return f"| {operator} | {result} | {nodes} | {len(found) - nodes} | {names} |"


@pytest.mark.slow
def test_what_applies_passes_and_the_page_says_so():
    results = [judged(case) for case in cases()]
    assert [r for r in results if r.result == "failed"] == []
    passed = Counter(r.operator for r in results if r.result == "passed")
    assert {name: passed[name] for name in PASSED if passed[name] < PASSED[name]} == {}
    assert table(results) in PAGE.read_text(), "put the table of `make onnx-table` into docs/reference/onnx.md"


def test_other_numbers_fail():
    x = np.asarray([-1.0, 2.0], np.float32)
    right = Case("Relu", "by hand", "node", 14, {}, [x], [np.asarray([0.0, 2.0], np.float32)])
    assert judged(right).result == "passed"
    assert judged(right._replace(outputs=[np.asarray([0.0, 2.0001], np.float32)])).result == "failed"
    assert judged(right._replace(outputs=[np.asarray([[0.0, 2.0]], np.float32)])).result == "failed"


if __name__ == "__main__":
    sys.stdout.write(table([judged(case) for case in cases()]) + "\n")
