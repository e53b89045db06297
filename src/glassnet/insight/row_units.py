"""From a raw cell to an input of the network, and from its output to the units of the target, as equations."""

from dataclasses import asdict, astuple, dataclass

import numpy as np

from glassnet.data.column_inputs import column_inputs
from glassnet.data.schema import CellValue, Schema
from glassnet.ensemble.preprocessing import Preprocessing
from glassnet.estimators.classifier import NetworkClassifier
from glassnet.insight.targets import Estimator, class_loss, loss_of, output_names, probabilities
from glassnet.insight.text import TextTable
from glassnet.network.loss import ClassLoss
from glassnet.storage.json_value import JSON, finite


@dataclass(frozen=True)
class InputEquation:
    """One input of the network: scaled = (value - center) / scale, 0 where the scale is 0.

    No limits apply here: a smooth clip comes later, as a layer of the network.

    Attributes
    ----------
    name, column : str
        The input, and the column that it is of; of the time between two dates both.
    cell : str, float or None
        The cell as it was given.
    encoded : float
        The number that it became, a gap's flag or a level's code; NaN for a gap.
    value : float
        The same with a number in the place of a gap.
    center, scale, scaled : float
        The member's center and scale, and x^0.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, trace
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> bmi = trace(model, X, row=0).units.inputs[1]
    >>> bmi.name, round(bmi.cell, 4), round(bmi.value, 4)
    ('bmi', 0.0617, 0.0617)
    >>> abs(bmi.scaled - (bmi.value - bmi.center) / bmi.scale) < 1e-6
    True
    """

    name: str
    column: str
    cell: CellValue
    encoded: float
    value: float
    center: float
    scale: float
    scaled: float


@dataclass(frozen=True)
class OutputEquation:
    """One output: prediction = clip(center + scale output, low, high).

    Attributes
    ----------
    name : str
        The target, or its quantile.
    output : float
        What the network gives, behind the link.
    center, scale, low, high : float
        The member's center, scale and limits, in the units of the target.
    prediction : float
        In the units of the target.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, trace
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> output = trace(model, X, row=0).units.outputs[0]
    >>> output.name, output.low, output.high
    ('target', -inf, inf)
    >>> abs(output.prediction - (output.center + output.scale * output.output)) < 0.01
    True
    """

    name: str
    output: float
    center: float
    scale: float
    low: float
    high: float
    prediction: float


@dataclass(frozen=True)
class ProbabilityEquation:
    """The probability of a class or label: what the network gives without the label smoothing s of training.

    Of K classes, with the fraction 0.2 of s that is kept: p = max(output - 0.8 s / K, 0.2 s / K), divided by the sum
    over the classes. Of a label the same with K = 2, divided by the sum of having it and of lacking it.

    Attributes
    ----------
    name : str
        The class or label.
    output : float
        What the network gives, behind the link.
    smoothing : float
        s.
    probability : float
        p.
    """

    name: str
    output: float
    smoothing: float
    probability: float


@dataclass(frozen=True, eq=False)
class MemberPredictions:
    """What every member predicts of a row, and the mean, which is what the model predicts.

    Attributes
    ----------
    names : tuple of str
        Targets, levels of targets, classes or labels; of a target with a deviation the target alone.
    predictions : array (members, names)
        In the units of the targets, or probabilities.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, trace
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> members = trace(model, X, row=0).units.members
    >>> members.names, members.predictions.shape
    (('target',), (4, 1))
    >>> bool(abs(members.mean[0] - model.predict(X[:1])[0]) < 0.01)
    True
    """

    names: tuple[str, ...]
    predictions: np.ndarray

    @property
    def mean(self) -> np.ndarray:
        """The mean over the members, (names,)."""
        return self.predictions.mean(axis=0)

    def table(self, decimals: int | None = None) -> TextTable:
        """Return a line a member, and the mean.

        Parameters
        ----------
        decimals : int or None
            Decimals of every number; None: six digits.
        """
        rows = [(f"member {place}", *each) for place, each in enumerate(self.predictions.tolist())]
        title = "what every member predicts, and their mean, which the model predicts"
        return TextTable(("", *self.names), (*rows, ("mean", *self.mean.tolist())), decimals, title)

    def to_dict(self) -> dict[str, JSON]:
        """Return everything, for JSON."""
        return {"names": list(self.names), "members": self.predictions.tolist(), "mean": self.mean.tolist()}


