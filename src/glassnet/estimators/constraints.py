"""What the parameters of the network estimators must be."""

from glassnet.estimators.recipe import EMBEDDINGS
from glassnet.estimators.validation import Rule, either, not_negative, positive, share, sizes, whole
from glassnet.network.layer import Layer
from glassnet.training.schedule import SCHEDULES

RULES: dict[str, Rule] = {
    "hidden_layer_sizes": either(sizes(), None),
    "layers": either(
        Rule(
            "a list of layers, as in [Convolution(32), MaxPool(), Flatten(), Dense(64, 'relu')]",
            lambda v: isinstance(v, list | tuple) and all(isinstance(layer, Layer) for layer in v),
        ),
        None,
    ),
    "adversarial": either(positive(), None),
    "alpha": either(not_negative(), None),
    "weight_decay": either(
        Rule(
            "a number of at least 0, or several to choose from by held-out rows",
            lambda v: (
                not_negative().test(v)
                or (isinstance(v, list | tuple) and len(v) > 0 and all(map(not_negative().test, v)))
            ),
        ),
        None,
    ),
    "dropout": either(Rule("a number of at least 0 and below 1", lambda v: not_negative().test(v) and v < 1), None),
    "clip_norm": either(positive(), None),
    "batch_size": either(whole(1), "auto"),
    "learning_rate_init": either(positive(), None),
    "learning_rate": either(Rule(f"one of {', '.join(SCHEDULES)}", lambda v: v in SCHEDULES), None),
    "warmup": either(Rule("a number of at least 0 and below 1", lambda v: not_negative().test(v) and v < 1), None),
    "power_t": not_negative(),
    "max_iter": either(whole(1), None),
    "max_time": either(positive(), None),
    "shuffle": Rule("True, False or 'replacement'", lambda v: v in (True, False, "replacement")),
    "validation_fraction": share(),
    "n_iter_no_change": either(whole(1), None),
    "tol": not_negative(),
    "n_members": either(whole(1), None),
}
REGRESSOR_RULES: dict[str, Rule] = {
    **RULES,
    "embedding": either(Rule(f"one of {', '.join(EMBEDDINGS)}", lambda v: v in EMBEDDINGS), None),
}
