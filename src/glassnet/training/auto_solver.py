"""Which solver: the one asked for, or the one that suits the size of the problem, with the reason."""

from collections.abc import Mapping
from typing import NamedTuple

from glassnet._counted import counted
from glassnet.network.loss import Loss
from glassnet.training.lbfgs import LBFGS
from glassnet.training.levenberg_marquardt import LevenbergMarquardt
from glassnet.training.optimizers import SGD, Adam, AdamW, GradientDescent
from glassnet.training.solver import BATCH_OPTIONS, FullBatchSolver, GradientSolver, Solver

LARGEST_JACOBIAN = 2_000_000  # entries; a step of Levenberg-Marquardt then takes some hundredths of a second
MOST_PARAMETERS_FOR_LM = 500
LARGEST_TABLE_FOR_LBFGS = 500  # rows; below, a pass over all rows costs little more than a batch

SOLVERS: dict[str, Solver] = {
    "adam": Adam(),
    "adamw": AdamW(),
    "sgd": SGD(),
    "gd": GradientDescent(),
    "lbfgs": LBFGS(),
    "lm": LevenbergMarquardt(),
}
ASKED_FOR = "asked for"


class Choice(NamedTuple):
    """The name that users know, the solver, and why."""

    name: str
    solver: Solver
    reason: str


class ProblemSize(NamedTuple):
    """The size of a training problem."""

    rows: int
    outputs: int
    parameters: int

    def __str__(self) -> str:
        rows, outputs = counted(self.rows, "row"), counted(self.outputs, "output")
        return f"{rows}, {outputs} and {counted(self.parameters, 'parameter')}"


def as_solver(solver: str | Solver) -> Solver:
    """Return the solver of that name, or the solver itself; `ValueError` lists the names."""
    if isinstance(solver, str):
        if solver not in SOLVERS:
            raise ValueError(f"solver={solver!r} is not known; choose one of {', '.join([*SOLVERS, 'auto'])}")
        return SOLVERS[solver]
    if isinstance(solver, GradientSolver | FullBatchSolver) and not isinstance(solver, type):
        if type(solver).__hash__ is None:  # what is compiled is kept by it
            raise TypeError(f"solver={solver!r} cannot be hashed; of a dataclass, write @dataclass(frozen=True)")
        return solver
    raise TypeError(
        f"solver={solver!r} must be a name, such as 'adam', or a solver, such as Adam(0.9, 0.95): an object with init "
        "and update"
    )


def name_of(solver: Solver) -> str:
    """Return the name that users know a solver by."""
    names = {type(known): name for name, known in SOLVERS.items()}
    return names.get(type(solver), type(solver).__name__)


def uses(solver: Solver) -> frozenset[str]:
    """Return the options that a solver uses; a solver of a user's own says so, or uses all that act in batches."""
    return getattr(solver, "uses", BATCH_OPTIONS)


def check_options(solver: Solver, given: Mapping[str, object]) -> None:
    """Raise `ValueError` for the first option that was given and that the solver cannot use."""
    for name, value in given.items():
        if name not in uses(solver):
            known = name_of(solver)
            raise ValueError(
                f"{name}={value!r} acts in batches, which solver={known!r} has not; leave it out, or take 'adam'"
            )


def choose(loss: Loss, size: ProblemSize, given: Mapping[str, object]) -> Choice:
    """Return the solver that suits a problem among those that use every option that was given."""
    candidates = list(_suited(loss, size))
    for name, reason in candidates:
        if set(given) <= uses(SOLVERS[name]):
            return Choice(name, SOLVERS[name], reason)
    reason = f"{min(given)} acts in batches" if candidates else f"{size}: batches pay"
    return Choice("adam", SOLVERS["adam"], reason)


def _suited(loss: Loss, size: ProblemSize) -> list[tuple[str, str]]:
    entries = size.rows * size.outputs * size.parameters
    squares = loss.least_squares_factor is not None
    candidates: list[tuple[str, str]] = []
    if squares and size.parameters <= MOST_PARAMETERS_FOR_LM and entries <= LARGEST_JACOBIAN:
        candidates.append(("lm", f"squares of {size}: the Jacobian is small"))
    if size.rows <= LARGEST_TABLE_FOR_LBFGS and size.parameters <= 10 * MOST_PARAMETERS_FOR_LM:
        candidates.append(("lbfgs", f"{size}: a pass over all rows is cheap"))
    return candidates
