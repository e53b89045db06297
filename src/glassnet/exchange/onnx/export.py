"""`export_onnx`: a fitted model as an ONNX file, from cells to predictions, compared with the model before writing."""

from dataclasses import dataclass
from pathlib import Path

from sklearn.utils.validation import check_is_fitted

from glassnet.conformal.calibration import Calibration
from glassnet.conformal.coverage import as_coverage
from glassnet.estimators.classifier import NetworkClassifier
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.exchange.onnx.about import about, metadata
from glassnet.exchange.onnx.graph import ML_OPSET, OPSET, Graph
from glassnet.exchange.onnx.parity import LARGEST, RUNTIME, Parity, expected_outputs, parity
from glassnet.exchange.onnx.parity_rows import parity_rows
from glassnet.exchange.onnx.write_columns import refused_columns
from glassnet.exchange.onnx.write_intervals import check_residuals
from glassnet.exchange.onnx.write_network import write_members
from glassnet.exchange.onnx.write_predictions import write_classes, write_numbers
from glassnet.exchange.onnx.write_proto import import_onnx, model_bytes
from glassnet.storage.atomic import why_not, write_bytes

Estimator = NetworkRegressor | NetworkClassifier


@dataclass(frozen=True)
class OnnxExport:
    """An ONNX file that was written, and how far it is from the model.

    Attributes
    ----------
    path : Path
        The file.
    opset, ml_opset : int
        The versions of the operators, of ai.onnx and ai.onnx.ml.
    inputs, outputs : tuple of str
        Name, type and shape of each; an axis of any length is "rows".
    coverage : float or None
        Of the intervals, between 0 and 1; None without intervals.
    rows : int
        The number of made-up rows on which it was compared with the model.
    differences : dict of float
        The largest difference from the model by what computed the file, onnx.reference and onnxruntime where it is
        installed: in units of the target's standard deviation, or of the prediction's distance from the target's mean
        where that is larger; of classes in probability.
    float64_differences : dict of float
        The same from the model with parameters in float64, where one of the first is above 1e-5, because large numbers
        that cancel lose digits in the float32 of predictions: these are at most 1e-5 instead. Else empty.

    Examples
    --------
    >>> import tempfile
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, export_onnx
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     written = export_onnx(model, f"{folder}/diabetes.onnx")
    >>> len(written.inputs), written.inputs[0]
    (10, 'age (float64, rows x 1)')
    >>> written.path.name, written.largest_difference < 1e-5
    ('diabetes.onnx', True)
    """

    path: Path
    opset: int
    ml_opset: int
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    coverage: float | None
    rows: int
    differences: dict[str, float]
    float64_differences: dict[str, float]

    @property
    def largest_difference(self) -> float:
        """Return the largest difference by any."""
        return max(self.differences.values())

    def __str__(self) -> str:
        lines = [
            f"{self.path}: ONNX, ai.onnx {self.opset} and ai.onnx.ml {self.ml_opset}{self._beyond}",
            f"inputs: {', '.join(self.inputs)}",
            f"outputs: {', '.join(self.outputs)}",
            f"largest difference from the model on {self.rows} rows, in standard deviations or probability: "
            f"{_told(self.differences)}",
        ]
        if self.float64_differences:
            lines.append(
                f"the same from the model in float64: {_told(self.float64_differences)}; its predictions lose digits "
                "in float32, and this file does not"
            )
        if RUNTIME not in self.differences:
            lines.append("onnxruntime is not installed, so it was not compared; pip install 'glassnet[onnx]'")
        return "\n".join(lines)

    @property
    def _beyond(self) -> str:
        """Return both differences where that from the model is more than what files agree within, else nothing."""
        if not self.float64_differences:
            return ""
        return (
            f"; differs from predict by {self.largest_difference:.2g}, more than {LARGEST:g}, and from the model in "
            f"float64 by {max(self.float64_differences.values()):.2g}"
        )


