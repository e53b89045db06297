"""What an estimator must be before it is written to a file or handed out of one: whole, and able to predict.

Files hold data only, but wrong data do harm too: arrays that do not fit, numbers that are none, sizes beyond all
memory. Everything that a prediction stands on is looked at here, and the network is run once on shapes alone.
"""

import json
from math import prod
from typing import Any

import numpy as np

from glassnet.conformal.calibration import CROSS, SPLIT, Calibration
from glassnet.conformal.error_scale import Spread
from glassnet.data.columns import Table, array_names
from glassnet.data.encode import encode
from glassnet.data.images import ImageSchema
from glassnet.data.scaler import Scale
from glassnet.data.table_schema import Column
from glassnet.estimators.classifier import NetworkClassifier
from glassnet.estimators.dataset import AnySchema
from glassnet.estimators.fitting import Arrays, Member
from glassnet.estimators.perceptron import Perceptron
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.exchange.codec import to_json
from glassnet.exchange.type_checks import conforms, words
from glassnet.network.activation import Activation
from glassnet.network.dense import Dense
from glassnet.network.inference import output_shape
from glassnet.network.network import Network

ESTIMATORS: dict[str, Any] = {kind.__name__: kind for kind in (NetworkRegressor, NetworkClassifier, Perceptron)}
MOST_LAYERS = 1000  # beyond it, compiling takes longer than anybody waits
MOST_NUMBERS = 2**24  # of one sample between two layers

# What every attribute that a file may hold must be.
ATTRIBUTES: dict[str, Any] = {
    "_digest": str,
    "_multilabel": bool,
    "_used": np.ndarray,
    "_vector_target": bool,
    "best_iter_": int,
    "calibration_": Calibration | str,  # or why there is none
    "classes_": np.ndarray,
    "errors_": np.ndarray,
    "feature_names_in_": np.ndarray,
    "link_": Activation,
    "loss_curve_": list[float],
    "members_": list[Member],
    "mistakes_": np.ndarray,
    "n_features_in_": int,
    "n_iter_": int,
    "n_outputs_": int,
    "network_": Network,
    "oof_prediction_": np.ndarray,
    "oof_score_": float,
    "parameters_": Arrays,
    "schema_": AnySchema,
    "seed_": int,
    "solver_": str,
    "solver_reason_": str,
    "spreads_": list[tuple[Spread, ...]],
    "stop_reason_": str,
    "target_mean_": np.ndarray,
    "target_names_": list[str],
    "training_rows_": np.ndarray,
    "validation_loss_curve_": list[float],
    "validation_rows_": np.ndarray,
}


def inspect(model: Any) -> None:
    """Raise `ValueError` that names the first thing in a fitted estimator that is not as it must be."""
    for name, hint in ATTRIBUTES.items():
        if name in vars(model) and not conforms(vars(model)[name], hint):
            raise ValueError(f"its fitted attribute {name!r} is no {words(hint)}")
    _network(model.network_)
    if isinstance(model, Perceptron):
        _perceptron(model)
        return
    _need(bool(model.members_), "it has no members")
    _columns(model)
    _parameters([member.parameters for member in model.members_], model.network_)
    for member in model.members_:
        _rows(member, len(model._used))
    _scales(model)
    outputs = output_shape(model.network_, [member.parameters for member in model.members_], model._link)
    targets = len(model.members_[0].targets.center)
    _need(len(outputs) == 1 and outputs[0] % targets == 0, f"its network gives {outputs} for {targets} target(s)")
    named = model.classes_ if isinstance(model, NetworkClassifier) else model.target_names_
    _need(len(named) == targets, f"it names {len(named)} class(es) or target(s), but has scales of {targets}")
    if isinstance(model, NetworkRegressor):
        _need(model.n_outputs_ == targets, f"its n_outputs_ is {model.n_outputs_}, but its scales are of {targets}")
    else:
        _need(model.classes_.ndim == 1 and outputs == (targets,), "its classes are no vector with an output each")
    _calibration(model, outputs[0], targets)
    _spreads(model, targets)


def _network(network: Network) -> None:
    _need(len(network.layers) <= MOST_LAYERS, f"its network has more than {MOST_LAYERS} layers")
    most = max(map(prod, network.shapes))
    _need(most <= MOST_NUMBERS, f"its network makes {most} numbers of one sample, more than {MOST_NUMBERS}")
    try:
        json.dumps(to_json(network, {}), allow_nan=False)
    except ValueError:
        raise ValueError("its network holds a number that is not finite") from None


def _parameters(members: list[Arrays], network: Network) -> None:
    for parameters in members:
        found = [{name: array.shape for name, array in layer.items()} for layer in parameters]
        _need(found == network.parameter_shapes, f"its parameters have shapes {found}, but its network needs others")
    arrays = [array for parameters in members for layer in parameters for array in layer.values()]
    kinds = {array.dtype for array in arrays}
    _need(kinds <= {np.dtype(np.float32)} or kinds <= {np.dtype(np.float64)}, f"its parameters are of types {kinds}")
    _need(all(np.isfinite(array).all() for array in arrays), "its parameters are not all finite")


