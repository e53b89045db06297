"""A file that `export_onnx` wrote, as the members that it was written of."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from glassnet.data.scaler import Scaler
from glassnet.ensemble.ensemble import Ensemble
from glassnet.ensemble.member import Member
from glassnet.ensemble.preprocessing import Preprocessing
from glassnet.exchange.onnx.graph import Graph
from glassnet.exchange.onnx.read_exported_graph import expressions, graph_of
from glassnet.exchange.onnx.read_exported_inputs import ReadInputs, read_inputs
from glassnet.exchange.onnx.read_exported_layers import read_layers
from glassnet.exchange.onnx.read_exported_outputs import ReadUnits, members_value, read_units
from glassnet.exchange.onnx.read_exported_values import Values
from glassnet.exchange.onnx.read_exported_vectors import ReadLayer
from glassnet.exchange.onnx.read_member import read_member
from glassnet.exchange.onnx.read_operators import NoLayerError
from glassnet.exchange.onnx.write_network import write_members
from glassnet.network.activation import Activation, Exponential, Identity
from glassnet.network.dense import Dense
from glassnet.network.layer import Layer
from glassnet.network.network import Network
from glassnet.training.run_control import Arrays

if TYPE_CHECKING:  # an optional package
    from onnx import ModelProto

PRODUCER = "glassnet"


@dataclass(frozen=True, eq=False)
class ExportedModel:
    """The model that a file was written of, as far as predictions and certificates need it.

    Attributes
    ----------
    ensemble : Ensemble
        The members, with how they scale inputs and targets.
    names : tuple of str
        Of the targets, or of the classes.
    classes : bool
        Whether the file gives probabilities of classes; then the members give logits.
    """

    ensemble: Ensemble
    names: tuple[str, ...]
    classes: bool


def read_exported(model: "ModelProto") -> ExportedModel:
    """Return the members of a file; `NoLayerError` for what is not read back.

    The members are written again, and have to be computed as the file computes them, to the last bit of every constant.
    """
    graph = graph_of(model)
    given = {entry.key: entry.value for entry in model.metadata_props}
    classes = "probabilities" in {value.name for value in graph.outputs}
    end = members_value(graph, classes)
    values = Values(graph, end)
    inputs, units = read_inputs(values), read_units(values, end)
    layers = list(read_layers(values, inputs.schema.input_shape, inputs.x0, units.outputs))
    ensemble = _ensemble(inputs, layers, units)
    _check_shapes(ensemble)
    _check_same(values, ensemble, end)
    return ExportedModel(ensemble, _names(given.get("classes" if classes else "targets", ""), ensemble), classes)


def _ensemble(inputs: ReadInputs, layers: list[ReadLayer], units: ReadUnits) -> Ensemble:
    link, used = _link([each.layer for each in layers])
    network = Network(inputs.schema.input_shape, used)
    dtype = _dtype(layers)
    members = list[Member]()
    for place, scaler in enumerate(inputs.scalers):
        center, scale, low, high = (array[place] for array in units.arrays)
        targets = Scaler(center, scale, np.zeros_like(center))
        preprocessing = Preprocessing(scaler, targets, np.stack([low, high]))
        members.append(read_member(preprocessing, _of_member(layers, place, dtype)))
    return Ensemble(inputs.schema, network, link, tuple(members))


def _of_member(layers: list[ReadLayer], place: int, dtype: type[np.floating]) -> Arrays:
    return [{name: array[place].astype(dtype) for name, array in each.parameters.items()} for each in layers]


def _dtype(layers: list[ReadLayer]) -> type[np.floating]:
    """Return float32 where every parameter is one; the file has most of them in float64."""
    arrays = [array for each in layers for array in each.parameters.values()]
    with np.errstate(over="ignore"):
        exact = all(np.array_equal(array.astype(np.float32), array) for array in arrays)
    return np.float32 if exact else np.float64


def _link(layers: list[Layer]) -> tuple[Activation, tuple[Layer, ...]]:
    """Return the exponential behind the last layer as the link, as losses have it, and the layers without it."""
    last = layers[-1] if layers else None
    if isinstance(last, Dense) and isinstance(last.activation, Exponential):
        return last.activation, (*layers[:-1], replace(last, activation=Identity()))
    return Identity(), tuple(layers)


def _check_shapes(ensemble: Ensemble) -> None:
    network = ensemble.network
    for member in ensemble.members:
        scalers = member.preprocessing.inputs.center.shape, member.preprocessing.targets.center.shape
        shapes = [{name: array.shape for name, array in layer.items()} for layer in member.parameters]
        if scalers != (network.inputs[-1:], network.shapes[-1]) or shapes != network.parameter_shapes:
            raise NoLayerError(f"it has scales of shapes {scalers} and parameters of shapes {shapes} around {network}")
        if not all(np.isfinite(array).all() for layer in member.parameters for array in layer.values()):
            raise NoLayerError("its parameters are not all finite")


def _check_same(values: Values, ensemble: Ensemble, end: str) -> None:
    again = Graph()
    written = write_members(again, ensemble)
    if expressions(again)[written] != values.expressions[end]:
        raise NoLayerError("it does not compute what export_onnx writes of the layers in it")


def _names(text: str, ensemble: Ensemble) -> tuple[str, ...]:
    """Return the names that the file says there are; y1, y2, ... where it does not say one for every output."""
    count = ensemble.outputs
    names = (text,) if count == 1 and text else tuple(text.split(", "))
    return names if len(names) == count and all(names) else tuple(f"y{place}" for place in range(1, count + 1))
