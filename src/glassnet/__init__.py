"""Regression with neural networks that can be seen through."""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from glassnet.estimators.classifier import NetworkClassifier
    from glassnet.estimators.perceptron import Perceptron
    from glassnet.estimators.regressor import NetworkRegressor
    from glassnet.exchange.model_file import load, save
    from glassnet.insight.trace import trace
    from glassnet.network.activation import ELU, LeakyRectifier
    from glassnet.network.dense import Dense
    from glassnet.network.dropout import Dropout
    from glassnet.network.loss import Huber
    from glassnet.network.network import Network
    from glassnet.training.descent import Adam, GradientDescent, Momentum

__version__ = version("glassnet")

# Names are imported when they are first used, so that `glassnet --help` does not wait for JAX.
_HOMES = {
    "ELU": "glassnet.network.activation",
    "Adam": "glassnet.training.descent",
    "Dense": "glassnet.network.dense",
    "Dropout": "glassnet.network.dropout",
    "GradientDescent": "glassnet.training.descent",
    "Huber": "glassnet.network.loss",
    "LeakyRectifier": "glassnet.network.activation",
    "Momentum": "glassnet.training.descent",
    "Network": "glassnet.network.network",
    "NetworkClassifier": "glassnet.estimators.classifier",
    "NetworkRegressor": "glassnet.estimators.regressor",
    "Perceptron": "glassnet.estimators.perceptron",
    "load": "glassnet.exchange.model_file",
    "save": "glassnet.exchange.model_file",
    "trace": "glassnet.insight.trace",
}

__all__ = [
    "ELU",
    "Adam",
    "Dense",
    "Dropout",
    "GradientDescent",
    "Huber",
    "LeakyRectifier",
    "Momentum",
    "Network",
    "NetworkClassifier",
    "NetworkRegressor",
    "Perceptron",
    "__version__",
    "load",
    "save",
    "trace",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'glassnet' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
