"""Checks of how a model was trained."""

from textwrap import shorten

import numpy as np

from glassnet.insight.evidence import Evidence
from glassnet.insight.findings.finding import NotApplicable, Seen
from glassnet.insight.findings.simple_models import CONSTANTS, LINES, lines_alone, one_of
from glassnet.insight.text import rounded
from glassnet.training.history import History
from glassnet.training.stopping import StopReason

BY_HEART = 2.0  # how often the training error goes into the error from where on it is said
MUCH_BY_HEART = 4.0
SMALL = 0.1  # fraction of a constant's error below which an error is small whatever its ratio to another
LAST = 0.9  # of the epochs, after which training should not fall much more
STILL_FALLING = 0.01  # of all that the loss fell, in the last epochs
LOW_FLOOR = 0.5
MOST_WARNINGS = 3
LONGEST = 240  # letters of a warning
FEW_EPOCHS = 10


def learned_by_heart(evidence: Evidence) -> Seen | None:
    """See whether the error of the rows that were learned from is far below that of others."""
    training, error = evidence.training_error, evidence.error
    if training is None:
        raise NotApplicable("the rows of the fit are not given, so the error on them is not known")
    if evidence.judged.basis.kind == "fit" and not evidence.judged.basis.folds:
        raise NotApplicable(
            "the model has no folds and no other rows are given: all errors are of rows it learned from"
        )
    constant = _error_of(evidence, CONSTANTS)
    if error < BY_HEART * training or (constant is not None and error < SMALL * constant):
        return None
    times = error / training if training > error / 1_000 else 1_000.0
    look = times >= MUCH_BY_HEART and _no_better_than_a_line(evidence)
    return Seen(
        "look" if look else "note",
        f"It errs by {rounded(training)} ({evidence.error_name}) on the rows that it learned from, and by "
        f"{rounded(error)} on rows that it had not seen, {times:.3g} times as much: it knows the first partly by "
        "heart. Only the larger number says what to expect of new rows.",
        {"training error": training, "error": error, "ratio": times},
        f"an error {BY_HEART:g} times the training error and not below {SMALL:.0%} of a constant's; attention from "
        f"{MUCH_BY_HEART:g} times on, where a straight line is as good",
        f"{_name(evidence)}(hidden_layer_sizes=(16,), alpha=0.01) has less room to learn by heart; or more rows",
    )


def stopped_while_improving(evidence: Evidence) -> Seen | None:
    """See whether training ended while the loss that is watched was still falling."""
    histories = [member.history for member in evidence.model.members_]
    cut = [one for one in histories if _was_cut(one)]
    if not cut or 2 * len(cut) < len(histories):
        return None
    falls = [_last_fall(one) for one in cut]
    fall = float(np.median(falls))
    if fall < STILL_FALLING:
        return None
    epochs = max(one.epochs for one in cut)
    watched = "validation loss" if cut[0].validation_loss else "training loss"
    why = cut[0].reason
    return Seen(
        "look",
        f"{len(cut)} of {len(histories)} members ended because {why} ({epochs} epochs), and in the last tenth of "
        f"them the {watched} still fell by {fall:.1%} of all that it had fallen: with more epochs the error would be "
        "lower.",
        {"members": float(len(cut)), "epochs": float(epochs), "fall": fall},
        f"in the median of the members at least {STILL_FALLING:.0%} of the whole fall in the last tenth of the epochs",
        f"{_name(evidence)}(max_iter={2 * epochs})"
        if why is StopReason.MAX_ITER
        else f"let the fit go on: {_name(evidence)}(..., warm_start=True), then fit(X, y) again",
    )


