"""The path of Rosenblatt's rule: every mistake, and the weights and the threshold after it.

The rows are seen one by one in the order in which they stand, with the function that `Perceptron.fit` uses.
"""

import json
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike

from glassnet._counted import counted
from glassnet._lazy import jnp
from glassnet._notebook import Fragment, NotebookRecord
from glassnet._types import Inputs, PerSample
from glassnet.insight.text import TextTable, rounded
from glassnet.network.compiled_programs import check_process
from glassnet.network.devices import float64
from glassnet.storage.json_value import JSON
from glassnet.training.perceptron_rule import Learner, beginner, one_pass

MOST_ROWS = 1_000
MOST_MISTAKES = 500  # that are kept, each with its weights


@dataclass(frozen=True, eq=False)
class Mistake:
    """A row that was decided wrongly, and what it changed.

    Attributes
    ----------
    number, in_pass : int
        Which mistake it is, and in which pass over the rows it was made; both counted from 1.
    row : int
        The row, counted from 0.
    x : array (inputs,)
        Its inputs.
    decided, right : int
        What the weights before decided, and what is right: 0 or 1.
    weights : array (inputs,)
        The weights after it: w + (right - decided) x.
    threshold : float
        The threshold after it, which w'x has to exceed: the threshold before less (right - decided).

    Examples
    --------
    >>> from glassnet import perceptron_path
    >>> mistake = perceptron_path([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 1]).mistakes[0]
    >>> mistake.row, mistake.decided, mistake.right
    (1, 0, 1)
    >>> mistake.weights, mistake.threshold
    (array([0., 1.]), -1.0)
    """

    number: int
    in_pass: int
    row: int
    x: np.ndarray
    decided: int
    right: int
    weights: np.ndarray
    threshold: float


@dataclass(frozen=True, eq=False)
class PerceptronPath(NotebookRecord):
    """Every mistake of Rosenblatt's rule from weights and threshold 0 on, and where it ended.

    Attributes
    ----------
    x : array (rows, inputs)
        The rows.
    y : array (rows,)
        Their decisions, 0 or 1.
    mistakes : tuple of Mistake
        The first 500 mistakes at most.
    n_mistakes : int
        How many were made in all.
    passes : int
        How many passes over the rows were made; a pass without a mistake is the last.
    weights : array (inputs,)
        The weights at the end.
    threshold : float
        The threshold at the end.
    errors : int
        How many rows the weights at the end decide wrongly.

    Examples
    --------
    >>> from glassnet import perceptron_path
    >>> path = perceptron_path([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 0])
    >>> path.separated, path.passes, path.errors
    (False, 1000, 2)
    >>> print(path.describe())
    2 of 4 rows are still decided wrongly after 3,997 mistakes in 1,000 passes, by w = (-1, 0), threshold -1; no line
    may separate them.
    """

    _rest: ClassVar[str] = "str() or to_json() has all"

    x: np.ndarray
    y: np.ndarray
    mistakes: tuple[Mistake, ...]
    n_mistakes: int
    passes: int
    weights: np.ndarray
    threshold: float
    errors: int

    @property
    def separated(self) -> bool:
        """Whether all rows are decided right at the end."""
        return self.errors == 0

    @property
    def left_out(self) -> int:
        """How many mistakes were made but not kept."""
        return self.n_mistakes - len(self.mistakes)

    def table(self) -> TextTable:
        """Return a line a mistake: the row, what was decided and what is right, the weights and threshold after it."""
        inputs = range(1, self.x.shape[1] + 1)
        head = ("mistake", "pass", "row", *(f"x_{i}" for i in inputs), "decided", "right")
        head = (*head, *(f"w_{i}" for i in inputs), "threshold")
        rows = [
            (m.number, m.in_pass, m.row, *m.x.tolist(), m.decided, m.right, *m.weights.tolist(), m.threshold)
            for m in self.mistakes
        ]
        more = f"; {self.left_out:,} later mistakes are left out" if self.left_out else ""
        return TextTable(head, tuple(rows), None, f"weights and threshold start at 0; rows count from 0{more}")

    def describe(self) -> str:
        """Return where the rule ended, and after how many mistakes and passes."""
        w = ", ".join(rounded(float(weight)) for weight in self.weights)
        end = f"w = ({w}), threshold {rounded(self.threshold)}"
        made = f"{counted(self.n_mistakes, 'mistake')} in {counted(self.passes, 'pass', 'passes')}"
        if self.separated:
            all_rows = f"All {len(self.y):,} rows are" if len(self.y) > 1 else "The row is"
            return f"{all_rows} decided right after {made}: {end}."
        are = "is" if self.errors == 1 else "are"
        return (
            f"{self.errors:,} of {counted(len(self.y), 'row')} {are} still decided wrongly after {made}, by {end}; no "
            "line may separate them."
        )

    def to_dict(self) -> dict[str, JSON]:
        """Return everything, for JSON."""
        mistakes = [
            {
                "number": m.number,
                "pass": m.in_pass,
                "row": m.row,
                "x": m.x.tolist(),
                "decided": m.decided,
                "right": m.right,
                "weights": m.weights.tolist(),
                "threshold": m.threshold,
            }
            for m in self.mistakes
        ]
        names = ("n_mistakes", "passes", "threshold", "errors", "separated", "left_out")
        arrays = {"x": self.x.tolist(), "y": self.y.tolist(), "weights": self.weights.tolist()}
        return {**arrays, **{name: getattr(self, name) for name in names}, "mistakes": mistakes}

    def to_json(self) -> str:
        """Return everything as JSON."""
        return json.dumps(self.to_dict(), indent=2)

    def __str__(self) -> str:
        return f"{self.table()}\n{self.describe()}"

    def _fill(self, fragment: Fragment) -> None:
        fragment.text(self.describe())
        fragment.table(self.table())


