"""What an estimator must be before it is written to a file or handed out of one: complete, and able to predict.

Files hold data only, but wrong data do harm too: arrays that do not fit, numbers that are none, sizes beyond all
memory. Everything that a prediction stands on is checked here, and the network is run once on shapes alone.
"""

import json
from datetime import UTC, datetime
from math import prod

import numpy as np

from glassnet.conformal.calibration import CROSS, SPLIT, Calibration
from glassnet.conformal.error_distribution import ErrorDistribution
from glassnet.conformal.error_scale import ErrorScale
from glassnet.data.cell_format import TableFormat
from glassnet.data.ranges import LEVELS, ranged_columns
from glassnet.data.scaler import Scaler
from glassnet.data.seen_rows import SeenRows
from glassnet.ensemble.ensemble import Ensemble
from glassnet.ensemble.member import Member
from glassnet.ensemble.output_range import check_range
from glassnet.ensemble.preprocessing import Preprocessing
from glassnet.ensemble.recipe import Recipe
from glassnet.estimators.classifier import NetworkClassifier
from glassnet.estimators.parameters import given_range
from glassnet.estimators.perceptron import Perceptron
from glassnet.estimators.provenance import LONGEST, MOST_WARNINGS, Provenance
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.exchange.codec import to_json
from glassnet.exchange.type_checks import conforms, type_text
from glassnet.network.dense import Dense
from glassnet.network.inference import output_shape
from glassnet.network.loss import as_loss
from glassnet.network.network import Network
from glassnet.training.run_control import Arrays
from glassnet.training.stopping import StopReason

Model = NetworkRegressor | NetworkClassifier | Perceptron

ESTIMATORS: dict[str, type[Model]] = {kind.__name__: kind for kind in (NetworkRegressor, NetworkClassifier, Perceptron)}
MOST_LAYERS = 1000  # beyond it, compiling takes longer than anybody waits
MOST_NUMBERS = 2**24  # of one sample between two layers
MOST_NAMES = 100  # of libraries, and of options of a fit
MOST_SECONDS = 10**10  # of a fit: 300 years

# What every attribute that a file may hold must be.
ATTRIBUTES: dict[str, object] = {
    "_device": str,
    "_digest": str,
    "_input_quantiles": np.ndarray,
    "_multilabel": bool,
    "_seen": SeenRows,
    "_exposed": bool,
    "_label_smoothing": float,
    "_provenance": Provenance,
    "_target_range": np.ndarray,
    "used_rows_": np.ndarray,
    "_vector_target": bool,
    "best_iter_": int,
    "table_format_": TableFormat,
    "calibration_": Calibration | str,  # or why there is none
    "classes_": np.ndarray,
    "ensemble_": Ensemble,
    "error_distributions_": list[ErrorDistribution],
    "error_scales_": list[tuple[ErrorScale, ...]],
    "errors_": np.ndarray,
    "feature_names_in_": np.ndarray,
    "loss_curve_": list[float],
    "mistakes_": np.ndarray,
    "network_": Network,
    "n_features_in_": int,
    "n_iter_": int,
    "n_outputs_": int,
    "oof_prediction_": np.ndarray,
    "oof_score_": float,
    "parameters_": Arrays,
    "recipe_": Recipe,
    "seed_": int,
    "solver_": str,
    "solver_reason_": str,
    "stop_reason_": StopReason,
    "target_mean_": np.ndarray,
    "target_names_": list[str],
    "training_rows_": np.ndarray,
    "validation_loss_curve_": list[float],
    "validation_rows_": np.ndarray,
}