def _columns(model: Any) -> None:
    """Encode one row of missing cells: the schema, its names and the first layer must belong together."""
    schema: AnySchema = model.schema_
    if isinstance(schema, ImageSchema):
        _need(schema.shape == model.network_.inputs, f"its pictures are {schema.shape}, but its network takes others")
        _need(model.n_features_in_ == prod(schema.shape), "its n_features_in_ is not the number of pixels")
        return
    names = tuple(getattr(model, "feature_names_in_", array_names(len(schema.columns))))
    _need(model.n_features_in_ == len(schema.columns), "its schema has another number of columns than n_features_in_")
    _need(schema.names == names and len(set(names)) == len(names), "its schema and its feature names differ")
    for column in schema.columns:
        values = set(column.values) if np.isfinite(column.values).all() else set[float]()
        _need(column.kind != "flag" or len(values) == len(column.values) == 2, f"{column.name!r} is no flag")
    row = encode(schema, Table(names, tuple(map(_missing, schema.columns))))
    _need(row.shape[1:] == model.network_.inputs, f"its schema has {row.shape[1]} inputs, but its network others")


def _missing(column: Column) -> np.ndarray:
    return np.array([None]) if column.kind in ("category", "left out") else np.array([np.nan])


def _scales(model: Any) -> None:
    inputs, targets = model.network_.inputs[-1], model.members_[0].targets.center.shape
    for member in model.members_:
        _scale(member.inputs, (inputs,))
        _need(np.isfinite(member.inputs.fill).all(), "a scale fills gaps with numbers that are not finite")
        _scale(member.targets, targets)
        ends = member.limits
        _need(ends.shape == (2, *targets) and ends.dtype == np.float64, f"its limits have shape {ends.shape}")
        _need(bool((ends[0] <= ends[1]).all()), "its limits are no pairs of low and high")


def _scale(scale: Scale, shape: tuple[int, ...]) -> None:
    for name in ("center", "spread", "fill"):
        array = getattr(scale, name)
        _need(len(shape) == 1 and array.shape == shape and shape[0] > 0, f"a scale's {name} has shape {array.shape}")
        _need(array.dtype == np.float64, f"a scale's {name} is of type {array.dtype}")
        _need(name == "fill" or bool(np.isfinite(array).all()), f"a scale's {name} is not finite")


def _rows(member: Member, rows: int) -> None:
    """Look at row numbers: those held out may be of a table of their own, below the fitted one."""
    share = member.share
    for name, own in (("train", share.train), ("held", share.held), ("blind", share.blind)):
        _need(own.ndim == 1 and own.dtype.kind == "i", f"a member's {name!r} rows are no vector of row numbers")
        last = rows if name != "held" else np.inf
        _need(not own.size or bool(own.min() >= 0 and own.max() < last), f"a member's {name!r} rows are none")


def _calibration(model: Any, outputs: int, targets: int) -> None:
    """Look at what intervals are made from, where there is something: NaN stands for a row that says nothing."""
    own = getattr(model, "calibration_", "")
    if isinstance(own, str):
        return
    _need(own.method in (CROSS, SPLIT), f"its intervals are made by {own.method!r}, which is not known")
    _need(own.residual.ndim == 2 and own.residual.shape[1] == outputs, "its calibration is of other outputs")
    _need(own.spread.ndim == 2 and own.spread.shape[1] in (0, targets), "its calibration is of other targets")
    kinds = {own.residual.dtype, own.spread.dtype}
    _need(kinds == {np.dtype(np.float64)} and own.fold.dtype.kind == "i", f"its calibration is of types {kinds}")
    _need(not np.isinf(own.residual).any() and bool((own.spread > 0).all()), "its calibration has wrong numbers")
    _need(bool(own.fold.max(initial=0) < len(model.members_)), "its calibration has more folds than members")
    blind = all(member.share.blind.size for member in model.members_)
    _need(own.method == SPLIT or blind, "its intervals need members that are blind to rows")


def _spreads(model: Any, targets: int) -> None:
    own = getattr(model, "spreads_", [])
    _need(len(own) in (0, len(model.members_)), "it has a width for some members, but not for all")
    numbers = len(model.schema_.inputs) - len(getattr(model.schema_, "codes", ()))
    for spread in (spread for several in own for spread in several):
        arrays = spread.center, spread.scale, spread.weights
        fits = all(array.shape == (2 * numbers + 2,) and array.dtype == np.float64 for array in arrays)
        _need(fits and all(np.isfinite(array).all() for array in arrays), "a width is of other inputs")
        ends = spread.low, spread.bias, spread.high
        _need(bool(np.isfinite(ends).all() and (spread.scale > 0).all()), "a width has wrong numbers")
    _need(all(len(several) == targets for several in own), "a width is of other targets")


def _perceptron(model: Perceptron) -> None:
    _parameters([model.parameters_], model.network_)
    outputs = model.network_.shapes[-1][0]
    inputs: int = vars(model)["n_features_in_"]
    _need(model.network_ == Network(inputs, [Dense(outputs, "heaviside")]), "its network is no layer of decisions")
    classes = outputs if vars(model)["_multilabel"] or outputs > 1 else 2
    _need(model.classes_.shape == (classes,), f"it has classes of shape {model.classes_.shape} for {outputs} output(s)")


def _need(holds: bool, otherwise: str) -> None:
    if not holds:
        raise ValueError(otherwise)
