"""Which solver: the one asked for, or the one that suits the size of the problem, with the reason in words."""

from dataclasses import dataclass
from typing import Any

from glassnet.network.loss import HalfSquaredError, Loss, SquaredError
from glassnet.training.full_batch import FULL_BATCH
from glassnet.training.optimizers import SOLVERS, Solver

LARGEST_JACOBIAN = 2_000_000  # entries; a step of Levenberg-Marquardt then takes some hundredths of a second
MOST_UNKNOWNS_FOR_LM = 500
MOST_UNKNOWNS_IF_ASKED = 3_000  # a step takes some ten seconds then, and nothing can stop it halfway
LARGEST_TABLE_FOR_LBFGS = 500  # rows; below, a pass over all rows costs little more than a batch


@dataclass(frozen=True)
class Choice:
    """The name that users know, the solver that steps (a name for full-batch ones), and why."""

    name: str
    solver: Solver | str
    reason: str


def choose(given: Any, rows: int, outputs: int, unknowns: int, loss: Loss) -> Choice:
    """Return the choice; `ValueError` lists the names, and refuses Levenberg-Marquardt on large networks."""
    if given == "auto":
        return _suited(rows, outputs, unknowns, loss)
    if isinstance(given, str):
        known = [*SOLVERS, *FULL_BATCH, "auto"]
        if given not in known:
            raise ValueError(f"solver={given!r} is not known; choose one of {', '.join(known)}")
        if given == "lm" and unknowns > MOST_UNKNOWNS_IF_ASKED:
            raise ValueError(
                f"solver='lm' factors a matrix of all {unknowns} unknowns in every step, which is too slow above "
                f"{MOST_UNKNOWNS_IF_ASKED}; take fewer neurons, as in hidden_layer_sizes=(16,), or solver='lbfgs'"
            )
        return Choice(given, SOLVERS.get(given, given), "asked for")
    return Choice(type(given).__name__, given, "asked for")


def _suited(rows: int, outputs: int, unknowns: int, loss: Loss) -> Choice:
    entries = rows * outputs * unknowns
    size = f"{rows} rows, {outputs} output(s) and {unknowns} unknowns"
    squares = isinstance(loss, HalfSquaredError | SquaredError)
    if squares and unknowns <= MOST_UNKNOWNS_FOR_LM and entries <= LARGEST_JACOBIAN:
        return Choice("lm", "lm", f"squares of {size}: the Jacobian is small")
    if rows <= LARGEST_TABLE_FOR_LBFGS and unknowns <= 10 * MOST_UNKNOWNS_FOR_LM:
        return Choice("lbfgs", "lbfgs", f"{size}: a pass over all rows is cheap")
    return Choice("adam", SOLVERS["adam"], f"{size}: batches pay")
