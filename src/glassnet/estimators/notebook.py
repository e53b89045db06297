"""Estimators in a notebook: scikit-learn's diagram, and below it what the fit knows without computing anything."""

import warnings
from collections.abc import Callable
from enum import Enum
from fractions import Fraction
from numbers import Number
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from glassnet._counted import counted
from glassnet._html_table import HtmlTable
from glassnet._notebook import MOST_BYTES, MOST_ROWS, RESERVE, Fragment
from glassnet.conformal.calibration import CROSS, Calibration
from glassnet.data.column import Column
from glassnet.ensemble.ensemble import Ensemble
from glassnet.network.loss import Loss
from glassnet.network.network import Network

COVERAGE = Fraction(9, 10)
LEAST_BYTES = 2 * RESERVE  # below the diagram, however long that is
FIRST = 4  # entries of a list that scikit-learn shows
MOST_LEVELS = 20  # of a column


class NotebookDiagram(BaseEstimator):
    """What a notebook shows of a network: a mixin over scikit-learn's diagram."""

    ensemble_: Ensemble
    solver_: str
    used_rows_: np.ndarray
    n_iter_: int

    def _loss(self) -> Loss:
        raise NotImplementedError

    def _html_repr(self) -> str:
        """Return scikit-learn's diagram and what was fitted; a part that fails says so in its place."""
        diagram = _guarded("diagram", super()._html_repr)
        room = max(MOST_BYTES - len(diagram.encode()), LEAST_BYTES)
        return diagram + _guarded("summary", lambda: self._fit_html(room))

    def _fit_html(self, most_bytes: int) -> str:
        """Return what a fit knows as HTML; nothing before a fit."""
        known = vars(self)
        if "ensemble_" not in known:
            return ""
        loss, schema = self._loss(), self.ensemble_.schema
        rows = f"Fitted to {counted(self.used_rows_.size, 'row')} of {schema.describe()}."
        fragment = Fragment("schema_.columns has all", most_bytes)
        fragment.text(f"{rows} {_error(loss, known.get('oof_score_'))} {_promise(loss, known.get('calibration_'))}")
        fragment.text(f"{_network(self.ensemble_)}; {self.solver_}, {counted(self.n_iter_, 'epoch')}.")
        count = len(schema.columns)
        if count:
            cells = tuple((column.name, column.kind, _levels(column)) for column in schema.columns[:MOST_ROWS])
            title = f"What became of {count:,} {'column' if count == 1 else 'columns'}"
            columns = HtmlTable(("column", "kind", "levels or reason"), cells, title=title)
            fragment.table(columns, more=count - len(cells), folded=True)
        return fragment.html()

    def _get_fitted_attr_html(self, doc_link: str = "") -> Any:
        """Return scikit-learn's table of fitted attributes, of those that are stored, and their text where it is short.

        By itself scikit-learn asks for every attribute and takes its text, which of networks takes long, and fails with
        one that raises.
        """
        from sklearn.utils._repr_html.fitted_attributes import AttrsDict  # of versions that call this

        stored = {name: _described(value) for name, value in sorted(vars(self).items()) if _is_fitted_attribute(name)}
        return AttrsDict(fitted_attrs=stored, estimator_class=type(self), doc_link=doc_link)


def shapes_of(network: Network) -> tuple[str, ...]:
    """Return the shapes that enter the network and leave every layer that has weights W."""
    learned = ["W" in shapes for shapes in network.parameter_shapes]
    leave = [shape for shape, has_weights in zip(network.shapes[1:], learned, strict=True) if has_weights]
    return tuple(" x ".join(map(str, shape)) for shape in (network.inputs, *leave))


def _error(loss: Loss, score: float | None) -> str:
    """Return the error that members make of rows they never saw."""
    if score is None:
        return "No error is known that members did not learn from, since they have no folds."
    explained = "D2 of the pinball loss" if loss.levels else "D2 of the deviance" if loss.variance_power else "R2"
    name = "accuracy" if loss.classifies else explained
    return f"Out of fold, by members that never saw the row: {name} {score:.4g}."


def _promise(loss: Loss, calibration: Calibration | str | None) -> str:
    """Return what is proved of intervals or prediction sets."""
    what = "prediction sets" if loss.classifies else "intervals"
    if not isinstance(calibration, Calibration):
        return f"No {what}{f': {calibration}' if calibration else ''}."
    method = "cross-conformal prediction" if loss.classifies and calibration.method == CROSS else calibration.method
    floor = calibration.floor(COVERAGE, range(calibration.residual.shape[1]))
    proved = f"no floor, because {calibration.no_floor_reason}" if floor is None else f"at least {floor:.1%} is proved"
    rows = counted(len(calibration.fold), "row")
    return f"{what.capitalize()} by {method} from {rows}; of a coverage of {float(COVERAGE):.0%} {proved}."


def _network(ensemble: Ensemble) -> str:
    """Return the network in one line."""
    count, parameters = len(ensemble.members), counted(ensemble.network.n_parameters, "parameter")
    members = "one network of" if count == 1 else f"{count} members, each of"
    return f"Network {' - '.join(shapes_of(ensemble.network))}, {members} {parameters}"


class _Unquoted(str):
    """Text whose `repr` is itself."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def _is_fitted_attribute(name: str) -> bool:
    return name.endswith("_") and not name.startswith("_")


def _described(value: object) -> dict[str, Any]:
    """Return the entry of an attribute in scikit-learn's table: its type, and itself where its text is short."""
    kind = type(value).__name__
    if isinstance(value, np.ndarray):
        return {"type_name": kind, "shape": value.shape, "dtype": value.dtype, "value": value}
    entries = value[:FIRST] if isinstance(value, list | tuple) else [value]
    plain = all(entry is None or isinstance(entry, Number | str | Enum) for entry in entries)
    return {"type_name": kind, "value": value if plain else _Unquoted("...")}


def _guarded(part: str, html: Callable[[], str]) -> str:
    """Return the HTML of a part, or that it failed, which a warning says too."""
    try:
        return html()
    except Exception as error:
        message = f"the {part} of this model cannot be shown: {type(error).__name__}: {error}"
        warnings.warn(message, RuntimeWarning, stacklevel=3)
        fragment = Fragment()
        fragment.text(message)
        return fragment.html()


def _levels(column: Column) -> str:
    """Return the levels of a column, why it is left out, or what else its inputs are."""
    if column.kind == "left out":
        return column.reason
    levels = column.levels or column.tokens or tuple(map("{:g}".format, column.values))
    more = [f"and {len(levels) - MOST_LEVELS:,} more"] if len(levels) > MOST_LEVELS else []
    inputs = str(column).removeprefix(column.kind).removeprefix(" of ").removeprefix(", ")
    if not levels:
        return inputs
    return ", ".join([*levels[:MOST_LEVELS], *more]) + (f" ({inputs})" if inputs else "")
