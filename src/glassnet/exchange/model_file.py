"""Model files: `save` and `load` of one `.glass` file, data only.

The file is a container (see `storage.container`): arrays as safetensors, and a JSON description with the format's
version, the versions of the libraries that wrote it, the estimator's name, its parameters and its fitted attributes.
Loading looks names up in tables of this package; it imports nothing by a name from the file and runs no code from it.
"""

from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

from glassnet.storage.container import ContainerError, read_container, write_container

FORMAT = 1
ENDING = ".glass"
LIBRARIES = ("glassnet", "jax", "numpy", "scikit-learn", "optax")
NOT_STORED = ("random_state", "callback")  # the seed that was drawn is stored; a function would be code


class ModelFileError(ValueError):
    """A model file cannot be written or read."""


def save(model: Any, path: str | Path) -> Path:
    """Write a fitted estimator to one file and return its path; an ending is added when there is none.

    The old file stays whole when writing fails. `random_state` and `callback` are not stored; the drawn seed is.
    """
    from sklearn.utils.validation import check_is_fitted

    from glassnet.exchange.records import to_json

    check_is_fitted(model)
    path = Path(path)
    path = path if path.suffix else path.with_suffix(ENDING)
    kind = type(model).__name__
    if kind not in _estimators():
        raise TypeError(f"{kind} cannot be saved; a model file holds one of {', '.join(_estimators())}")
    arrays: dict[str, np.ndarray] = {}
    parameters = {name: value for name, value in model.get_params(deep=False).items() if name not in NOT_STORED}
    fitted = {name: value for name, value in vars(model).items() if name not in model.get_params(deep=False)}
    description = {
        "format": FORMAT,
        "versions": {name: version(name) for name in LIBRARIES},
        "estimator": kind,
        "parameters": to_json(parameters, arrays),
        "fitted": to_json(fitted, arrays),
    }
    write_container(path, description, arrays)
    return path


def load(path: str | Path) -> Any:
    """Return the estimator in a model file; `ModelFileError` says why a file is refused."""
    path = Path(path)
    if not path.is_file():
        raise ModelFileError(f"there is no model file {str(path)!r}")
    try:
        description, arrays = read_container(path)
        return _rebuild(description, arrays)
    except (ContainerError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelFileError(f"{str(path)!r} cannot be loaded: {error}") from error


def _rebuild(description: dict[str, Any], arrays: dict[str, np.ndarray]) -> Any:
    if description["format"] > FORMAT:
        raise ContainerError(
            f"it has format {description['format']}, written by glassnet {description['versions']['glassnet']}; this "
            f"version reads up to format {FORMAT}: upgrade glassnet"
        )
    from glassnet.exchange.records import from_json  # only now: a refusal above should not wait for JAX

    kinds = _estimators()
    if description["estimator"] not in kinds:
        raise ContainerError(f"it holds {description['estimator']!r}, which is none of {', '.join(kinds)}")
    model = kinds[description["estimator"]](**from_json(description["parameters"], arrays))
    for name, value in from_json(description["fitted"], arrays).items():
        if hasattr(model, name) or not name.isidentifier():
            raise ContainerError(f"its fitted attribute {name!r} is none of {description['estimator']}'s")
        setattr(model, name, value)
    return model


def _estimators() -> dict[str, Any]:
    from glassnet.estimators.perceptron import Perceptron
    from glassnet.estimators.regressor import NetworkRegressor

    return {kind.__name__: kind for kind in (NetworkRegressor, Perceptron)}
