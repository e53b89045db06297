"""The second part of the lesson on deltas: where a million steps of gradient descent stand still."""

from collections.abc import Collection

import numpy as np

from glassnet.insight.lessons.ten_points import STEP_SIZE, SolverRecord
from glassnet.insight.sweep_plot import Axis, Plot, Series, axis
from glassnet.insight.sweep_record import Frame, Sweep, choice
from glassnet.insight.text import TextTable

CURVES = ("both, over the logarithm of the step", "gradient descent, the first 250,000 steps", "Levenberg-Marquardt")
RIGHT = "a point is right if its larger output is where its target is 1"
PLATEAUS_END = 250_000
EARLY_STEP = 10_000
LOWEST, HIGHEST = -9, 1  # powers of ten of the cost
IN_SHORT_TABLE = (0, 1, 10, 100, 1_000, 10_000, 50_000, 100_000, 150_000, 200_000, 500_000, 1_000_000)
IN_TABLE = (0, 1, 10, 100, 1_000, *range(10_000, PLATEAUS_END + 1, 10_000))


def plateau(descent: SolverRecord, least_squares: SolverRecord) -> Sweep:
    """Return the cost of Higham's ten points by gradient descent on single points, and by Levenberg-Marquardt."""
    frames = (_both(descent, least_squares), _descent(descent), _least_squares(least_squares))
    title = (
        "Another network of the same shape, with other weights, learns ten points in the square, of two classes "
        f"(Higham and Higham 2019): tau = {STEP_SIZE:g}, E is half the sum of (output - target)^2 over the ten points"
    )
    return Sweep(title, (choice("curve", CURVES),), frames)


def _both(descent: SolverRecord, least_squares: SolverRecord) -> Frame:
    small = descent.steps[np.argmax(descent.costs < 0.01)]
    said = (
        "Each step of gradient descent uses one of the ten points. E is below 0.01 for the first time after "
        f"{small:,} steps, and {descent.costs[-1]:.2g} after {descent.steps[-1]:,}. Levenberg-Marquardt, from the "
        f"same weights, is below 1e-8 after {least_squares.steps[-1]} steps: it is a method of second order for small "
        "networks, which an introductory lecture leaves out, and each of its steps uses all ten points."
    )
    lines = _line(descent, "gradient descent", 0, log=True), _line(least_squares, "Levenberg-Marquardt", 1, log=True)
    steps = Axis("step", 0, 6, tuple(map(float, range(7))), tuple(f"1e{power}" for power in range(7)))
    chosen = np.isin(descent.steps, IN_SHORT_TABLE)
    costs = zip(descent.steps[chosen], descent.costs[chosen], descent.right[chosen], strict=True)
    rows = tuple((f"{step:,}", _short(cost), int(right)) for step, cost, right in costs)
    table = TextTable(("step", "E", "points right"), rows, None, f"gradient descent; {RIGHT}")
    return Frame(said, table, Plot(f"E over the step, both axes logarithmic. {said}", steps, _costs(), lines))


def _descent(record: SolverRecord) -> Frame:
    first = np.flatnonzero(record.costs > 2.25)[-1]
    begins, ends = np.argmax(record.costs < 1), np.flatnonzero(record.costs > 0.8)[-1]
    early, middle = np.searchsorted(record.steps, EARLY_STEP), (begins + ends) // 2
    said = (
        f"Descent stands still twice. Up to step {record.steps[first]:,} E stays near 2.5 and every output near 1/2. "
        f"At step {record.steps[early]:,} the means of |delta| are {in_words(record.deltas[early])}, first layer to "
        f"last: small weights and a small sigma'(z) let little of it pass back. From step {record.steps[begins]:,} to "
        f"{record.steps[ends]:,} E falls from {record.costs[begins]:.2f} to {record.costs[ends]:.2f} only, and "
        f"{record.right[middle]} of 10 points are right. At step {record.steps[middle]:,} "
        f"the means of |delta| are {in_words(record.deltas[middle])}, all small, but no longer smallest in the first "
        f"layer. sigma'(z), at most 0.25, has the means {in_words(record.derivatives[middle])}."
    )
    part = record.up_to(PLATEAUS_END)
    plot = Plot(
        f"E, on a logarithmic axis, over the step. {said}",
        axis("step", 0, PLATEAUS_END),
        _costs(-3),
        (_line(part, "gradient descent", 0, log=False),),
    )
    return Frame(said, _table(part, "gradient descent", IN_TABLE), plot)


def _least_squares(record: SolverRecord) -> Frame:
    right = np.argmax(record.right == 10)
    said = (
        f"After {record.steps[right]} steps all ten points are right, and after {record.steps[-1]} E is "
        f"{record.costs[-1]:.2g}. A step that would raise E is not taken, and a shorter one is tried next."
    )
    steps = axis("step", 0, float(record.steps[-1]))
    lines = (_line(record, "Levenberg-Marquardt", 1, log=False),)
    plot = Plot(f"E, on a logarithmic axis, over the step. {said}", steps, _costs(), lines)
    taken = [0, *(int(record.steps[place]) for place in np.flatnonzero(np.diff(record.costs)) + 1)]
    return Frame(said, _table(record, "Levenberg-Marquardt, without steps that were not taken", taken), plot)


def _line(record: SolverRecord, name: str, style: int, *, log: bool) -> Series:
    later = record.steps > 0 if log else record.steps >= 0
    steps = record.steps[later].astype(float)
    x = np.log10(steps) if log else steps
    return Series("line", name, tuple(x.tolist()), tuple(np.log10(record.costs[later]).round(4).tolist()), None, style)


def _costs(lowest: int = LOWEST) -> Axis:
    powers = range(lowest, HIGHEST + 1, 2)
    return Axis("E", lowest, HIGHEST, tuple(map(float, powers)), tuple(f"1e{power}" for power in powers))


def _table(record: SolverRecord, solver: str, shown: Collection[int]) -> TextTable:
    layers = range(1, record.deltas.shape[1] + 1)
    head = ("step", "E", "points right", *(f"sigma'(z^{n})" for n in layers), *(f"|delta^{n}|" for n in layers))
    columns = (record.steps, record.costs, record.right, record.derivatives, record.deltas)
    rows = tuple(
        (f"{step:,}", _short(cost), int(right), *map(_short, derivatives), *map(_short, deltas))
        for step, cost, right, derivatives, deltas in zip(*columns, strict=True)
        if step in shown
    )
    title = f"{solver}; {RIGHT}; sigma'(z) and |delta| are means over points and units"
    return TextTable(head, rows, None, title)


def _short(number: np.floating) -> float:
    return float(f"{number:.4g}")


def in_words(numbers: np.ndarray) -> str:
    """Return a number a layer, of two digits, first layer to last."""
    first, second, third = (f"{number:.2g}" for number in numbers)
    return f"{first}, {second} and {third}"
