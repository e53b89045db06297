"""Layers as sheets of a workbook: from the cells that enter to those that leave, with the parameters beside them."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from glassnet.exchange.formulas.workbook_activations import activation_formulas
from glassnet.exchange.formulas.workbook_sheet import Sheet, span
from glassnet.network.bounded_scaling import BoundedScaling
from glassnet.network.dense import Dense
from glassnet.network.dropout import Dropout
from glassnet.network.embedding import Embedding
from glassnet.network.flatten import Flatten
from glassnet.network.layer import Layer, leading
from glassnet.network.linear_path import LinearPath
from glassnet.network.parametric import ParametricActivation
from glassnet.network.periodic import Periodic
from glassnet.network.piecewise import NARROWEST, PiecewiseLinear
from glassnet.network.scaling import InputScaling
from glassnet.network.smooth_clip import SmoothClip

Cells = Sequence[str]
Arrays = Mapping[str, np.ndarray]
TOP = 3  # the first row below a title and the names of the columns


def write_layer(sheet: Sheet, layer: Layer, p: Arrays, x: Cells, inputs: Cells) -> list[str]:
    """Write a layer to its sheet, and return the cells that leave it, as other sheets name them.

    Parameters
    ----------
    sheet : Sheet
        An empty one.
    layer : Layer
        The layer.
    p : dict of arrays
        Its parameters.
    x : sequence of str
        The cells that enter.
    inputs : sequence of str
        The network's inputs.

    Raises
    ------
    TypeError
        For a layer of a user's own.
    """
    writer = LAYER_SHEETS.get(type(layer))
    if writer is None:
        raise TypeError(
            f"{layer!r} has no formula that could be written, since it is a layer of your own; fit with Dense or "
            "ParametricActivation"
        )
    sheet.text(0, 0, str(layer))
    return writer(sheet, layer, p, x, inputs)


def has_sheet(layer: Layer) -> bool:
    """Return whether a layer does anything in predictions."""
    return not isinstance(layer, Dropout | Flatten)


def _headed(sheet: Sheet, names: Sequence[str]) -> None:
    for column, name in enumerate(names):
        sheet.text(TOP - 1, column, name)


def _entering(sheet: Sheet, x: Cells) -> list[str]:
    """Write what enters below each other in columns A and B, and return the cells."""
    for place in range(len(x)):
        sheet.text(TOP + place, 0, f"x{place + 1}")
    return [sheet.formula(TOP + place, 1, one) for place, one in enumerate(x)]


def _column(sheet: Sheet, row: int, column: int, numbers: np.ndarray) -> list[str]:
    return [sheet.number(row + place, column, float(number)) for place, number in enumerate(numbers)]


def _line(sheet: Sheet, row: int, name: str, formulas: Sequence[str], first: int = 2) -> list[str]:
    """Write a named row of formulas, from column C on."""
    sheet.text(row, 0, name)
    return [sheet.formula(row, first + place, formula) for place, formula in enumerate(formulas)]


def _products(sheet: Sheet, x: Cells, W: np.ndarray, b: np.ndarray, top: int = TOP) -> list[str]:
    """Write the matrix beside what enters and b below it, and return the formulas of x W + b."""
    columns = [_column(sheet, top, 2 + unit, W[:, unit]) for unit in range(W.shape[1])]
    sheet.text(top + len(x), 0, "b")
    offsets = [sheet.number(top + len(x), 2 + unit, float(number)) for unit, number in enumerate(b)]
    return [f"SUMPRODUCT({span(x)},{span(column)})+{offset}" for column, offset in zip(columns, offsets, strict=True)]


def _dense(sheet: Sheet, layer: Dense, p: Arrays, x: Cells, inputs: Cells) -> list[str]:
    _headed(sheet, ["", "input", *(f"W to unit {unit + 1}" for unit in range(layer.outputs))])
    below = TOP + len(x) + 1
    z = _line(sheet, below, "z = x W + b", _products(sheet, _entering(sheet, x), p["W"], p["b"]))
    return sheet.outside(_line(sheet, below + 1, "output", activation_formulas(layer.activation, z)))


def _by_unit(
    sheet: Sheet, x: Cells, names: Sequence[str], p: Arrays, formulas: Callable[[Cells, list[list[str]]], list[str]]
) -> list[str]:
    """Write a line a unit: what enters, its parameters, and the formula of what leaves."""
    _headed(sheet, ["", "input", *names, "output"])
    entering = _entering(sheet, x)
    parameters = [_column(sheet, TOP, 2 + place, p[name]) for place, name in enumerate(names)]
    found = formulas(entering, parameters)
    column = 2 + len(names)
    return sheet.outside([sheet.formula(TOP + place, column, formula) for place, formula in enumerate(found)])


def _smooth_clip(sheet: Sheet, layer: SmoothClip, p: Arrays, x: Cells, inputs: Cells) -> list[str]:
    numbers, c = leading(layer, (len(x),)), repr(float(layer.limit))

    def formulas(u: Cells, _: list[list[str]]) -> list[str]:
        return [*(f"{one}/SQRT(1+({one}/{c})^2)" for one in u[:numbers]), *u[numbers:]]

    return _by_unit(sheet, x, [], p, formulas)


def _input_scaling(sheet: Sheet, layer: InputScaling, p: Arrays, x: Cells, inputs: Cells) -> list[str]:
    return _by_unit(sheet, x, ["s"], p, lambda u, of: [f"{s}*{one}" for one, s in zip(u, of[0], strict=True)])


def _bounded_scaling(sheet: Sheet, layer: BoundedScaling, p: Arrays, x: Cells, inputs: Cells) -> list[str]:
    def formulas(u: Cells, of: list[list[str]]) -> list[str]:
        return [f"MIN(MAX({s}*{one},{low}),{high})" for one, s, low, high in zip(u, *of, strict=True)]

    return _by_unit(sheet, x, ["s", "low", "high"], p, formulas)


def _parametric(sheet: Sheet, layer: ParametricActivation, p: Arrays, x: Cells, inputs: Cells) -> list[str]:
    def formulas(u: Cells, of: list[list[str]]) -> list[str]:
        curved = activation_formulas(layer.activation, u)
        return [f"{one}+{a}*(({sigma})-{one})" for one, a, sigma in zip(u, of[0], curved, strict=True)]

    return _by_unit(sheet, x, ["a"], p, formulas)


def _periodic(sheet: Sheet, layer: Periodic, p: Arrays, x: Cells, inputs: Cells) -> list[str]:
    """Write a block a number: frequencies, phases, cosines and V, and below them d and the combinations."""
    _headed(sheet, ["", "input", "f", "p", "cos(2 pi (f x + p))", "V"])
    added, row = list[str](), TOP
    for number in range(len(p["f"])):
        count = p["f"].shape[1]
        u = sheet.formula(row, 1, x[number])
        f, phases = (_column(sheet, row, column, p[name][number]) for column, name in ((2, "f"), (3, "p")))
        cosines = [sheet.formula(row + k, 4, f"COS(2*PI()*({f[k]}*{u}+{phases[k]}))") for k in range(count)]
        added += _combined(sheet, row, f"x{number + 1}", cosines, p["V"][number], p["d"][number])
        row += count + 3
    return [*x, *sheet.outside(added)]


def _piecewise(sheet: Sheet, layer: PiecewiseLinear, p: Arrays, x: Cells, inputs: Cells) -> list[str]:
    """Write a block a number: the edges of bins, how far the number lies in each, V, d and the combinations."""
    _headed(sheet, ["", "input", "edge", "width", "inside its bin", "V"])
    added, row = list[str](), TOP
    for number, edges in enumerate(p["e"]):
        u = sheet.formula(row, 1, x[number])
        starts = _column(sheet, row, 2, edges[:-1])
        widths = _column(sheet, row, 3, np.maximum(np.diff(edges), NARROWEST))
        inside = [
            sheet.formula(row + k, 4, f"MIN(MAX(({u}-{start})/{widths[k]},0),1)") for k, start in enumerate(starts)
        ]
        added += _combined(sheet, row, f"x{number + 1}", inside, p["V"][number], p["d"][number])
        row += len(starts) + 3
    return [*x, *sheet.outside(added)]


def _combined(sheet: Sheet, row: int, name: str, parts: list[str], V: np.ndarray, d: np.ndarray) -> list[str]:
    """Write V beside the parts and d below, and return the cells of their combinations, below that."""
    sheet.text(row, 0, name)
    below = row + len(parts)
    sheet.text(below, 0, "d")
    sheet.text(below + 1, 0, f"added for {name}")
    cells: list[str] = []
    for place in range(V.shape[1]):
        column = _column(sheet, row, 5 + place, V[:, place])
        offset = sheet.number(below, 5 + place, float(d[place]))
        formula = f"SUMPRODUCT({span(parts)},{span(column)})+{offset}"
        cells.append(sheet.formula(below + 1, 5 + place, formula))
    return cells


def _embedding(sheet: Sheet, layer: Embedding, p: Arrays, x: Cells, inputs: Cells) -> list[str]:
    """Write every matrix with a line a level, and below it the row of the level, 0 where there is none."""
    first, row, points = len(x) - len(layer.levels), TOP, list[str]()
    _headed(sheet, ["level", "", "point"])
    for number in range(len(layer.levels)):
        found, row = _looked_up(sheet, row, x[first + number], p[f"E{number}"])
        points += found
    return [*x[:first], *sheet.outside(points)]


def _looked_up(sheet: Sheet, row: int, code: str, E: np.ndarray) -> tuple[list[str], int]:
    """Write a matrix and the row of a code below it, and return the cells of that and the next free row."""
    columns = [_column(sheet, row, 2 + place, E[:, place]) for place in range(E.shape[1])]
    for place in range(len(E)):
        sheet.number(row + place, 0, place)
    below = row + len(E)
    level = sheet.formula(below, 1, code)
    formulas = [f"IF({level}<0,0,INDEX({span(column)},{level}+1))" for column in columns]
    return _line(sheet, below, "level of this row", formulas), below + 2


def _linear_path(sheet: Sheet, layer: LinearPath, p: Arrays, x: Cells, inputs: Cells) -> list[str]:
    """Write the line in the network's inputs, the effects of levels, and their sum with what enters."""
    _headed(sheet, ["", "input", *(f"V to output {place + 1}" for place in range(layer.outputs))])
    first = len(inputs) - len(layer.levels)
    lines = _products(sheet, _entering(sheet, inputs[:first]), p["V"], p["a"])
    row, effects = TOP + first + 2, list[list[str]]()
    for number in range(len(layer.levels)):
        found, row = _looked_up(sheet, row, inputs[first + number], p[f"E{number}"])
        effects.append(found)
    sums = [
        "+".join([one, line, *(effect[place] for effect in effects)])
        for place, (one, line) in enumerate(zip(x, lines, strict=True))
    ]
    return sheet.outside(_line(sheet, row, "output", sums))


LAYER_SHEETS: Mapping[type[Layer], Callable[..., list[str]]] = {
    Dense: _dense,
    Embedding: _embedding,
    SmoothClip: _smooth_clip,
    Periodic: _periodic,
    PiecewiseLinear: _piecewise,
    InputScaling: _input_scaling,
    ParametricActivation: _parametric,
    BoundedScaling: _bounded_scaling,
    LinearPath: _linear_path,
}