def inspect(model: Model) -> None:
    """Raise `ValueError` that names the first thing in a fitted estimator that is not as it must be."""
    for name, declared_type in ATTRIBUTES.items():
        if name in vars(model) and not conforms(vars(model)[name], declared_type):
            raise ValueError(f"its fitted attribute {name!r} is no {type_text(declared_type)}")
    _provenance(vars(model).get("_provenance"))
    if isinstance(model, Perceptron):
        _network(model.network_)
        _perceptron(model)
        return
    ensemble: Ensemble = model.ensemble_
    targets = _ensemble(ensemble, len(model.used_rows_))
    names = getattr(model, "feature_names_in_", None)
    ensemble.schema.check_stored(vars(model)["n_features_in_"], None if names is None else tuple(names))
    named = model.classes_ if isinstance(model, NetworkClassifier) else model.target_names_
    _need(len(named) == targets, f"it names {len(named)} class(es) or target(s), but has scales of {targets}")
    if isinstance(model, NetworkRegressor):
        as_loss(model.loss)  # which raises for anything else, as does the next
        check_range(given_range(model), np.empty((0, targets)))
        _need(model.n_outputs_ == targets, f"its n_outputs_ is {model.n_outputs_}, but its scales are of {targets}")
        if (ends := model.target_range_) is not None:
            fits = ends.shape == (2, targets) and ends.dtype == np.float64
            _need(fits and bool((ends[0] <= ends[1]).all()), "its range of targets is no pair of numbers for each")
    else:
        fits = model.classes_.ndim == 1 and ensemble.outputs == targets
        fits &= not model.multilabel_ or len(model.target_names_) == targets
        _need(fits, "its classes are no vector with an output each")
    if model.input_quantiles_ is not None:
        _quantiles(model.input_quantiles_, len(ranged_columns(ensemble.schema)))
    outputs = np.zeros(ensemble.outputs)
    predicted = as_loss(model.loss).predictions(outputs) if isinstance(model, NetworkRegressor) else outputs
    _calibration(getattr(model, "calibration_", ""), ensemble, targets, len(predicted))
    _seen(vars(model).get("_seen"))
    _need(0 <= model.label_smoothing_ < 1, f"its smoothing of indicators is {model.label_smoothing_}")
    _error_scales(getattr(model, "error_scales_", []), ensemble, targets)
    _error_distributions(getattr(model, "error_distributions_", []), targets)


def _ensemble(ensemble: Ensemble, rows: int) -> int:
    """Return the number of targets of an ensemble that can predict."""
    network, members = ensemble.network, ensemble.members
    _network(network)
    _need(bool(members), "it has no members")
    _need(ensemble.schema.input_shape == network.inputs, "its schema has other inputs than its network")
    _parameters([member.parameters for member in members], network)
    targets = members[0].preprocessing.targets.center.shape
    for member in members:
        _rows(member, rows)
        _preprocessing(member.preprocessing, network.inputs[-1], targets)
    outputs = output_shape(network, [member.parameters for member in members], ensemble.link)
    count = len(members[0].preprocessing.targets.center)
    _need(len(outputs) == 1 and outputs[0] % count == 0, f"its network gives {outputs} for {count} target(s)")
    return count


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
        shapes = [{name: array.shape for name, array in layer.items()} for layer in parameters]
        _need(shapes == network.parameter_shapes, f"its parameters have shapes {shapes}, but its network needs others")
    arrays = [array for parameters in members for layer in parameters for array in layer.values()]
    kinds = {array.dtype for array in arrays}
    _need(kinds <= {np.dtype(np.float32)} or kinds <= {np.dtype(np.float64)}, f"its parameters are of types {kinds}")
    _need(all(np.isfinite(array).all() for array in arrays), "its parameters are not all finite")


def _preprocessing(preprocessing: Preprocessing, inputs: int, targets: tuple[int, ...]) -> None:
    _scaler(preprocessing.inputs, (inputs,))
    _need(
        bool(np.isfinite(preprocessing.inputs.fill).all()),
        "a scaler fills missing cells with numbers that are not finite",
    )
    _scaler(preprocessing.targets, targets)
    ends = preprocessing.limits
    _need(ends.shape == (2, *targets) and ends.dtype == np.float64, f"its limits have shape {ends.shape}")
    _need(bool((ends[0] <= ends[1]).all()), "its limits are no pairs of low and high")


def _scaler(scaler: Scaler, shape: tuple[int, ...]) -> None:
    for name in ("center", "scale", "fill"):
        array = getattr(scaler, name)
        _need(len(shape) == 1 and array.shape == shape and shape[0] > 0, f"a scaler's {name} has shape {array.shape}")
        _need(array.dtype == np.float64, f"a scaler's {name} is of type {array.dtype}")
        _need(name == "fill" or bool(np.isfinite(array).all()), f"a scaler's {name} is not finite")


def _quantiles(quantiles: np.ndarray, columns: int) -> None:
    fits = quantiles.shape == (len(LEVELS), columns) and quantiles.dtype == np.float64
    _need(fits and not np.isinf(quantiles).any(), f"its quantiles of columns have shape {quantiles.shape}")
    _need(not (np.diff(quantiles, axis=0) < 0).any(), "its quantiles of a column fall")


