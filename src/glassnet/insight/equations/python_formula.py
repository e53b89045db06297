"""A small model as one line of Python: NumPy, and `math` for the error function."""

import json
from collections.abc import Mapping

import numpy as np

from glassnet.ensemble.member import Member
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.insight.equations.small_model import checked_model, has_limits, inputs_of, link_of
from glassnet.network.activation import (
    ELU,
    GELU,
    SELU,
    Activation,
    Exponential,
    HardTanh,
    Heaviside,
    Identity,
    LeakyReLU,
    Logistic,
    Mish,
    ReLU,
    SiLU,
    Softmax,
    Softplus,
    Tanh,
)
from glassnet.network.activations_smooth import LARGEST_EXPONENT, SELU_ALPHA, SELU_SCALE
from glassnet.network.bounded_scaling import BoundedScaling
from glassnet.network.dense import Dense
from glassnet.network.dropout import Dropout
from glassnet.network.layer import Layer
from glassnet.network.linear_path import LinearPath
from glassnet.network.parametric import ParametricActivation
from glassnet.network.scaling import InputScaling
from glassnet.network.smooth_clip import SmoothClip

Arrays = Mapping[str, np.ndarray]
# {z} is an expression that may stand but once; z alone is the name that it gets there.
CODE: dict[type, str] = {
    Identity: "{z}",
    Heaviside: "np.heaviside({z}, 0)",
    ReLU: "np.maximum({z}, 0)",
    LeakyReLU: "np.maximum((z := {z}), {slope} * z)",
    Logistic: "1 / (1 + np.exp(-{z}))",
    Tanh: "np.tanh({z})",
    HardTanh: "np.clip({z}, -1, 1)",
    Exponential: "np.exp(np.minimum({z}, {largest}))",
    Softplus: "np.logaddexp(0, {z})",
    ELU: "np.where((z := {z}) > 0, z, {alpha} * np.expm1(np.minimum(z, 0)))",
    SELU: "{scale} * np.where((z := {z}) > 0, z, {alpha} * np.expm1(np.minimum(z, 0)))",
    GELU: "(z := {z}) / 2 * (1 + np.vectorize(math.erf)(z / 2**0.5))",
    SiLU: "(z := {z}) / (1 + np.exp(-z))",
    Mish: "(z := {z}) * np.tanh(np.logaddexp(0, z))",
    Softmax: "(z := np.exp((z := {z}) - z.max(axis=1, keepdims=True))) / z.sum(axis=1, keepdims=True)",
}


def python_line(model: NetworkRegressor) -> str:
    """Return one line of Python that makes of a small fitted model the function `predict`, with all its numbers.

    `predict(X)` takes an array (rows, columns) with the columns of training, which a comment at the end of the line
    names, and returns what `model.predict` returns. The line needs `math` and NumPy alone and computes in float64,
    where a model computes in float32: the two differ by less than 1e-6 of the standard deviation of the target, but
    for exponentials, as of counts, which make more of the rounding of float32. A cell that is missing (NaN) gives NaN.

    Parameters
    ----------
    model : NetworkRegressor
        A model fitted to columns of numbers, of at most 200 parameters over all its members.

    Returns
    -------
    str
        The line, without a line end.

    Raises
    ------
    TypeError
        For another model than a NetworkRegressor.
    ValueError
        For a model that is larger, and for columns, layers and losses that are not so simple.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, python_line
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((2,), preset="plain", n_members=4, max_iter=20, random_state=0).fit(X[["bmi"]], y)
    >>> line, names = python_line(model), {}
    >>> line[:46]
    'import math, numpy as np; predict = lambda X: '
    >>> exec(line, names)
    >>> np.allclose(names["predict"](X[["bmi"]].to_numpy()), model.predict(X[["bmi"]]), atol=1e-3)
    True
    """
    known = checked_model(model, "a line of Python")
    parts = [_member(known, member) for member in known.ensemble_.members]
    mean = parts[0] if len(parts) == 1 else f"({' + '.join(parts)}) / {len(parts)}"
    names = ", ".join(json.dumps(column.name) for column in known.schema_.columns)
    one = "[:, 0]" if _one_number(known) else ""
    return f"import math, numpy as np; predict = lambda X: ({mean}){one}  # the columns of X: {names}"


