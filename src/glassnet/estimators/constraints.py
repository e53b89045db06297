"""What the parameters of the network estimators must be."""

from glassnet.ensemble.recipe import Recipe
from glassnet.estimators.presets import EMBEDDINGS
from glassnet.estimators.validation import Rule, either, not_negative, positive, share, sizes, whole
from glassnet.network.layer import Layer

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
    "dropout": either(Rule("a number of at least 0 and below 1", lambda v: not_negative().test(v) and v < 1), None),
    "batch_size": either(whole(1), "auto"),
    "learning_rate_init": either(positive(), None),
    "max_iter": either(whole(1), None),
    "max_time": either(positive(), None),
    "validation_fraction": share(),
    "n_iter_no_change": either(whole(1), None),
    "tol": not_negative(),
    "n_members": either(whole(1), None),
    "preset": Rule(
        "a name or a Recipe whose embedding is one of "
        f"{', '.join(EMBEDDINGS)} and whose adversarial is a number above 0",
        lambda v: (
            not isinstance(v, Recipe)
            or (v.embedding in (*EMBEDDINGS, None) and (v.adversarial is None or positive().test(v.adversarial)))
        ),
    ),
}