def diverged(evidence: Evidence) -> Seen | None:
    """See whether the loss of a member grew without bound, so that its step size was cut."""
    retries = [member.history.retries for member in evidence.model.members_]
    some = sum(count > 0 for count in retries)
    if not some:
        return None
    step = evidence.model.recipe_.learning_rate_init
    smaller = "a smaller learning_rate_init" if step is None else f"learning_rate_init={step / 10:g}"
    return Seen(
        "look",
        f"The loss of {some} of {len(retries)} members grew without bound; each time they went back to their best "
        f"parameters with a tenth of the step size, {sum(retries)} times in all. They may have learned less than they "
        "could.",
        {"members": float(some), "retries": float(sum(retries))},
        "any member whose step size was cut",
        f"{_name(evidence)}({smaller})",
    )


def more_parameters_than_numbers(evidence: Evidence) -> Seen | None:
    """See whether a network with more parameters than there are numbers to learn from brings nothing by them.

    Many parameters alone are normal: members stop by validation rows and are averaged.
    """
    model = evidence.model
    split, inputs = model.members_[0].split, int(np.prod(model.network_.inputs))
    numbers, parameters = split.train.size * (inputs + len(model.target_names_)), model.network_.n_parameters
    floor = None if evidence.interval is None else evidence.interval.floor
    mostly_lines = 2 * lines_alone(evidence) > len(model.members_)
    no_better, low = not mostly_lines and _no_better_than_a_line(evidence), floor is not None and floor < LOW_FLOOR
    if parameters <= numbers or not (no_better or low):
        return None
    why = ["a straight line does as well"] if no_better else []
    why += [f"so few rows prove no more than a coverage of {floor:.0%}"] if low and floor is not None else []
    return Seen(
        "note",
        f"Each member has {parameters:,} parameters, and learns from {split.train.size:,} rows of {inputs} inputs and "
        f"{len(model.target_names_)} target(s), {numbers:,} numbers. That is normal of networks that stop by "
        f"validation rows, but here {' and '.join(why)}.",
        {"parameters": float(parameters), "numbers": float(numbers)},
        f"more parameters than numbers, and the error is not below a line's beyond chance or the floor is below "
        f"{LOW_FLOOR:.0%}",
        f"{_name(evidence)}(hidden_layer_sizes=(8,)), or let a search find the size: glassnet fit --search 10",
    )


def warned(evidence: Evidence) -> Seen | None:
    """See what the fit warned of."""
    provenance = evidence.model.provenance_
    if provenance is None:
        raise NotApplicable("the model comes from a file that does not hold the warnings of its fit")
    texts = provenance.warnings
    if not texts:
        return None
    more = f" And {len(texts) - MOST_WARNINGS} more." if len(texts) > MOST_WARNINGS else ""
    told = " ".join(f'"{shorten(text, LONGEST)}"' for text in texts[:MOST_WARNINGS])
    return Seen(
        "note",
        f"The fit warned {'once' if len(texts) == 1 else f'{len(texts)} times'}: {told}{more}",
        {"warnings": float(len(texts))},
        "any warning of the last fit",
        "print(*model.provenance_.warnings, sep='\\n')",
    )


def _was_cut(history: History) -> bool:
    """Return whether a network, and not a line, was trained until something else than its loss ended it."""
    ended = history.reason in (StopReason.MAX_ITER, StopReason.MAX_TIME, StopReason.CALLBACK, StopReason.INTERRUPTED)
    return ended and history.kept_epoch > 0 and history.epochs >= FEW_EPOCHS


def _last_fall(history: History) -> float:
    """Return how much of its fall the least loss so far took in the last tenth of the epochs."""
    least = np.minimum.accumulate(np.array(history.validation_loss or history.loss))
    total = least[0] - least[-1]
    return float((least[int(LAST * len(least)) - 1] - least[-1]) / total) if total > 0 else 0.0


def _error_of(evidence: Evidence, names: tuple[str, ...]) -> float | None:
    models = () if evidence.comparison is None else evidence.comparison.models
    return next((model.error for model in models if model.name in names), None)


def _no_better_than_a_line(evidence: Evidence) -> bool:
    try:
        return evidence.comparison is not None and one_of(evidence.comparison, LINES).difference_lower <= 0
    except NotApplicable:
        return False


def _name(evidence: Evidence) -> str:
    return type(evidence.model).__name__
