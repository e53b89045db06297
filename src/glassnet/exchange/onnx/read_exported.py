"""A file that `export_onnx` wrote, as the members that it was written of."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from glassnet.data.scaler import Scaler
from glassnet.data.schema import Schema
from glassnet.ensemble.ensemble import Ensemble
from glassnet.ensemble.member import Member
from glassnet.ensemble.preprocessing import Preprocessing
from glassnet.exchange.onnx.file_record import FileRecord, read_record
from glassnet.exchange.onnx.graph import Graph
from glassnet.exchange.onnx.read_exported_graph import expressions, graph_of
from glassnet.exchange.onnx.read_exported_inputs import read_inputs
from glassnet.exchange.onnx.read_exported_layers import read_layers
from glassnet.exchange.onnx.read_exported_outputs import ReadUnits, members_value, read_units
from glassnet.exchange.onnx.read_exported_values import Values
from glassnet.exchange.onnx.read_exported_vectors import ReadLayer
from glassnet.exchange.onnx.read_member import read_member
from glassnet.exchange.onnx.read_operators import NoLayerError
from glassnet.exchange.onnx.write_network import write_members
from glassnet.network.activation import Activation, Exponential, Identity
from glassnet.network.dense import Dense
from glassnet.network.loss import Loss
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
    loss : Loss or None
        Of a regressor; None for a classifier, whose members give logits.
    exposed : bool
        Whether predictions are per unit of exposure.
    """

    ensemble: Ensemble
    names: tuple[str, ...]
    loss: Loss | None
    exposed: bool


def read_exported(model: "ModelProto") -> ExportedModel:
    """Return the members of a file; `NoLayerError` for what is not read back.

    Inputs, names and loss are those that the file's metadata state. The members are written again, and have to be
    computed as the file computes them, to the last bit of every constant.
    """
    record = read_record({entry.key: entry.value for entry in model.metadata_props})
    graph = graph_of(model)
    classes = "probabilities" in {value.name for value in graph.outputs}
    end = members_value(graph, classes)
    values = Values(graph, end)
    inputs, units = read_inputs(values, record.schema), read_units(values, end)
    layers = list(read_layers(values, record.schema.input_shape, inputs.x0, units.outputs))
    loss = None if classes else _loss(record)
    link = Identity() if loss is None else loss.link
    ensemble = _ensemble(record.schema, inputs.scalers, _before_link(layers, link), link, units)
    _check_shapes(ensemble)
    _check_same(values, ensemble, end)
    names = _names(record.classes if classes else record.targets, ensemble)
    return ExportedModel(ensemble, names, loss, record.exposed)


def _loss(record: FileRecord) -> Loss:
    if record.loss is None:
        raise NoLayerError("it was fitted with a loss of your own, which no file holds")
    return record.loss


def _before_link(layers: list[ReadLayer], link: Activation) -> list[ReadLayer]:
    """Return the layers without the exponential of the link, which stands behind the last of them as its activation."""
    if not isinstance(link, Exponential):
        return layers
    last = layers[-1].layer if layers else None
    if not isinstance(last, Dense) or last.activation != link:
        raise NoLayerError("its loss predicts by the exponential function, and its layers do not end in it")
    return [*layers[:-1], layers[-1]._replace(layer=replace(last, activation=Identity()))]


def _ensemble(
    schema: Schema, scalers: Sequence[Scaler], layers: list[ReadLayer], link: Activation, units: ReadUnits
) -> Ensemble:
    network = Network(schema.input_shape, [each.layer for each in layers])
    dtype = _dtype(layers)
    members = list[Member]()
    for place, scaler in enumerate(scalers):
        center, scale, low, high = (array[place] for array in units.arrays)
        targets = Scaler(center, scale, np.zeros_like(center))
        preprocessing = Preprocessing(scaler, targets, np.stack([low, high]))
        members.append(read_member(preprocessing, _of_member(layers, place, dtype)))
    return Ensemble(schema, network, link, tuple(members))


def _of_member(layers: list[ReadLayer], place: int, dtype: type[np.floating]) -> Arrays:
    return [{name: array[place].astype(dtype) for name, array in each.parameters.items()} for each in layers]


def _dtype(layers: list[ReadLayer]) -> type[np.floating]:
    """Return float32 where every parameter is one; the file has most of them in float64."""
    arrays = [array for each in layers for array in each.parameters.values()]
    with np.errstate(over="ignore"):
        exact = all(np.array_equal(array.astype(np.float32), array) for array in arrays)
    return np.float32 if exact else np.float64


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


def _names(stated: Sequence[object], ensemble: Ensemble) -> tuple[str, ...]:
    """Return the names of the outputs; there has to be one for each."""
    if len(stated) != ensemble.outputs:
        raise NoLayerError(f"its metadata name {len(stated)} output(s), and its graph has {ensemble.outputs}")
    return tuple(map(str, stated))
