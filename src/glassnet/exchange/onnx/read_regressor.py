"""A network that was read as a fitted regressor, which was trained elsewhere; of another program it scales nothing."""

from collections.abc import Sequence
from dataclasses import replace
from math import prod

import numpy as np

from glassnet.data.column import Column
from glassnet.data.images import ImageSchema
from glassnet.data.scaler import identity_scaler
from glassnet.data.schema import Schema
from glassnet.data.table_schema import TableSchema
from glassnet.ensemble.ensemble import Ensemble
from glassnet.ensemble.preprocessing import Preprocessing
from glassnet.estimators.parameters import preset_recipe
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.exchange.onnx.read_exported import ExportedModel
from glassnet.exchange.onnx.read_member import read_member
from glassnet.exchange.validation import inspect
from glassnet.network.activation import Identity
from glassnet.network.loss import Loss
from glassnet.network.network import Network
from glassnet.training.run_control import Arrays
from glassnet.training.stopping import StopReason

REASON = "the parameters were read from an ONNX file"


def regressor_of(
    network: Network, parameters: Arrays, inputs: Sequence[str], outputs: Sequence[str]
) -> NetworkRegressor:
    """Return the regressor; its columns are numbers, and a unit of a column is a unit of the network's input."""
    if len(network.shapes[-1]) != 1:
        raise ValueError(
            f"the network gives numbers of shape {network.shapes[-1]}, and a regressor gives a vector; use "
            "trace(network, parameters, x, y) and bounds(network, parameters, low, high)"
        )
    ends = np.stack([np.full(len(outputs), end) for end in (-np.inf, np.inf)])
    preprocessing = Preprocessing(identity_scaler(network.inputs[-1]), identity_scaler(len(outputs)), ends)
    member = read_member(preprocessing, parameters)
    return _fitted(Ensemble(_schema(network, inputs), network, Identity(), (member,)), outputs)


def regressor_of_exported(exported: ExportedModel, inputs: Sequence[str], outputs: Sequence[str]) -> NetworkRegressor:
    """Return the regressor of the members that were written, with other names of columns where they are given."""
    if exported.loss is None:
        raise ValueError(
            "the file holds a classifier, and this gives a regressor; load the model file that it was written of, or "
            "bound its logits on scaled inputs with bounds(network, parameters, low, high)"
        )
    ensemble = exported.ensemble
    if isinstance(ensemble.schema, TableSchema):
        columns = (replace(column, name=name) for column, name in zip(ensemble.schema.columns, inputs, strict=True))
        ensemble = replace(ensemble, schema=TableSchema(tuple(columns)))
    return _fitted(ensemble, outputs, exported.loss, exported.exposed)


def _fitted(
    ensemble: Ensemble, outputs: Sequence[str], loss: str | Loss = "half_squared_error", exposed: bool = False
) -> NetworkRegressor:
    none, count, schema = np.arange(0), len(ensemble.members), ensemble.schema
    model = NetworkRegressor(preset="plain", n_members=count, loss=loss)
    fitted: dict[str, object] = {
        "ensemble_": ensemble,
        "recipe_": replace(preset_recipe("plain"), n_members=count),
        "n_features_in_": len(schema.columns) or prod(schema.input_shape),
        "n_outputs_": len(outputs),
        "target_names_": list(outputs),
        "target_mean_": np.full(len(outputs), np.nan),  # which nobody knows
        "_vector_target": len(outputs) == 1,
        "_exposed": exposed,
        "solver_": "none",
        "solver_reason_": REASON,
        "stop_reason_": StopReason.UNKNOWN,
        **dict.fromkeys(("used_rows_", "training_rows_", "validation_rows_"), none),
        **{name: list[float]() for name in ("loss_curve_", "validation_loss_curve_")},
        **dict.fromkeys(("n_iter_", "best_iter_", "seed_"), 0),
    }
    if isinstance(schema, TableSchema):
        fitted["feature_names_in_"] = np.array(schema.names, dtype=object)
    vars(model).update(fitted)
    inspect(model)
    return model


def _schema(network: Network, inputs: Sequence[str]) -> Schema:
    match network.inputs:
        case (_,):
            return TableSchema(tuple(Column(name, "number") for name in inputs))
        case (height, width, channels):
            return ImageSchema((height, width, channels))
        case shape:
            raise ValueError(
                f"the network takes signals of shape {shape}, and a regressor takes tables and images; use "
                "trace(network, parameters, x, y) and bounds(network, parameters, low, high)"
            )
