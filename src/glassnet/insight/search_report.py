"""How the error falls with the number of parameters: the fits of a search as a table."""

from collections.abc import Sequence

from glassnet.estimators.search import Candidate
from glassnet.insight.text import TextTable


def as_table(candidates: Sequence[Candidate]) -> TextTable:
    """Return one line a fit, the last round first, the best of a round on top."""
    order = sorted(candidates, key=lambda candidate: (-candidate.round, candidate.error))
    rows = [
        (
            c.round,
            "-".join(map(str, c.hidden_layer_sizes)),
            c.parameters,
            c.epochs,
            c.error,
            c.standard_deviation,
            c.seconds,
        )
        for c in order
    ]
    head = ("round", "hidden layers", "parameters", "epochs", "error", "+-", "seconds")
    return TextTable(head, tuple(rows), title="sizes tried; error over folds, in standard deviations of the target")
