"""Regression with neural networks that can be seen through."""

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from glassnet.estimators.classifier import NetworkClassifier
    from glassnet.estimators.perceptron import Perceptron
    from glassnet.estimators.regressor import NetworkRegressor
    from glassnet.estimators.search import SizeSearch
    from glassnet.exchange.model_file import load, save
    from glassnet.insight.adversary import attack
    from glassnet.insight.certificate import certify
    from glassnet.insight.trace import trace
    from glassnet.network.activation import ELU, LeakyReLU
    from glassnet.network.augmentation import Crop, Flip, Shift
    from glassnet.network.convolution import Convolution
    from glassnet.network.custom_loss import CustomLoss
    from glassnet.network.dense import Dense
    from glassnet.network.dropout import Dropout
    from glassnet.network.embedding import Embedding
    from glassnet.network.flatten import Flatten
    from glassnet.network.image_filters import convolve
    from glassnet.network.loss import Gamma, Huber, Loss, Poisson, Quantile
    from glassnet.network.network import Network
    from glassnet.network.parametric import ParametricActivation
    from glassnet.network.periodic import Periodic
    from glassnet.network.piecewise import PiecewiseLinear
    from glassnet.network.pooling import AveragePool, MaxPool
    from glassnet.network.scaling import InputScaling
    from glassnet.network.smooth_clip import SmoothClip
    from glassnet.training.optimizers import SGD, Adam, GradientDescent

__version__ = version("glassnet")

# Names are imported when they are first used, so that `glassnet --help` does not wait for JAX.
_HOMES = {
    "Adam": "glassnet.training.optimizers",
    "AveragePool": "glassnet.network.pooling",
    "Convolution": "glassnet.network.convolution",
    "Crop": "glassnet.network.augmentation",
    "Dense": "glassnet.network.dense",
    "Dropout": "glassnet.network.dropout",
    "ELU": "glassnet.network.activation",
    "Embedding": "glassnet.network.embedding",
    "Flatten": "glassnet.network.flatten",
    "Flip": "glassnet.network.augmentation",
    "Gamma": "glassnet.network.loss",
    "GradientDescent": "glassnet.training.optimizers",
    "Huber": "glassnet.network.loss",
    "LeakyReLU": "glassnet.network.activation",
    "Loss": "glassnet.network.loss",
    "MaxPool": "glassnet.network.pooling",
    "SGD": "glassnet.training.optimizers",
    "Network": "glassnet.network.network",
    "NetworkClassifier": "glassnet.estimators.classifier",
    "NetworkRegressor": "glassnet.estimators.regressor",
    "CustomLoss": "glassnet.network.custom_loss",
    "ParametricActivation": "glassnet.network.parametric",
    "Perceptron": "glassnet.estimators.perceptron",
    "Periodic": "glassnet.network.periodic",
    "PiecewiseLinear": "glassnet.network.piecewise",
    "Poisson": "glassnet.network.loss",
    "Quantile": "glassnet.network.loss",
    "InputScaling": "glassnet.network.scaling",
    "Shift": "glassnet.network.augmentation",
    "SizeSearch": "glassnet.estimators.search",
    "SmoothClip": "glassnet.network.smooth_clip",
    "attack": "glassnet.insight.adversary",
    "certify": "glassnet.insight.certificate",
    "convolve": "glassnet.network.image_filters",
    "load": "glassnet.exchange.model_file",
    "save": "glassnet.exchange.model_file",
    "trace": "glassnet.insight.trace",
}

__all__ = [
    "ELU",
    "SGD",
    "Adam",
    "AveragePool",
    "Convolution",
    "Crop",
    "CustomLoss",
    "Dense",
    "Dropout",
    "Embedding",
    "Flatten",
    "Flip",
    "Gamma",
    "GradientDescent",
    "Huber",
    "InputScaling",
    "LeakyReLU",
    "Loss",
    "MaxPool",
    "Network",
    "NetworkClassifier",
    "NetworkRegressor",
    "ParametricActivation",
    "Perceptron",
    "Periodic",
    "PiecewiseLinear",
    "Poisson",
    "Quantile",
    "Shift",
    "SizeSearch",
    "SmoothClip",
    "__version__",
    "attack",
    "certify",
    "convolve",
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
