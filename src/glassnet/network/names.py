"""Names of activations and losses: ours, what scikit-learn, Keras and torch call the same, and what may be meant.

A name of theirs is taken where it is the same function. Where something differs, or we have nothing of the kind, an
error says what is near.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TypeVar

Known = TypeVar("Known")

ACTIVATIONS = {
    "sigmoid": "logistic",
    "linear": "identity",
    "swish": "silu",
    "exp": "exponential",
    "hardtanh": "hard_tanh",
    "leakyrelu": "leaky_relu",
}
LOSSES = {
    "mse": "squared_error",
    "l2": "squared_error",
    "mean_squared_error": "squared_error",
    "mae": "absolute_error",
    "l1": "absolute_error",
    "mean_absolute_error": "absolute_error",
    "huber_loss": "huber",
    "pinball": "quantile",
    "poisson_nll": "poisson",
    "bce": "binary_cross_entropy",
    "binary_crossentropy": "binary_cross_entropy",
    "categorical_crossentropy": "cross_entropy",
    "crossentropy": "cross_entropy",
    "log_loss": "cross_entropy",
}
NEAR = {
    "step": "'heaviside', which is 0 at 0",
    "hard_sigmoid": "'logistic', or 'hard_tanh', which is piecewise linear",
    "hard_swish": "'silu', the smooth one",
    "relu6": "'relu'",
    "prelu": "'leaky_relu', or layers with ParametricActivation",
    "softsign": "'tanh'",
    "log_softmax": "'softmax'; NetworkClassifier ends in it by itself",
    "rmse": "'squared_error', which has the same minimum",
    "root_mean_squared_error": "'squared_error', which has the same minimum",
    "smooth_l1": "'huber', the same where its threshold is 1",
    "log_cosh": "'huber', or a CustomLoss",
    "mape": "a CustomLoss; for positive targets 'gamma' looks at relative errors",
    "mean_absolute_percentage_error": "a CustomLoss; for positive targets 'gamma' looks at relative errors",
    "msle": "'half_squared_error' of the logarithm of the target",
    "mean_squared_logarithmic_error": "'half_squared_error' of the logarithm of the target",
    "hinge": "NetworkClassifier, whose loss is the cross-entropy",
}


def named(what: str, name: str, known: Mapping[str, Known], synonyms: Mapping[str, str]) -> Known:
    """Return what a name stands for, whatever its case; `ValueError` lists the names and says what may be meant."""
    plain = name.strip().lower().replace("-", "_").replace(" ", "_")
    plain = synonyms.get(plain, plain)
    if plain in known:
        return known[plain]
    close = get_close_matches(plain, [*known, *synonyms], n=1, cutoff=0.6)
    near = NEAR.get(plain) or (repr(synonyms.get(close[0], close[0])) if close else None)
    meant = f" (did you mean {near}?)" if near else ""
    raise ValueError(f"{what}={name!r} is not known; choose one of {', '.join(known)}{meant}")