def _member(model: NetworkRegressor, member: Member) -> str:
    """Return the expression of what one member predicts, (rows, targets)."""
    inputs, scaler = inputs_of(model), member.preprocessing.inputs
    places = [each.place for each in inputs]
    # (cell - low) / width, and then (value - center) / scale, which is 0 where the scale is 0
    low, width = (np.array([getattr(each, name) for each in inputs]) for name in ("low", "width"))
    factor = np.divide(1.0, width * scaler.scale, out=np.zeros(len(inputs)), where=scaler.scale != 0)
    code = f"((np.asarray(X, float)[:, {places}] - {_array(low + width * scaler.center)}) * {_array(factor)})"
    if any(isinstance(layer, LinearPath) for layer in model.network_.layers):
        code = f"(v := {code})"
    for layer, arrays in zip(model.network_.layers, member.parameters, strict=True):
        code = _layer(layer, arrays, code)
    center, scale, *limits = member.preprocessing.units(model.ensemble_.outputs)
    code = f"({_array(center)} + {_array(scale)} * ({_activated(link_of(model), code)}))"
    return f"np.clip({code}, {_array(limits[0])}, {_array(limits[1])})" if has_limits(np.stack(limits)) else code


def _layer(layer: Layer, arrays: Arrays, x: str) -> str:
    """Return the expression of x^l from that of x^{l-1}; both may stand beside any operator."""
    numbers = {name: _array(array) for name, array in arrays.items()}
    match layer:
        case Dense():
            return f"({_activated(layer.activation, '({x} @ {W} + {b})'.format(x=x, **numbers))})"
        case Dropout():
            return x
        case InputScaling():
            return f"({x} * {numbers['s']})"
        case BoundedScaling():
            return "np.clip({x} * {s}, {low}, {high})".format(x=x, **numbers)
        case ParametricActivation():
            return f"((x := {x}) + {numbers['a']} * ({_activated(layer.activation, 'x')} - x))"
        case LinearPath():
            return "({x} + v @ {V} + {a})".format(x=x, **numbers)
        case SmoothClip():
            return _smooth_clip(layer, x)
        case _:
            raise TypeError(f"{layer!r} has no line of Python")


def _smooth_clip(layer: SmoothClip, x: str) -> str:
    """Return u / sqrt(1 + (u / c)^2) of the first inputs; the others stay."""
    if layer.numbers is None:
        return f"((z := {x}) / np.hypot(1, z / {layer.limit!r}))"
    inside = f"(np.arange(z.shape[1]) < {layer.numbers})"
    return f"((z := {x}) / np.hypot(1, z * {inside} / {layer.limit!r}))"


def _activated(activation: Activation, z: str) -> str:
    code = CODE.get(type(activation))
    if code is None:
        raise ValueError(
            f"a line of Python is of activations that have a name, and {activation!r} is one of your own; fit "
            "activation='tanh' or another name"
        )
    numbers = {"slope": getattr(activation, "slope", 0.0), "alpha": getattr(activation, "alpha", SELU_ALPHA)}
    return code.format(z=z, **numbers, scale=SELU_SCALE, largest=LARGEST_EXPONENT)


def _array(numbers: np.ndarray) -> str:
    """Return numbers as an array of NumPy, each with all its digits."""
    finite = json.dumps(np.asarray(numbers, np.float64).tolist())
    return f"np.array({finite.replace('-Infinity', '-np.inf').replace('Infinity', 'np.inf')})"


def _one_number(model: NetworkRegressor) -> bool:
    """Return whether `predict` gives (rows,)."""
    return bool(vars(model).get("_vector_target", True)) and model.ensemble_.outputs == 1
