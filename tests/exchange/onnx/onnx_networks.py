"""Networks as ONNX files, written node by node, and what onnxruntime and the network that is read make of them."""

from pathlib import Path

import jax
import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

from glassnet import OnnxNetwork
from glassnet.network.network import output

ELEMENTS = {"float32": TensorProto.FLOAT, "float64": TensorProto.DOUBLE, "int64": TensorProto.INT64}


def node(operator: str, inputs: str, out: str, **attributes) -> onnx.NodeProto:
    """Return a node named after what it gives; inputs are separated by blanks."""
    return helper.make_node(operator, inputs.split(), [out], name=f"{out}_node", **attributes)


def model(nodes, constants, shape, dtype="float32", opset=18, out="y", inputs=("x",)) -> onnx.ModelProto:
    kind = ELEMENTS[dtype]
    given = [helper.make_tensor_value_info(name, kind, shape) for name in inputs]
    results = [helper.make_tensor_value_info(name, kind, None) for name in out.split()]
    tensors = [numpy_helper.from_array(np.asarray(array), name) for name, array in constants.items()]
    graph = helper.make_graph(nodes, "network", given, results, tensors)
    unshaped = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=8)
    return onnx.shape_inference.infer_shapes(unshaped)


def written(path: Path, *arguments, **options) -> Path:
    onnx.save(model(*arguments, **options), path)
    return path


def by_onnxruntime(path: Path, x: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: x})[0]


def by_network(read: OnnxNetwork, x: np.ndarray) -> np.ndarray:
    """Return the output of the network, in the layout of the file."""
    with jax.enable_x64(x.dtype == np.float64):
        parameters = jax.tree.map(jax.numpy.asarray, read.parameters)
        found = np.asarray(output(read.network, parameters, jax.numpy.asarray(read.rows(x))))
    return np.moveaxis(found, -1, 1) if read.channels_first else found


def agree(read: OnnxNetwork, path: Path, x: np.ndarray) -> None:
    """Compare the outputs as docs/reference/onnx.md says, in float64 with as many more digits."""
    ours, theirs = by_network(read, x), by_onnxruntime(path, x)
    assert (ours.shape, ours.dtype) == (theirs.shape, theirs.dtype)
    relative, absolute = (1e-5, 1e-7) if x.dtype == np.float32 else (1e-13, 1e-15)
    np.testing.assert_allclose(ours, theirs, relative, absolute * max(1, np.abs(theirs).max()))


def normal(seed: int, *shape: int, dtype="float32") -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype(dtype)
