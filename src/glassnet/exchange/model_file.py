"""Model files: `save` and `load` of one `.glass` file, data only.

The file is a container (see `storage.container`): arrays as safetensors, and a JSON description with the format's
version, the versions of the libraries that wrote it, the estimator's name, its parameters and its fitted attributes.
Loading looks names up in tables of this package; it imports nothing by a name from the file and runs no code from it.
"""

from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from glassnet.estimators.provenance import LIBRARIES
from glassnet.storage.atomic import why_not
from glassnet.storage.container import ContainerError, read_container, write_container
from glassnet.storage.json_value import JSON

if TYPE_CHECKING:  # importing them takes a second, and a file that is refused needs none of them
    from glassnet.estimators.classifier import NetworkClassifier
    from glassnet.estimators.perceptron import Perceptron
    from glassnet.estimators.regressor import NetworkRegressor

FORMAT = 4
FORMER = (2, 3)  # formats that are brought to this one, one after the other
ENDING = ".glass"
KEYS = {"format", "versions", "estimator", "parameters", "fitted"}
LONGEST_REASON = 500  # letters; a file may hold very long names
NOT_STORED = ("random_state", "callback", "monitor")  # the seed that was drawn is stored; a function would be code
NOT_NEEDED = ("loss", "solver", "layers", "cv")  # for predicting: your own, and splitters, are not stored

COMMON = {"n_features_in_", "target_names_"}
NETWORKS = {
    *COMMON, "used_rows_", "best_iter_", "ensemble_", "loss_curve_", "n_iter_", "seed_", "solver_", "solver_reason_",
    "stop_reason_", "training_rows_", "validation_loss_curve_", "validation_rows_",
}  # fmt: skip
MAY_LACK = {
    "_digest", "_seen", "feature_names_in_", "oof_prediction_", "oof_score_", "calibration_", "error_scales_",
    "error_distributions_", "mistakes_", "errors_", "n_iter_", "recipe_", "table_format_", "_multilabel",
    "_input_quantiles", "_target_range", "_exposed", "_label_smoothing", "_provenance", "_device",
}  # fmt: skip
FITTED: dict[str, set[str]] = {
    "NetworkRegressor": {*NETWORKS, "_vector_target", "n_outputs_", "target_mean_"},
    "NetworkClassifier": {*NETWORKS, "classes_"},
    "Perceptron": {"_multilabel", "classes_", "n_features_in_", "network_", "parameters_"},
}


class ModelFileError(ValueError):
    """A model file cannot be written or read.

    Examples
    --------
    >>> from glassnet import ModelFileError, load
    >>> try:
    ...     load("no-such-file.glass")
    ... except ModelFileError as error:
    ...     print(error)
    there is no model file 'no-such-file.glass'
    """


def save(model: "NetworkRegressor | NetworkClassifier | Perceptron", path: str | Path) -> Path:
    """Write a fitted estimator to one file and return its path.

    A file of that name stays as it was when writing fails. `random_state`, `callback`, `monitor` and a splitter are
    not stored; the seed that was drawn is.

    Parameters
    ----------
    model : NetworkRegressor, NetworkClassifier or Perceptron
        A fitted estimator.
    path : str or Path
        The file; the ending .glass is added where it is missing.

    Returns
    -------
    Path
        The file that was written.

    Raises
    ------
    TypeError
        For another kind of object.
    ModelFileError
        When the file cannot be written, or the estimator holds what a file cannot, such as your own layer.

    Examples
    --------
    >>> import tempfile
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, save
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = save(model, f"{folder}/diabetes")
    ...     written = path.exists()
    >>> path.name, written
    ('diabetes.glass', True)
    """
    from sklearn.utils.validation import check_is_fitted

    kind = type(model).__name__
    if kind not in FITTED:
        raise TypeError(
            f"{kind} cannot be saved; a model file holds one of {', '.join(FITTED)}; save the last step of a pipeline, "
            "and the best_estimator_ of a search"
        )
    check_is_fitted(model)
    path = Path(path)
    path = path if path.suffix == ENDING else path.with_name(path.name + ENDING)
    if not path.parent.is_dir():
        raise ModelFileError(f"there is no folder {str(path.parent)!r} to write {path.name!r} to; make it first")
    try:
        description, arrays = _described(model, kind)
        _rebuild(description, dict(arrays))  # what could not be loaded is not written
        write_container(path, description, arrays)
    except OSError as error:
        raise ModelFileError(f"{str(path)!r} cannot be written: {why_not(error)}") from error
    except (TypeError, ValueError) as error:
        raise ModelFileError(f"this {kind} cannot be saved: {error}") from error
    return path


