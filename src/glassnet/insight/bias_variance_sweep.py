"""What a notebook shows of bias and variance: a control over the values, the parts of one value, and its fits."""

import numpy as np

from glassnet.insight.bias_variance_record import PARTS, BiasVariance
from glassnet.insight.sweep_plot import Plot, Series, axis, categories
from glassnet.insight.sweep_record import Control, Frame, Sweep
from glassnet.insight.text import TextTable, rounded

MOST_CURVES = 6  # of single fits, beside the band that all of them fill
ROOM = 0.05  # of the height, above and below curves


def bias_variance_sweep(record: BiasVariance) -> Sweep | None:
    """Return a frame for every value of what is varied; None of a single value."""
    if len(record.values) < 2:
        return None
    labels = tuple(record.labels)
    control = Control(record.parameter, labels, labels, "slider", record.best)
    frames = tuple(_frame(record, place) for place in range(len(labels)))
    return Sweep(f"The expected squared error in parts ({record.source})", (control,), frames)


def _frame(record: BiasVariance, place: int) -> Frame:
    rows = tuple(
        (PARTS[name], float(part.value[place]), float(part.standard_error[place]))
        for name, part in record.parts.items()
    )
    said = ", ".join(f"{name} {rounded(value)}" for name, value, _ in rows)
    least = ", the least of all" if place == record.best else ""
    sentence = f"{record.parameter} {record.labels[place]}: {said}{least}."
    table = TextTable(("part", "value", "standard error"), rows)
    return Frame(sentence, table, _curves(record, place, sentence) or _bars(record, place, sentence))


def _curves(record: BiasVariance, place: int, sentence: str) -> Plot | None:
    """Return what the fits of one input predict; None where they are not kept."""
    if record.points is None or record.curves is None or record.mean_curve is None:
        return None
    order = np.argsort(record.points)
    x, fits = _numbers(record.points[order]), record.curves[place][:, order]
    series = [Series("band", f"between {len(fits)} fits", x, _numbers(fits.max(0)), _numbers(fits.min(0)), 0)]
    names = ("single fits", *[""] * (MOST_CURVES - 1))
    series += [Series("line", name, x, _numbers(fit), None, 3) for name, fit in zip(names, fits, strict=False)]
    series.append(Series("line", "their mean", x, _numbers(record.mean_curve[place][order]), None, 1))
    if record.true_function is not None:
        series.append(Series("line", "true function", x, _numbers(record.true_function[order]), None, 2))
    heights = [value for each in series for value in (*each.y, *(each.low or ()))]
    low, high = min(heights), max(heights)
    room = ROOM * (high - low or 1.0)
    axes = axis("input", x[0], x[-1]), axis("prediction", low - room, high + room)
    return Plot(f"Predictions of the fits over the input. {sentence}", *axes, tuple(series))


def _bars(record: BiasVariance, place: int, sentence: str) -> Plot:
    errors = record.error.value
    places = np.arange(len(errors))
    others = places != place
    series = (
        Series("bars", "other values", _numbers(places[others]), _numbers(errors[others]), None, 3),
        Series("bars", "this value", (float(place),), (float(errors[place]),), None, 0),
    )
    x = categories(record.parameter, record.labels)
    top = axis("expected squared error", 0.0, float(errors.max()) * (1 + ROOM))
    return Plot(f"The expected squared error of every value. {sentence}", x, top, series)


def _numbers(values: np.ndarray) -> tuple[float, ...]:
    return tuple(float(f"{value:.6g}") for value in values.tolist())
