"""The last sheet of a workbook: from the outputs of all members to the prediction in the units of the target."""

from collections.abc import Sequence

import numpy as np

from glassnet.estimators.classifier import NetworkClassifier
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.exchange.formulas.workbook_activations import activation_formulas, logistic, softmax
from glassnet.exchange.formulas.workbook_sheet import Sheet, span
from glassnet.network.loss import KEPT_SMOOTHING, as_loss

Estimator = NetworkRegressor | NetworkClassifier
LINES_A_MEMBER = 7
RESULTS = 3  # lines of the results, which stand above what they are made of


def write_prediction(sheet: Sheet, model: Estimator, outputs: Sequence[Sequence[str]]) -> None:
    """Write the results at the top, and below them every member's outputs in units.

    Parameters
    ----------
    sheet : Sheet
        An empty one.
    model : NetworkRegressor or NetworkClassifier
        The model.
    outputs : sequence of sequences of str
        The cells of each member's network, as other sheets name them.
    """
    if isinstance(model, NetworkClassifier):
        _write_classes(sheet, model, outputs)
    else:
        _write_numbers(sheet, model, outputs)


def _write_numbers(sheet: Sheet, model: NetworkRegressor, outputs: Sequence[Sequence[str]]) -> None:
    members = _in_units(sheet, model, outputs)
    if not as_loss(model.loss).predicts_deviation:
        for place, name in enumerate(model.output_names_):
            sheet.text(0, 1 + place, f"predicted {name}")
        _row(sheet, 1, "mean of the members", [_mean(cells) for cells in zip(*members, strict=True)])
        return
    for target, name in enumerate(model.target_names_):
        means, ends = ([cells[2 * target + place] for cells in members] for place in (0, 1))
        sheet.text(0, 1 + 2 * target, f"predicted {name}")
        sheet.text(0, 2 + 2 * target, f"standard deviation of {name}")
        mean = sheet.formula(1, 1 + 2 * target, _mean(means))
        parts = [f"(({end}-{one})^2+({one}-{mean})^2)" for one, end in zip(means, ends, strict=True)]
        sheet.formula(1, 2 + 2 * target, f"SQRT({_mean(parts)})")
    sheet.text(1, 0, "of the members' distributions, mixed")


def _write_classes(sheet: Sheet, model: NetworkClassifier, outputs: Sequence[Sequence[str]]) -> None:
    learned, row = _in_units(sheet, model, outputs), RESULTS + 1 + len(outputs) * LINES_A_MEMBER
    multilabel, smoothing = model.multilabel_, model.label_smoothing_
    probabilities: list[list[str]] = []
    for number, z in enumerate(learned):
        p = _row(sheet, row, f"member {number}: {'logistic' if multilabel else 'softmax'}",
                 [logistic(one) for one in z] if multilabel else softmax(z))  # fmt: skip
        row += 1
        if smoothing:
            p, row = _unsmoothed(sheet, row, number, p, smoothing, multilabel)
        probabilities.append(p)
    names = model.target_names_ if multilabel else model.classes_.tolist()
    heads = [_write_name(sheet, 0, 1 + place, name) for place, name in enumerate(names)]
    p = _row(sheet, 1, "probability", [_mean(cells) for cells in zip(*probabilities, strict=True)])
    if multilabel:
        _row(sheet, 2, "predicted", [f"IF({one}>0.5,1,0)" for one in p])
        return
    sheet.text(2, 0, "predicted class")
    sheet.formula(2, 1, f"INDEX({span(heads)},MATCH(MAX({span(p)}),{span(p)},0))")


def _unsmoothed(
    sheet: Sheet, row: int, member: int, p: Sequence[str], smoothing: float, multilabel: bool
) -> tuple[list[str], int]:
    """Write probabilities without the smoothing of training, and return their cells and the next free row."""
    answers = 2 if multilabel else len(p)
    removed, least = (1 - KEPT_SMOOTHING) * smoothing / answers, KEPT_SMOOTHING * smoothing / answers
    if multilabel:
        has = _row(sheet, row, f"member {member}: has it", [f"MAX({one}-{removed!r},{least!r})" for one in p])
        lacks = _row(sheet, row + 1, f"member {member}: lacks it", [f"MAX(1-{one}-{removed!r},{least!r})" for one in p])
        found = [f"{one}/({one}+{other})" for one, other in zip(has, lacks, strict=True)]
        return _row(sheet, row + 2, f"member {member}: unsmoothed", found), row + 3
    parts = _row(sheet, row, f"member {member}: less smoothing", [f"MAX({one}-{removed!r},{least!r})" for one in p])
    found = [f"{one}/SUM({span(parts)})" for one in parts]
    return _row(sheet, row + 1, f"member {member}: unsmoothed", found), row + 2


def _in_units(sheet: Sheet, model: Estimator, outputs: Sequence[Sequence[str]]) -> list[list[str]]:
    """Write for every member its outputs, what the link makes of them, scale and limits, and the outputs in units."""
    found, row = list[list[str]](), RESULTS + 1
    for number, (member, cells) in enumerate(zip(model.members_, outputs, strict=True)):
        center, scale, low, high = member.preprocessing.units(len(cells))
        z = _row(sheet, row, f"member {number}: outputs", cells)
        linked = _row(sheet, row + 1, "through the link", activation_formulas(model.ensemble_.link, z))
        centers = _numbers(sheet, row + 2, "center", center)
        scales = _numbers(sheet, row + 3, "scale", scale)
        formulas = [f"{c}+{s}*{one}" for c, s, one in zip(centers, scales, linked, strict=True)]
        if np.isfinite(low).all() and np.isfinite(high).all():
            lows, highs = _numbers(sheet, row + 4, "least", low), _numbers(sheet, row + 5, "largest", high)
            ends = zip(formulas, lows, highs, strict=True)
            formulas = [f"MIN(MAX({formula},{least}),{largest})" for formula, least, largest in ends]
        found.append(_row(sheet, row + 6, f"member {number}: in units", formulas))
        row += LINES_A_MEMBER
    return found


def _mean(cells: Sequence[str]) -> str:
    return f"({'+'.join(cells)})/{len(cells)}"


def _row(sheet: Sheet, row: int, name: str, formulas: Sequence[str]) -> list[str]:
    sheet.text(row, 0, name)
    return [sheet.formula(row, 1 + place, formula) for place, formula in enumerate(formulas)]


def _numbers(sheet: Sheet, row: int, name: str, numbers: np.ndarray) -> list[str]:
    sheet.text(row, 0, name)
    return [sheet.number(row, 1 + place, float(number)) for place, number in enumerate(numbers)]


def _write_name(sheet: Sheet, row: int, column: int, name: object) -> str:
    if isinstance(name, int | float) and not isinstance(name, bool):
        return sheet.number(row, column, name)
    return sheet.text(row, column, str(name))