def export_onnx(model: Estimator, path: str | Path, *, coverage: float | None = None) -> OnnxExport:
    """Write a fitted model as an ONNX file, which runtimes in many languages compute, and return what was written.

    The graph computes the mean over the members of f = f^L o ... o f^1 from cells as `read_table` returns them, with
    the levels of categories, gaps, scaling and units of the target, in float64, layers of images in float32. It has one
    input a column, (rows, 1): numbers and booleans as float64, NaN where missing; text, "" where missing; dates as
    int64 seconds since 1970-01-01, UTC, -2^63 where missing. Images are one input (rows, height, width, channels),
    float32. Outputs of a regressor are `prediction`, `members_standard_deviation` of several members,
    `standard_deviation` of the Gaussian loss, and `lower` and `upper` with a coverage; of a classifier `label` and
    `probabilities`. Before the file is written, its predictions are compared with the model's own on made-up rows with
    gaps, unseen levels and far values.

    Parameters
    ----------
    model : NetworkRegressor or NetworkClassifier
        A fitted model.
    path : str or Path
        The file, whose name ends in .onnx; one of that name is replaced.
    coverage : float or None, default=None
        With intervals of constant width as those of `predict_interval`, for this coverage, between 0 and 1.

    Returns
    -------
    OnnxExport
        Inputs, outputs and the largest difference from the model.

    Raises
    ------
    TypeError
        For another kind of object, layers or activations of a user's own, and classes that are neither text nor
        numbers.
    ValueError
        For a path that cannot be written, columns that ONNX cannot take, intervals that the model does not have or that
        rest on more than 10,000 residuals, and where the file's predictions differ by more than 1e-5 from the model's,
        and from those of the model in float64.
    ModuleNotFoundError
        Where onnx is not installed.

    Examples
    --------
    >>> import tempfile
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, export_onnx
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     written = export_onnx(model, f"{folder}/diabetes.onnx", coverage=0.9)
    >>> [output.split(" (")[0] for output in written.outputs]
    ['prediction', 'members_standard_deviation', 'lower', 'upper']
    """
    target = Path(path)
    check_path(target)
    content, written = onnx_model(model, target, coverage)
    try:
        write_bytes(target, content)
    except OSError as error:
        raise ValueError(f"{str(target)!r} cannot be written: {why_not(error)}") from error
    return written


def onnx_model(model: Estimator, path: Path, coverage: float | None = None) -> tuple[bytes, OnnxExport]:
    """Return the content of the file that `export_onnx` writes, and what it returns."""
    _check_model(model, coverage)
    graph = _graph(model, coverage)
    content = model_bytes(graph, about(model, coverage), metadata(model, coverage))
    compared = parity(model, content, coverage)
    _check_parity(compared)
    inputs, outputs = (tuple(map(str, values)) for values in (graph.inputs, graph.outputs))
    return content, OnnxExport(path, OPSET, ML_OPSET, inputs, outputs, coverage, *compared)


def check_path(path: Path) -> None:
    """Raise `ValueError` for a name that does not end in .onnx, and for a missing folder."""
    if path.suffix.lower() != ".onnx":
        raise ValueError(f"{path.name!r} has no ending of an ONNX file; type {path.stem + '.onnx'!r}")
    if not path.parent.is_dir():
        raise ValueError(f"there is no folder {str(path.parent)!r} to write {path.name!r} to; make it first")


def _check_model(model: Estimator, coverage: float | None) -> None:
    if not isinstance(model, Estimator):
        raise TypeError(
            f"export_onnx takes a fitted NetworkRegressor or NetworkClassifier, and this is a {type(model).__name__}"
        )
    check_is_fitted(model)
    import_onnx()
    reasons = refused_columns(model.schema_.columns)
    if reasons:
        lines = "\n".join(f"  - {reason}" for reason in reasons)
        raise ValueError(
            f"ONNX cannot take this model:\n{lines}\nfit again without such columns or with other names, or write a "
            "Python module: glassnet export MODEL.glass -o MODEL.py"
        )
    if coverage is not None:
        _check_coverage(model, coverage)


def _check_coverage(model: Estimator, coverage: float) -> None:
    as_coverage(coverage)
    if isinstance(model, NetworkClassifier):
        raise ValueError(
            "coverage is for intervals of numbers, and sets of classes are not written; leave it out, or call "
            "predict_set"
        )
    # predict_interval itself says why a model has no intervals, and what to type
    some = parity_rows(model.schema_, model.members_[0].preprocessing.inputs)
    expected_outputs(model, some, coverage)
    if isinstance(model.calibration_, Calibration):
        check_residuals(model.calibration_)


def _graph(model: Estimator, coverage: float | None) -> Graph:
    graph = Graph()
    members = write_members(graph, model.ensemble_)
    if isinstance(model, NetworkClassifier):
        write_classes(graph, model, members)
    else:
        write_numbers(graph, model, members, coverage, vars(model).get("calibration_"))
    return graph


def _check_parity(compared: Parity) -> None:
    """Raise `ValueError` unless the file agrees with the model, or else with the model in float64."""
    for name, difference in compared.differences.items():
        in_float64 = compared.float64_differences.get(name, difference)
        if not in_float64 <= LARGEST:
            raise ValueError(
                f"the ONNX model differs from the model by {difference:.2g} of the target's standard deviation (or of "
                f"probability), and from the model in float64 by {in_float64:.2g}, on {compared.rows} made-up rows, "
                f"computed by {name}, more than {LARGEST:g}, so no file was written; fit again with other options, or "
                "predict with the model file itself: glassnet predict"
            )


def _told(differences: dict[str, float]) -> str:
    return ", ".join(f"{difference:.2g} by {name}" for name, difference in differences.items())
