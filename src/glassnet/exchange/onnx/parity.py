"""How far the predictions of an ONNX model are from those of the model that it was written from."""

import warnings
from collections.abc import Mapping
from copy import copy
from typing import NamedTuple, cast

import numpy as np
from numpy.typing import ArrayLike

from glassnet.data.images import Images
from glassnet.data.schema import Samples
from glassnet.estimators.classifier import NetworkClassifier
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.exchange.onnx.onnx_inputs import Feeds, onnx_inputs
from glassnet.exchange.onnx.parity_rows import parity_rows
from glassnet.exchange.onnx.write_proto import import_onnx
from glassnet.network.loss import as_loss

LARGEST = 1e-5  # of the unit, up to which two forms of a model agree; predictions are in float32 for the most part
REFERENCE, RUNTIME = "onnx.reference", "onnxruntime"

Outputs = Mapping[str, np.ndarray]


class Parity(NamedTuple):
    """What came of a comparison.

    Parameters
    ----------
    rows : int
        How many rows were compared.
    differences : dict of float
        The largest difference from predictions, by what computed the ONNX model.
    float64_differences : dict of float
        That from predictions with parameters in float64; empty where the first are small.
    """

    rows: int
    differences: dict[str, float]
    float64_differences: dict[str, float]


def parity(model: NetworkRegressor | NetworkClassifier, content: bytes, coverage: float | None) -> Parity:
    """Return the largest differences on rows made up from the schema.

    Parameters
    ----------
    model : NetworkRegressor or NetworkClassifier
        The model.
    content : bytes
        The ONNX model that was written from it.
    coverage : float or None
        Of the intervals in it.
    """
    samples = parity_rows(model.schema_, model.members_[0].preprocessing.inputs)
    feeds = onnx_inputs(model.schema_, samples)
    found = {REFERENCE: run_reference(content, feeds), RUNTIME: run_runtime(content, feeds)}

    def differences(of: NetworkRegressor | NetworkClassifier) -> dict[str, float]:
        expected = expected_outputs(of, samples, coverage)
        return {name: largest_difference(of, expected, values) for name, values in found.items() if values is not None}

    from_model = differences(model)
    if max(from_model.values()) <= LARGEST:
        return Parity(samples.rows, from_model, {})
    in_float64 = copy(model)
    in_float64.ensemble_ = model.ensemble_.in_float64()
    return Parity(samples.rows, from_model, differences(in_float64))


def expected_outputs(
    model: NetworkRegressor | NetworkClassifier, X: ArrayLike | Samples, coverage: float | None
) -> dict[str, np.ndarray]:
    """Return what the model itself says, by the names of the outputs."""
    rows = cast(ArrayLike, X.pixels if isinstance(X, Images) else X)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # of gaps and levels that training did not have
        if isinstance(model, NetworkClassifier):
            return {"label": model.predict(rows), "probabilities": model.predict_proba(rows)}
        members = model.predict_members(rows)
        outputs = {"prediction": model.predict(rows)}
        if as_loss(model.loss).predicts_deviation:
            outputs["standard_deviation"] = model.predict(rows, return_std=True)[1]
        if len(members) > 1:
            outputs["members_standard_deviation"] = members.std(axis=0)
        if coverage is not None:
            ends = model.predict_interval(rows, coverage)
            outputs |= {"lower": ends.lower, "upper": ends.upper}
        return outputs


def largest_difference(model: NetworkRegressor | NetworkClassifier, expected: Outputs, found: Outputs) -> float:
    """Return the largest difference of any output; infinity where shapes or labels differ.

    Of numbers it is in units of the target's standard deviation, or of the prediction's distance from the target's mean
    where that is larger; of classes in probability. Labels may differ where probabilities are as near as that.
    """
    largest = 0.0
    for name, wanted in expected.items():
        if found[name].shape != wanted.shape:
            return np.inf
        if name != "label":
            size = np.ones(()) if isinstance(model, NetworkClassifier) else _unit(model, name, wanted)
            same = (found[name] == wanted) | (np.isnan(found[name]) & np.isnan(wanted))
            with np.errstate(invalid="ignore"):
                off = np.where(same, 0.0, np.abs(found[name] - wanted) / size)
            largest = max(largest, float(np.max(np.where(np.isnan(off), np.inf, off), initial=0.0)))
        elif not _labels_agree(wanted, found[name], expected["probabilities"]):
            return np.inf
    return largest


def run_reference(content: bytes, feeds: Feeds) -> dict[str, np.ndarray]:
    """Return the outputs by onnx's own evaluator, which is slow and plain."""
    onnx = import_onnx()
    from onnx.reference import ReferenceEvaluator

    evaluator = ReferenceEvaluator(onnx.load_from_string(content))
    with np.errstate(all="ignore"):
        values = evaluator.run(None, feeds)
    return dict(zip(map(str, evaluator.output_names), map(np.asarray, values), strict=True))


def run_runtime(content: bytes, feeds: Feeds) -> dict[str, np.ndarray] | None:
    """Return the outputs by onnxruntime; None where it is not installed."""
    try:
        import onnxruntime
    except ModuleNotFoundError:
        return None
    session = onnxruntime.InferenceSession(content, providers=["CPUExecutionProvider"])
    names = [output.name for output in session.get_outputs()]
    return dict(zip(names, map(np.asarray, session.run(names, feeds)), strict=True))


def _unit(model: NetworkRegressor, name: str, wanted: np.ndarray) -> np.ndarray:
    """Return for every number what it counts in."""
    size = np.mean([member.preprocessing.target_size for member in model.members_], axis=0)
    center = np.mean([member.preprocessing.targets.center for member in model.members_], axis=0)
    by_target = (-1, 1) if wanted.ndim == 3 else (-1,)
    if len(size) == 1:
        by_target = ()
    size, center = (np.reshape(array, by_target) for array in (size, center))
    from_mean = np.abs(wanted) if "deviation" in name else np.abs(wanted - center)
    return np.maximum(size, from_mean)


def _labels_agree(wanted: np.ndarray, found: np.ndarray, probabilities: np.ndarray) -> bool:
    different = wanted != found
    if wanted.ndim == 2:
        return bool(np.all(np.abs(probabilities[different] - 0.5) < LARGEST))
    best = np.sort(probabilities[different], axis=1)
    return bool(np.all(best[:, -1] - best[:, -2] < LARGEST))
