"""What the parameters of the network estimators must be."""

from glassnet.estimators.checking import Rule, either, not_negative, positive, share, sizes, whole
from glassnet.training.schedule import SCHEDULES

RULES: dict[str, Rule] = {
    "hidden_layer_sizes": either(sizes(), None),
    "alpha": not_negative(),
    "weight_decay": either(not_negative(), None),
    "dropout": Rule("a number of at least 0 and below 1", lambda v: not_negative().test(v) and v < 1),
    "clip_norm": either(positive(), None),
    "batch_size": either(whole(1), "auto"),
    "learning_rate_init": positive(),
    "learning_rate": Rule(f"one of {', '.join(SCHEDULES)}", lambda v: v in SCHEDULES),
    "warmup": Rule("a number of at least 0 and below 1", lambda v: not_negative().test(v) and v < 1),
    "power_t": not_negative(),
    "max_iter": whole(1),
    "max_time": either(positive(), None),
    "shuffle": Rule("True, False or 'replacement'", lambda v: v in (True, False, "replacement")),
    "validation_fraction": share(),
    "n_iter_no_change": whole(1),
    "tol": not_negative(),
    "n_members": either(whole(1), None),
}