def perceptron_path(X: ArrayLike, y: ArrayLike, *, max_iter: int = 1000) -> PerceptronPath:
    """Return every mistake of Rosenblatt's rule on rows that are seen in their order, again and again.

    The weights and the threshold start at 0. A row x with decision y that f(x) = H(w'x - threshold) decides otherwise
    changes w by (y - f(x)) x and the threshold by -(y - f(x)). A pass over all rows without a mistake ends it
    (Rosenblatt 1958), as it does where a line separates the rows (Novikoff 1962).

    Parameters
    ----------
    X : array (rows, inputs)
        Finite numbers, of at most 1,000 rows.
    y : array (rows,)
        What is right for every row: 0 or 1.
    max_iter : int, default=1000
        Passes over the rows at most.

    Returns
    -------
    PerceptronPath
        The mistakes, the first 500 of them one by one, and the weights at the end.

    Raises
    ------
    ValueError
        When X and y do not fit together, hold other numbers or too many rows, or max_iter is below 1.

    Examples
    --------
    >>> from glassnet import perceptron_path
    >>> path = perceptron_path([[0, 0], [0, 1], [1, 0], [1, 1]], [0, 1, 1, 1])
    >>> print(path)
    weights and threshold start at 0; rows count from 0
    mistake  pass  row  x_1  x_2  decided  right  w_1  w_2  threshold
          1     1    1    0    1        0      1    0    1         -1
          2     2    0    0    0        1      0    0    1          0
          3     2    2    1    0        0      1    1    1         -1
          4     3    0    0    0        1      0    1    1          0
    All 4 rows are decided right after 4 mistakes in 4 passes: w = (1, 1), threshold 0.
    """
    rows, decisions = _checked(X, y)
    if max_iter < 1:
        raise ValueError(f"max_iter={max_iter} must be at least 1, the number of passes over the rows")
    check_process()
    with float64():
        x, right = jnp.asarray(rows), jnp.asarray(decisions, jnp.float64)
        learner, mistakes, passes = beginner(x, right), list[Mistake](), 0
        made, before = 0, -1
        while passes < max_iter and made > before:
            before, passes = made, passes + 1
            if len(mistakes) < MOST_MISTAKES:
                learner, found = _pass_row_by_row(learner, x, right, passes)
                mistakes += found[: MOST_MISTAKES - len(mistakes)]
            else:
                learner = one_pass(learner, x, right, jnp.arange(len(rows)))
            made = int(learner.mistakes)
        w, b = np.asarray(learner.w), float(learner.b)
    errors = int(np.sum((rows @ w + b > 0) != (decisions > 0))) if made > before else 0
    return PerceptronPath(rows, decisions, tuple(mistakes), made, passes, w, 0.0 - b, errors)


def _pass_row_by_row(learner: Learner, x: Inputs, y: PerSample, number: int) -> tuple[Learner, list[Mistake]]:
    """Return the learner after a pass, and its mistakes; weights and bias are those of a pass over all rows at once."""
    found: list[Mistake] = []
    for row in range(len(x)):
        made = int(learner.mistakes)
        learner = one_pass(learner, x, y, jnp.asarray([row]))
        if int(learner.mistakes) > made:
            inputs, right = np.asarray(x[row]), int(y[row])
            w, threshold = np.asarray(learner.w), 0.0 - float(learner.b)
            found.append(Mistake(made + 1, number, row, inputs, 1 - right, right, w, threshold))
    return learner, found


def _checked(X: ArrayLike, y: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Return rows and decisions as arrays; `ValueError` where they do not fit."""
    rows, decisions = np.asarray(X, np.float64), np.asarray(y, np.float64)
    if rows.ndim != 2 or not rows.size or decisions.shape != rows.shape[:1]:
        raise ValueError(
            f"X has shape {rows.shape} and y {decisions.shape}; expected (rows, inputs) and (rows,), as in X=[[0, 0], "
            "[0, 1]], y=[0, 1]"
        )
    if len(rows) > MOST_ROWS:
        raise ValueError(
            f"X has {len(rows):,} rows; a path shows every mistake, of at most {MOST_ROWS:,} rows: give fewer, as in "
            f"X[:{MOST_ROWS}] and y[:{MOST_ROWS}], or learn from all with Perceptron().fit(X, y)"
        )
    if not np.isfinite(rows).all():
        raise ValueError("X holds NaN or infinity; give finite numbers")
    if not np.isin(decisions, (0, 1)).all():
        raise ValueError(
            f"y holds {sorted(set(decisions.tolist()))[:5]}; the rule learns decisions: give 0 or 1 for every row, as "
            "in (y > 0).astype(int)"
        )
    return rows, decisions.astype(int)
