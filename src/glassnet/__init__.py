"""Regression with neural networks that can be seen through."""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from glassnet.estimators.perceptron import Perceptron
    from glassnet.estimators.regressor import NetworkRegressor
    from glassnet.exchange.model_file import load, save
    from glassnet.insight.trace import trace
    from glassnet.network.dense import Dense
    from glassnet.network.network import Network

__version__ = version("glassnet")

# Names are imported when they are first used, so that `glassnet --help` does not wait for JAX.
_HOMES = {
    "Dense": "glassnet.network.dense",
    "Network": "glassnet.network.network",
    "NetworkRegressor": "glassnet.estimators.regressor",
    "Perceptron": "glassnet.estimators.perceptron",
    "load": "glassnet.exchange.model_file",
    "save": "glassnet.exchange.model_file",
    "trace": "glassnet.insight.trace",
}

__all__ = ["Dense", "Network", "NetworkRegressor", "Perceptron", "__version__", "load", "save", "trace"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'glassnet' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
