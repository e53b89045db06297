"""The second part of the lesson on deltas: where a million steps of gradient descent stand still."""

from collections.abc import Collection

import numpy as np

from glassnet.insight.lessons.ten_points import SolverRecord, record_descent, record_least_squares
from glassnet.insight.sweep_plot import Axis, Plot, Series, axis
from glassnet.insight.sweep_record import Frame, Sweep, choice
from glassnet.insight.text import TextTable

CURVES = ("both, over the logarithm of the step", "gradient descent, the first 250,000 steps", "Levenberg-Marquardt")
PLATEAUS_END = 250_000
EARLY_STEP = 10_000
LOWEST, HIGHEST = -9, 1  # powers of ten of the cost
IN_SHORT_TABLE = (0, 1, 10, 100, 1_000, 10_000, 50_000, 100_000, 150_000, 200_000, 500_000, 1_000_000)
IN_TABLE = (0, 1, 10, 100, 1_000, *range(10_000, PLATEAUS_END + 1, 10_000))


def plateau() -> Sweep:
    """Return the cost of Higham's ten points by gradient descent on single points, and by Levenberg-Marquardt."""
    descent, least_squares = record_descent(), record_least_squares()
    frames = (_both(descent, least_squares), _descent(descent), _least_squares(least_squares))
    title = (
        "A network of this shape learns ten points, tau = 0.05 (Higham and Higham 2019); the cost is the sum of "
        "(output - target)^2 over all"
    )
    return Sweep(title, (choice("curve", CURVES),), frames)


def _both(descent: SolverRecord, least_squares: SolverRecord) -> Frame:
    small = descent.steps[np.argmax(descent.costs < 0.01)]
    said = (
        f"Gradient descent, on one point a step, has a cost below 0.01 for the first time after {small:,} steps, and "
        f"{descent.costs[-1]:.2g} after {descent.steps[-1]:,}. Levenberg-Marquardt solves a linear problem of all ten "
        f"points in every step, and from the same start is below 1e-8 after {least_squares.steps[-1]}."
    )
    lines = _line(descent, "gradient descent", 0, log=True), _line(least_squares, "Levenberg-Marquardt", 1, log=True)
    steps = Axis("step", 0, 6, tuple(map(float, range(7))), tuple(f"1e{power}" for power in range(7)))
    table = _table(descent, "gradient descent", IN_SHORT_TABLE)
    return Frame(said, table, Plot(f"The cost over the step, both axes logarithmic. {said}", steps, _costs(), lines))


def _descent(record: SolverRecord) -> Frame:
    first = np.flatnonzero(record.costs > 4.5)[-1]
    begins, ends = np.argmax(record.costs < 2), np.flatnonzero(record.costs > 1.6)[-1]
    early, middle = np.searchsorted(record.steps, EARLY_STEP), (begins + ends) // 2
    said = (
        f"Descent stands still twice. Up to step {record.steps[first]:,} the cost stays near 5 and every output near "
        f"1/2; at step {record.steps[early]:,} |delta| is {_three(record.deltas[early])} in the three layers, in the "
        "mean, since small weights and sigma'(z) let little of it pass back. "
        f"From step {record.steps[begins]:,} to {record.steps[ends]:,} it falls from {record.costs[begins]:.2f} to "
        f"{record.costs[ends]:.2f} only: {record.right[middle]} of 10 points are right, and sigma'(z), which is at "
        f"most 0.25, is {_three(record.derivatives[middle])} in the mean, so that each layer passes little of a delta "
        "on."
    )
    part = record.up_to(PLATEAUS_END)
    plot = Plot(
        f"The cost, on a logarithmic axis, over the step. {said}",
        axis("step", 0, PLATEAUS_END),
        _costs(-3),
        (_line(part, "gradient descent", 0, log=False),),
    )
    return Frame(said, _table(part, "gradient descent", IN_TABLE), plot)


def _least_squares(record: SolverRecord) -> Frame:
    right = np.argmax(record.right == 10)
    said = (
        f"After {record.steps[right]} steps all ten points are right, after {record.steps[-1]} the cost is "
        f"{record.costs[-1]:.1e}. A step that would raise the cost is not taken; the next one is damped more."
    )
    steps = axis("step", 0, float(record.steps[-1]))
    lines = (_line(record, "Levenberg-Marquardt", 1, log=False),)
    plot = Plot(f"The cost, on a logarithmic axis, over the step. {said}", steps, _costs(), lines)
    return Frame(said, _table(record, "Levenberg-Marquardt"), plot)


def _line(record: SolverRecord, name: str, style: int, *, log: bool) -> Series:
    later = record.steps > 0 if log else record.steps >= 0
    steps = record.steps[later].astype(float)
    x = np.log10(steps) if log else steps
    return Series("line", name, tuple(x.tolist()), tuple(np.log10(record.costs[later]).round(4).tolist()), None, style)


def _costs(lowest: int = LOWEST) -> Axis:
    powers = range(lowest, HIGHEST + 1, 2)
    return Axis("cost", lowest, HIGHEST, tuple(map(float, powers)), tuple(f"1e{power}" for power in powers))


def _table(record: SolverRecord, solver: str, shown: Collection[int] | None = None) -> TextTable:
    layers = range(1, record.deltas.shape[1] + 1)
    head = ("step", "cost", "right", *(f"sigma'(z^{n})" for n in layers), *(f"|delta^{n}|" for n in layers))
    columns = (record.steps, record.costs, record.right, record.derivatives, record.deltas)
    rows = tuple(
        (f"{step:,}", _short(cost), int(right), *map(_short, derivatives), *map(_short, deltas))
        for step, cost, right, derivatives, deltas in zip(*columns, strict=True)
        if shown is None or step in shown
    )
    title = f"{solver}: cost, points that are right, and means over points and units"
    return TextTable(head, rows, None, title)


def _short(number: np.floating) -> float:
    return float(f"{number:.4g}")


def _three(numbers: np.ndarray) -> str:
    first, second, third = (f"{number:.2g}" for number in numbers)
    return f"{first}, {second} and {third}"