def _rows(member: Member, rows: int) -> None:
    """Look at row numbers: validation rows may be of a table of their own, below the fitted one."""
    split = member.split
    for name, rows_of_split in (("train", split.train), ("validation", split.validation), ("test", split.test)):
        _need(
            rows_of_split.ndim == 1 and rows_of_split.dtype.kind == "i",
            f"a member's {name!r} rows are no vector of row numbers",
        )
        last = rows if name != "validation" else np.inf
        _need(
            not rows_of_split.size or bool(rows_of_split.min() >= 0 and rows_of_split.max() < last),
            f"a member's {name!r} rows are none",
        )


def _calibration(calibration: Calibration | str, ensemble: Ensemble, targets: int, predicted: int) -> None:
    """Check what intervals are made from, if anything: NaN stands for a row that says nothing."""
    if isinstance(calibration, str):
        return
    _need(calibration.method in (CROSS, SPLIT), f"its intervals are made by {calibration.method!r}, which is not known")
    residual, scale = calibration.residual, calibration.error_scale
    _need(residual.ndim == 2 and residual.shape[1] == predicted, "its calibration is of other outputs")
    _need(scale.ndim == 2 and scale.shape[1] in (0, targets), "its calibration is of other targets")
    kinds = {residual.dtype, scale.dtype}
    _need(
        kinds == {np.dtype(np.float64)} and calibration.fold.dtype.kind == "i", f"its calibration is of types {kinds}"
    )
    _need(not np.isinf(residual).any() and bool((scale > 0).all()), "its calibration has wrong numbers")
    _need(bool(calibration.fold.max(initial=0) < len(ensemble.members)), "its calibration has more folds than members")
    _need(calibration.method == SPLIT or ensemble.cross_fitted, "its intervals need members with test folds")


def _error_scales(scales_of_members: list[tuple[ErrorScale, ...]], ensemble: Ensemble, targets: int) -> None:
    _need(len(scales_of_members) in (0, len(ensemble.members)), "it has a width for some members, but not for all")
    if not scales_of_members:
        return
    inputs = np.zeros((1, *ensemble.network.inputs))
    features = ensemble.schema.error_features(ensemble.members[0].preprocessing.inputs, inputs)
    count = 0 if features is None else features.shape[1]
    for scale in (scale for several in scales_of_members for scale in several):
        arrays = scale.center, scale.scale, scale.weights
        fits = all(array.shape == (2 * count + 2,) and array.dtype == np.float64 for array in arrays)
        _need(fits and all(np.isfinite(array).all() for array in arrays), "a width is of other inputs")
        ends = scale.low, scale.bias, scale.high
        _need(bool(np.isfinite(ends).all() and (scale.scale > 0).all()), "a width has wrong numbers")
    _need(all(len(several) == targets for several in scales_of_members), "a width is of other targets")


def _error_distributions(distributions: list[ErrorDistribution], targets: int) -> None:
    _need(len(distributions) in (0, targets), "it has distributions of other targets")
    for errors in (distribution.errors for distribution in distributions):
        fits = errors.ndim == 1 and errors.dtype == np.float64 and bool(np.isfinite(errors).all())
        _need(fits and bool((np.diff(errors) >= 0).all()), "a distribution has errors that are not in order")


def _seen(seen: SeenRows | None) -> None:
    if seen is not None:
        fits = seen.digests.ndim == 1 and seen.digests.dtype == np.uint64 and seen.digests.size > 0
        _need(fits and 0 <= seen.chance <= 1 and 0 < seen.part <= 1, "its fingerprints of rows are none")


def _provenance(provenance: Provenance | None) -> None:
    if provenance is None:
        return
    _need(0 <= provenance.seconds <= MOST_SECONDS, f"its fit took {provenance.seconds} seconds")
    date = datetime.fromisoformat(provenance.date)  # which raises for what is no date
    fits = date.tzinfo == UTC and date.isoformat(timespec="seconds") == provenance.date
    _need(fits, "the date of its fit is not in UTC to the second")
    names = [*provenance.versions, *provenance.versions.values(), *provenance.options, provenance.device]
    fits = len(names) <= MOST_NAMES and len(provenance.warnings) <= MOST_WARNINGS
    _need(fits, "its fit has too many versions, options or warnings")
    longest = max(map(len, [*names, *provenance.warnings]), default=0)
    _need(longest <= LONGEST, f"a text about its fit has {longest} letters")


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