@dataclass(frozen=True, eq=False)
class RowUnits:
    """The equations of a row on both ends of a network.

    Attributes
    ----------
    inputs : tuple of InputEquation
        From cells to x^0; empty for images.
    outputs : tuple of OutputEquation or ProbabilityEquation
        From outputs to predictions, or to the probabilities of classes and labels.
    link : str
        The class of the loss's link, such as "Exponential": output = link(x^L), x^L of the last layer.
    members : MemberPredictions
        What all members predict.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, trace
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> units = trace(model, X, row=0).units
    >>> len(units.inputs), len(units.outputs), units.link
    (10, 1, 'Identity')
    >>> units.output_table().header
    ('target', 'output', 'center', 'scale', 'at least', 'at most', 'center + scale output')
    """

    inputs: tuple[InputEquation, ...]
    outputs: tuple[OutputEquation, ...] | tuple[ProbabilityEquation, ...]
    link: str
    members: MemberPredictions

    def input_table(self, decimals: int | None = None) -> TextTable:
        """Return a line an input.

        Parameters
        ----------
        decimals : int or None
            Decimals of every number; None: six digits.
        """
        rows = [(i.name, i.column, i.cell, i.encoded, i.value, i.center, i.scale, i.scaled) for i in self.inputs]
        head = ("input", "column", "cell", "encoded", "value", "center", "scale", "(value - center) / scale")
        return TextTable(head, tuple(rows), decimals, "from cells to the scaled inputs")

    def output_table(self, decimals: int | None = None) -> TextTable:
        """Return a line an output.

        Parameters
        ----------
        decimals : int or None
            Decimals of every number; None: six digits.
        """
        if isinstance(self.outputs[0], ProbabilityEquation):
            head = ("class", "output", "label smoothing", "probability without it")
            to = "probabilities"
        else:
            head = ("target", "output", "center", "scale", "at least", "at most", "center + scale output")
            to = "the units of the target"
        title = f"from outputs, behind the link {self.link}, to {to}"
        return TextTable(head, tuple(map(astuple, self.outputs)), decimals, title)

    def before(self, decimals: int | None = None) -> list[TextTable]:
        """Return the table on the way into the network; none of images.

        Parameters
        ----------
        decimals : int or None
            Decimals of every number; None: six digits.
        """
        return [self.input_table(decimals)] if self.inputs else []

    def behind(self, decimals: int | None = None) -> list[TextTable]:
        """Return the tables on the way out of the network, and of all members.

        Parameters
        ----------
        decimals : int or None
            Decimals of every number; None: six digits.
        """
        return [self.output_table(decimals), self.members.table(decimals)]

    def to_dict(self) -> dict[str, JSON]:
        """Return everything, for JSON; a limit that is infinite is null."""
        inputs: list[JSON] = [finite(asdict(one)) for one in self.inputs]
        outputs: list[JSON] = [finite(asdict(one)) for one in self.outputs]
        return {"inputs": inputs, "outputs": outputs, "link": self.link, "members": self.members.to_dict()}


def row_units(
    model: Estimator, preprocessing: Preprocessing, cells: dict[str, CellValue], encoded: np.ndarray, output: np.ndarray
) -> RowUnits:
    """Return the equations of an encoded row (1, *inputs) whose output (1, outputs) a member gave."""
    each = probabilities(model)(model.ensemble_.predict_encoded(encoded))[:, 0]
    names = tuple(output_names(model))
    predicted = names[:: len(names) // each.shape[1]]  # a deviation is an output, but no prediction
    members = MemberPredictions(predicted, each.astype(np.float64))
    inputs = _inputs(model.schema_, preprocessing, cells, encoded)
    if isinstance(model, NetworkClassifier):
        outputs = _probabilities(names, class_loss(model), output[0])
    else:
        outputs = _outputs(names, preprocessing, output[0])
    return RowUnits(inputs, outputs, type(loss_of(model).link).__name__, members)


def _inputs(
    schema: Schema, preprocessing: Preprocessing, cells: dict[str, CellValue], encoded: np.ndarray
) -> tuple[InputEquation, ...]:
    if not schema.columns:
        return ()
    of_input = {int(place): name for name, places in column_inputs(schema.columns).items() for place in places}
    scaler, x = preprocessing.inputs, encoded[0].astype(np.float64)
    values = np.where(np.isnan(x), scaler.fill, x)
    scaled = preprocessing.scale_inputs(encoded)[0]
    return tuple(
        InputEquation(
            name=name,
            column=of_input.get(place, name),
            cell=cells.get(of_input.get(place, "")),
            encoded=float(x[place]),
            value=float(values[place]),
            center=float(scaler.center[place]),
            scale=float(scaler.scale[place]),
            scaled=float(scaled[place]),
        )
        for place, name in enumerate(schema.inputs)
    )


def _probabilities(names: tuple[str, ...], loss: ClassLoss, output: np.ndarray) -> tuple[ProbabilityEquation, ...]:
    each = zip(names, output.tolist(), loss.unsmoothed(output).tolist(), strict=True)
    return tuple(ProbabilityEquation(name, learned, loss.smoothing, p) for name, learned, p in each)


def _outputs(names: tuple[str, ...], preprocessing: Preprocessing, output: np.ndarray) -> tuple[OutputEquation, ...]:
    predictions = preprocessing.unscale(output[None])[0]
    columns = (output, *preprocessing.units(len(output)), predictions)
    return tuple(
        OutputEquation(name, *map(float, numbers))
        for name, *numbers in zip(names, *columns, strict=True)
    )  # fmt: skip
