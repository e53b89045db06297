"""What the parameters of the network estimators, and of their recipes, must be."""

from collections.abc import Iterable

import numpy as np

from glassnet.ensemble.recipe import Recipe
from glassnet.estimators.presets import EMBEDDINGS
from glassnet.estimators.validation import (
    Rule,
    either,
    fraction,
    integer,
    is_real,
    not_negative,
    one_of,
    positive,
    sizes,
)
from glassnet.network.devices import DEVICES, PRECISIONS
from glassnet.network.layer import Layer


def _is_cv(value: object) -> bool:
    if isinstance(value, str):
        return value == "auto"
    splits = isinstance(value, Iterable) and not (isinstance(value, np.ndarray) and value.ndim == 0)
    return hasattr(value, "split") or splits or integer(2).test(value)


_WHETHER = either(Rule("True or False", lambda v: isinstance(v, bool | np.bool_)), None)
RULES: dict[str, Rule] = {
    "hidden_layer_sizes": either(sizes(), None),
    "layers": either(
        Rule(
            "a list of layers, as in [Convolution(32), MaxPool(), Flatten(), Dense(64, 'relu')]",
            lambda v: isinstance(v, list | tuple) and all(isinstance(layer, Layer) for layer in v),
        ),
        None,
    ),
    "alpha": either(not_negative(), None),
    "dropout": either(Rule("a number of at least 0 and below 1", lambda v: is_real(v) and 0 <= v < 1), None),
    "batch_size": either(integer(1), "auto"),
    "learning_rate_init": either(positive(), None),
    "max_iter": either(integer(1), None),
    "max_time": either(positive(), None),
    "early_stopping": _WHETHER,
    "validation_fraction": fraction(),
    "n_iter_no_change": either(integer(1), None),
    "tol": not_negative(),
    "device": one_of(*DEVICES),
    "precision": one_of(*PRECISIONS),
    "monitor": either(Rule("a function of targets and predictions that returns a number", callable), None),
    "callback": either(Rule("a function of the progress that returns True to stop", callable), None),
    "n_members": either(integer(1), None),
    "cv": Rule(
        "'auto', an integer of at least 2, a splitter such as KFold(4), or None", lambda v: v is None or _is_cv(v)
    ),
    "preset": Rule("a name or a Recipe", lambda v: isinstance(v, str | Recipe)),
}
RULES_OF_FILES: dict[str, Rule] = {
    "max_memory": either(
        Rule("bytes, or text such as '2 GiB'", lambda v: isinstance(v, str) or (is_real(v) and v >= 1)), None
    ),
}
RECIPE_RULES: dict[str, Rule] = {
    **{name: rule for name, rule in RULES.items() if name in Recipe().get_params()},
    "embedding": either(one_of(*EMBEDDINGS), None),
    "adversarial": either(positive(), None),
    "adversarial_steps": either(integer(1), None),
    "label_smoothing": either(Rule("a number from 0 to below 1", lambda v: is_real(v) and 0 <= v < 1), None),
    "scaler": either(one_of("robust", "standard"), None),
    "clip_inputs": _WHETHER,
    "input_scaling": _WHETHER,
    "parametric_activation": _WHETHER,
    "linear_path": _WHETHER,
    "initializers": either(one_of("lecun", "glorot", "scikit-learn"), None),
    "learning_rate_multipliers": _WHETHER,
    "fade": either(Rule("a number above 0 and at most 1", lambda v: is_real(v) and 0 < v <= 1), None),
    "validation_slack": either(Rule("a number of at least 0", lambda v: is_real(v) and v >= 0), None),
    "final_epochs": either(Rule("a number from 0 to 1", lambda v: is_real(v) and 0 <= v <= 1), None),
    "binary_flags": _WHETHER,
    "most_one_hot": either(integer(0), None),
    "convolutions": _WHETHER,
    "shift": either(integer(0), None),
    "batch_size": either(integer(1), None),
}
