"""ONNX's own cases of single operators against our layers: the same numbers in, the same numbers out.

    python tests/oracle/test_onnx_nodes.py

prints the table of docs/onnx.md. The cases are the models of one node among ONNX's backend tests: "node", worked out in
NumPy when they are loaded, and "pytorch-converted" and "pytorch-operator", stored with what PyTorch gave. An operator's
attributes become arguments of a layer; what no layer of ours does is not applicable, and the table says why.
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

from glassnet.network.activation import ACTIVATIONS, ELU, Activation, LeakyReLU, Softmax
from glassnet.network.convolution import Convolution
from glassnet.network.dense import Dense
from glassnet.network.flatten import Flatten
from glassnet.network.pooling import AveragePool, MaxPool
from glassnet.network.scaling import InputScaling
from glassnet.network.windows import windows_of

PAGE = Path(__file__).parents[2] / "docs" / "onnx.md"
KINDS = "node", "pytorch-converted", "pytorch-operator"
RELATIVE, ABSOLUTE = 1e-5, 1e-7  # ONNX itself allows 1e-3 and 1e-7 ...
OF_FOUR_DIGITS = {"averagepool_2d_ceil_last_window_starts_on_pad": 1e-3}  # ... which this one's numbers need

# How many cases pass at least, so that none turns into one that is not applicable.
PASSED = (
    {"Conv": 17, "MaxPool": 15, "AveragePool": 15, "GlobalMaxPool": 2, "GlobalAveragePool": 2, "Flatten": 5}
    | {"Gemm": 11, "Softmax": 10, "Selu": 5, "Elu": 4, "Exp": 3, "Gelu": 2, "LeakyRelu": 5, "Mish": 1, "Relu": 2}
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


class NotApplicableError(Exception):
    """What the operator asks for and no layer of ours does."""


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


def activation(case: Case) -> Any:
    return _activation(case).value(jnp.asarray(case.inputs[0]))


def _activation(case: Case) -> Activation:
    a = case.attributes
    match case.operator:
        case "LeakyRelu":
            return LeakyReLU(a.get("alpha", 0.01))
        case "Elu":
            return ELU(a.get("alpha", 1.0))
        case "Gelu" if a.get("approximate", b"none") != b"none":
            raise NotApplicableError("the approximation by tanh; ours is exact")
        case operator:
            return ACTIVATIONS[PLAIN[operator]]


def selu(case: Case) -> Any:
    """With constants of its own SELU is ELU and then a scale."""
    if not case.attributes:
        return activation(case)
    x, gamma = jnp.asarray(case.inputs[0]), case.attributes["gamma"]
    rows = ELU(case.attributes["alpha"]).value(x).reshape(1, -1)
    return InputScaling().forward({"s": jnp.full(x.size, gamma, x.dtype)}, rows).x.reshape(x.shape)


def softmax(case: Case) -> Any:
    """From opset 13 on softmax runs along one axis; before, over all axes from that one on."""
    x = jnp.asarray(case.inputs[0])
    if case.opset < 13:
        rows = x.reshape(prod(x.shape[: case.attributes.get("axis", 1)]), -1)
        return Softmax().value(rows).reshape(x.shape)
    axis = case.attributes.get("axis", -1)
    return jnp.moveaxis(Softmax().value(jnp.moveaxis(x, axis, -1)), -1, axis)


def flatten(case: Case) -> Any:
    x = jnp.asarray(case.inputs[0])
    if case.attributes.get("axis", 1) not in (1, 1 - x.ndim):
        raise NotApplicableError("another axis than the first after the samples")
    return Flatten().forward({}, x).x


def gemm(case: Case) -> Any:
    """alpha A B + beta C is Dense with W = alpha B and b = beta C; the rows of A, or of its transpose, are samples."""
    a, (A, B, *C) = case.attributes, case.inputs
    x, W = A.T if a.get("transA", 0) else A, B.T if a.get("transB", 0) else B
    b = C[0] if C else np.float32(0)
    if b.ndim == 2 and b.shape[0] != 1:
        raise NotApplicableError("biases of its own for every row")
    outputs = W.shape[1]
    b = np.broadcast_to(b.reshape(-1), outputs)
    parameters = {"W": jnp.asarray(a.get("alpha", 1.0) * W), "b": jnp.asarray(a.get("beta", 1.0) * b)}
    return Dense(outputs).forward(parameters, jnp.asarray(x)).x


def convolution(case: Case) -> Any:
    """OIHW becomes HWIO."""
    _check_windows(case)
    W = np.moveaxis(case.inputs[1], (0, 1), (-1, -2))
    size, channels = W.shape[:-2], W.shape[-1]
    b = case.inputs[2] if len(case.inputs) > 2 else np.zeros(channels, np.float32)
    layer = Convolution(channels, size, stride=_stride(case, size), padding=_padding(case, size))
    return _channels_last(case, layer, {"W": jnp.asarray(W), "b": jnp.asarray(b)})


def pool(case: Case) -> Any:
    _check_windows(case)
    size = tuple(case.attributes["kernel_shape"])
    stride, padding = _stride(case, size), _padding(case, size)
    if case.operator == "MaxPool":
        return _channels_last(case, MaxPool(size, stride, padding))
    return _channels_last(case, AveragePool(size, stride, padding, bool(case.attributes.get("count_include_pad", 0))))


def global_pool(case: Case) -> Any:
    return _channels_last(case, MaxPool(None) if case.operator == "GlobalMaxPool" else AveragePool(None))


def _check_windows(case: Case) -> None:
    x, a = case.inputs[0], case.attributes
    reasons = {
        "three axes": x.ndim > 4,
        "dilation": any(step != 1 for step in a.get("dilations", [])),
        "groups of channels": a.get("group", 1) != 1,
        "integers": x.dtype.kind != "f",
        "positions of the maxima as a second output": len(case.outputs) > 1,
    }
    if any(reasons.values()):
        raise NotApplicableError(", ".join(reason for reason, holds in reasons.items() if holds))


def _channels_last(case: Case, layer: Any, parameters: Any = None) -> Any:
    """NCHW becomes NHWC, and back."""
    x = jax.jit(layer.forward)(parameters or {}, np.moveaxis(case.inputs[0], 1, -1)).x
    return np.moveaxis(np.asarray(x), -1, 1)


def _stride(case: Case, size: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(case.attributes.get("strides", (1,) * len(size)))


def _padding(case: Case, size: tuple[int, ...]) -> Any:
    lengths, stride = case.inputs[0].shape[2:], _stride(case, size)
    match case.attributes.get("auto_pad", b"NOTSET"):
        case b"VALID":
            return "valid"
        case b"SAME_UPPER":
            return "same"
        case b"SAME_LOWER":  # the odd zero goes to the beginning
            return tuple(pad[::-1] for pad in windows_of(case.name, (*lengths, 1), size, stride, "same").pads)
    pads = case.attributes.get("pads", (0,) * 2 * len(size))
    pairs = tuple(zip(pads[: len(size)], pads[len(size) :], strict=True))
    if not case.attributes.get("ceil_mode", 0):
        return pairs
    return tuple(map(_ceil, pairs, lengths, size, stride))


def _ceil(pad: tuple[int, int], length: int, size: int, stride: int) -> tuple[int, int]:
    """Return a padding with room for the last window, if that begins before the padding at the end."""
    before, after = pad
    steps, rest = divmod(length + before + after - size, stride)
    begins_inside = (steps + 1) * stride < length + before
    return before, after + (stride - rest if rest and begins_inside else 0)


PLAIN = {
    "Exp": "exponential",
    "Gelu": "gelu",
    "Mish": "mish",
    "Relu": "relu",
    "Selu": "selu",
    "Sigmoid": "logistic",
    "Softplus": "softplus",
    "Swish": "silu",
    "Tanh": "tanh",
}
OPERATORS: dict[str, Callable[[Case], Any]] = {
    "Conv": convolution,
    "MaxPool": pool,
    "AveragePool": pool,
    "GlobalMaxPool": global_pool,
    "GlobalAveragePool": global_pool,
    "Flatten": flatten,
    "Gemm": gemm,
    "Softmax": softmax,
    "Selu": selu,
    **dict.fromkeys(("Elu", "Exp", "Gelu", "LeakyRelu", "Mish", "Relu"), activation),
    **dict.fromkeys(("Sigmoid", "Softplus", "Swish", "Tanh"), activation),
}


def judged(case: Case) -> Result:
    try:
        ours = np.asarray(OPERATORS[case.operator](case))
    except NotApplicableError as reason:
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
    assert table(results) in PAGE.read_text(), "put the table of `make onnx-table` into docs/onnx.md"


def test_other_numbers_fail():
    x = np.asarray([-1.0, 2.0], np.float32)
    right = Case("Relu", "by hand", "node", 14, {}, [x], [np.asarray([0.0, 2.0], np.float32)])
    assert judged(right).result == "passed"
    assert judged(right._replace(outputs=[np.asarray([0.0, 2.0001], np.float32)])).result == "failed"
    assert judged(right._replace(outputs=[np.asarray([[0.0, 2.0]], np.float32)])).result == "failed"


if __name__ == "__main__":
    sys.stdout.write(table([judged(case) for case in cases()]) + "\n")