def load(path: str | Path) -> "NetworkRegressor | NetworkClassifier | Perceptron":
    """Return the estimator in a model file.

    A file that is damaged, made by another program or altered is refused before it can do harm: it is data, read by
    tables of this package, and the estimator is checked before it is handed out.

    Parameters
    ----------
    path : str or Path
        A file that `save` wrote.

    Returns
    -------
    NetworkRegressor, NetworkClassifier or Perceptron
        The fitted estimator.

    Raises
    ------
    ModelFileError
        When there is no such file, or the file is refused; the message says why.

    Examples
    --------
    >>> import tempfile
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, load, save
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     loaded = load(save(model, f"{folder}/diabetes.glass"))
    >>> bool((loaded.predict(X) == model.predict(X)).all())
    True
    """
    path = Path(path)
    if not path.is_file():
        raise ModelFileError(f"there is no model file {str(path)!r}")
    try:
        return _rebuild(*read_container(path))
    except ContainerError as error:
        raise ModelFileError(f"{str(path)!r} cannot be loaded: {error}") from error
    except OSError as error:
        raise ModelFileError(f"{str(path)!r} cannot be read: {error.strerror}; look at its permissions") from error
    except Exception as error:  # whatever a file makes go wrong is a fault of the file
        raise ModelFileError(
            f"{str(path)!r} cannot be loaded: {str(error)[:LONGEST_REASON]} ({type(error).__name__}); it is not as "
            "save wrote it: take another copy, or fit and save again"
        ) from error


def _described(
    model: "NetworkRegressor | NetworkClassifier | Perceptron", kind: str
) -> tuple[dict[str, JSON], dict[str, np.ndarray]]:
    from glassnet.exchange.codec import is_storable, to_json

    arrays: dict[str, np.ndarray] = {}
    parameters = {
        name: value
        for name, value in model.get_params(deep=False).items()
        if name not in NOT_STORED and (name not in NOT_NEEDED or is_storable(value))
    }
    stored_names = {*FITTED[kind], *MAY_LACK}
    fitted = {name: value for name, value in vars(model).items() if name in stored_names}
    if isinstance(fitted.get("oof_prediction_"), np.memmap):  # of rows that did not fit into memory
        del fitted["oof_prediction_"]
    if not is_storable(fitted.get("recipe_")):  # it holds a solver or a layer of a user's own
        del fitted["recipe_"]
    description: dict[str, JSON] = {
        "format": FORMAT,
        "versions": {name: version(name) for name in LIBRARIES},
        "estimator": kind,
        "parameters": to_json(parameters, arrays),
        "fitted": to_json(fitted, arrays),
    }
    return description, arrays


def _rebuild(
    description: dict[str, JSON], arrays: dict[str, np.ndarray]
) -> "NetworkRegressor | NetworkClassifier | Perceptron":
    if lacks := sorted(KEYS - set(description)):
        raise ContainerError(f"its description lacks {lacks[0]!r}; take another copy, or fit and save again")
    if not isinstance(description["format"], int):
        raise ContainerError(f"its format is {str(description['format'])[:80]!r}, not a number such as {FORMAT}")
    if description["format"] not in (*FORMER, FORMAT):
        versions = description["versions"]
        writer = versions.get("glassnet") if isinstance(versions, dict) else versions
        remedy = "upgrade glassnet" if description["format"] > FORMAT else "fit again"
        raise ContainerError(
            f"it has format {description['format']}, written by glassnet {writer}; this "
            f"version reads formats {FORMER[0]} to {FORMAT}: {remedy}"
        )
    kind = description["estimator"]
    if description["format"] in FORMER:
        from glassnet.exchange import format2, format3

        description = format2.modernised(description) if description["format"] == 2 else description
        description = {key: format3.modernised(value) for key, value in description.items()}
    if not isinstance(kind, str) or kind not in FITTED:
        raise ContainerError(f"it holds {kind!r}, which is none of {', '.join(FITTED)}")
    from glassnet.exchange.codec import from_json
    from glassnet.exchange.validation import ESTIMATORS, inspect  # only now: a refusal above should not wait for JAX

    model = ESTIMATORS[kind](**from_json(description["parameters"], arrays))
    fitted = from_json(description["fitted"], arrays)
    for name in fitted:
        if name not in FITTED[kind] and name not in MAY_LACK:
            raise ContainerError(f"its fitted attribute {name!r} is none of {kind}'s")
    if missing := sorted(FITTED[kind] - set(fitted)):
        raise ContainerError(f"its fitted attribute {missing[0]!r} is missing")
    if arrays:
        raise ContainerError(f"it holds the array {min(arrays)!r}, which belongs to nothing")
    vars(model).update(fitted)
    inspect(model)
    return model
