"""An ensemble: a network, and the members that are networks of its shape."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from math import prod

import numpy as np

from glassnet._lazy import jax
from glassnet.data.dataset import Dataset
from glassnet.data.schema import Samples, Schema
from glassnet.ensemble.batched_prediction import in_blocks, mean_of_members
from glassnet.ensemble.member import Member
from glassnet.ensemble.preprocessing import Preprocessing
from glassnet.network.activation import Activation
from glassnet.network.inference import Scalers, StackedMembers, stack_members
from glassnet.network.network import Network
from glassnet.training.run_control import Arrays

Transform = Callable[[np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Ensemble:
    """Members of one network, and the schema by which they read inputs.

    Parameters
    ----------
    schema : Schema
        What training has seen of the inputs.
    network : Network
        The layers, the same for all members.
    link : Activation
        From the network's output to the prediction in scaled units.
    members : tuple of Member
        The trained networks.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> ensemble = model.ensemble_
    >>> len(ensemble.members), ensemble.outputs, ensemble.cross_fitted
    (4, 1, True)
    >>> ensemble.predict_encoded(X.head(3).to_numpy()).shape  # members, rows, outputs
    (4, 3, 1)
    """

    schema: Schema
    network: Network
    link: Activation
    members: tuple[Member, ...]

    @property
    def outputs(self) -> int:
        """The number of outputs of the network."""
        return self.network.shapes[-1][0]

    @property
    def parameters(self) -> Arrays:
        """The parameters, with a leading member axis."""
        return stacked([member.parameters for member in self.members])

    @cached_property
    def units(self) -> tuple[np.ndarray, ...]:
        """Center, scale, low and high of every output, each (members, outputs): see `Preprocessing.units`."""
        return _stacked_units([member.preprocessing for member in self.members], self.outputs)

    @property
    def input_scales(self) -> np.ndarray:
        """The scale of every member and input or channel, (members, inputs)."""
        return np.stack([member.preprocessing.inputs.scale for member in self.members])

    @property
    def cross_fitted(self) -> bool:
        """Whether every member has a fold that it never saw."""
        return all(member.split.test.size for member in self.members)

    @property
    def held_out(self) -> np.ndarray:
        """The training rows that some member never saw, in ascending order."""
        return np.unique(np.concatenate([member.split.test for member in self.members]))

    @property
    def covers_all(self) -> bool:
        """Whether every training row was held out from some member."""
        seen = [np.concatenate([member.split.train, member.split.test]) for member in self.members]
        return bool(np.isin(np.concatenate(seen), self.held_out).all())

    def encode(self, samples: Samples) -> np.ndarray:
        """Return samples as encoded inputs, matched with those of training.

        Parameters
        ----------
        samples : Samples
            Inputs as they came in.

        Returns
        -------
        array (rows, *inputs)
            In the units of the data.

        Raises
        ------
        ValueError
            Says in what the samples differ from those of training.
        """
        return self.schema.encode(self.schema.match(samples))

    def scale_inputs(self, x: np.ndarray) -> np.ndarray:
        """Return encoded inputs as every member scales them, (members, rows, *inputs), float64."""
        return np.stack([member.preprocessing.scale_inputs(x) for member in self.members])

    def predict_encoded(self, x: np.ndarray) -> np.ndarray:
        """Return what every member predicts for encoded inputs, in the targets' units: (members, rows, outputs)."""
        return _unscaled(self._on_device.outputs(len(x), lambda start, stop: x[start:stop]), self.units)

    def predict_members(self, samples: Samples, transform: Transform = np.asarray) -> np.ndarray:
        """Return what `transform` makes of the members' predictions, block by block.

        Parameters
        ----------
        samples : Samples
            Inputs as they came in.
        transform : callable
            From the predictions of a block, (members, rows, outputs) in the units of the target, to an array.

        Returns
        -------
        array (..., rows, outputs)
            By default (members, rows, outputs).

        Raises
        ------
        ValueError
            Names the first row whose prediction is not finite.
        """
        matched = self.schema.match(samples)  # all rows at once: a column of text is read in one way

        def block(rows: np.ndarray) -> np.ndarray:
            x = self.schema.encode(matched if len(rows) == samples.rows else matched.take(rows), rows)
            return transform(self._finite(self.predict_encoded(x), x, rows))

        return in_blocks(samples.rows, block, prod(self.schema.input_shape))

    def predict(self, samples: Samples) -> np.ndarray:
        """Return the mean of the members' predictions.

        Parameters
        ----------
        samples : Samples
            Inputs as they came in.

        Returns
        -------
        array (rows, outputs)
            In the units of the target.

        Raises
        ------
        ValueError
            Names the first row whose prediction is not finite.
        """
        return self.predict_members(samples, mean_of_members)

    def predict_out_of_fold(self, dataset: Dataset, used: np.ndarray, transform: Transform = np.asarray) -> np.ndarray:
        """Return for every row the mean, after `transform`, of the members that never saw it.

        Parameters
        ----------
        dataset : Dataset
            Encoded rows, of training and others.
        used : array of int
            The rows that folds count: those of training. No member saw any other row.
        transform : callable
            Applied to the predictions (rows, outputs) of each member.

        Returns
        -------
        array (rows, outputs)
            In the units of the target, unless `transform` changes these; NaN where every member may have seen the row.
        """
        unused = np.setdiff1d(np.arange(dataset.rows), used)
        columns = transform(np.zeros((1, self.outputs))).shape[1]
        total, count = np.zeros((dataset.rows, columns)), np.zeros(dataset.rows)
        for member in self.members:
            rows = np.concatenate([used[member.split.test], unused])
            own = [member.parameters], [member.preprocessing]
            total[rows] += transform(member_outputs(self.network, self.link, *own, dataset.x[rows])[0])
            count[rows] += 1
        return total / np.where(count > 0, count, np.nan)[:, None]

    def in_float64(self) -> "Ensemble":
        """Return the ensemble with parameters in float64."""
        members = [replace(m, parameters=jax.tree.map(np.float64, m.parameters)) for m in self.members]
        return replace(self, members=tuple(members))

    @cached_property
    def _on_device(self) -> StackedMembers:
        preprocessing = [member.preprocessing for member in self.members]
        parameters = [member.parameters for member in self.members]
        return _stacked_members(self.network, self.link, parameters, preprocessing).on_device()

    def __getstate__(self) -> dict[str, object]:
        return {field.name: getattr(self, field.name) for field in fields(self)}  # not what is on the device

    def _finite(self, predictions: np.ndarray, x: np.ndarray, rows: np.ndarray) -> np.ndarray:
        bad = ~np.isfinite(predictions).all(axis=(0, 2))
        if bad.any():
            row = int(np.argmax(bad))
            scaler = self.members[0].preprocessing.inputs
            raise ValueError(self.schema.explain(int(rows[row]), scaler, x[row : row + 1]))
        return predictions


def member_outputs(
    network: Network,
    link: Activation,
    parameters: Sequence[Arrays],
    preprocessing: Sequence[Preprocessing],
    x: np.ndarray,
) -> np.ndarray:
    """Return what members with these parameters predict for encoded inputs: (members, rows, outputs)."""
    outputs = _stacked_members(network, link, parameters, preprocessing).outputs
    units = _stacked_units(preprocessing, network.shapes[-1][0])
    return _unscaled(outputs(len(x), lambda start, stop: x[start:stop]), units)


def _stacked_units(preprocessing: Sequence[Preprocessing], outputs: int) -> tuple[np.ndarray, ...]:
    each = [member.units(outputs) for member in preprocessing]
    return tuple(np.stack(arrays) for arrays in zip(*each, strict=True))


def _stacked_members(
    network: Network, link: Activation, parameters: Sequence[Arrays], preprocessing: Sequence[Preprocessing]
) -> StackedMembers:
    fill, center, scale = (
        np.stack([getattr(member.inputs, name) for member in preprocessing]) for name in ("fill", "center", "scale")
    )
    return stack_members(network, parameters, Scalers(fill, center, np.where(scale != 0, scale, np.inf)), link)


def _unscaled(outputs: np.ndarray, units: tuple[np.ndarray, ...]) -> np.ndarray:
    center, scale, low, high = (each[:, None] for each in units)
    with np.errstate(over="ignore", invalid="ignore"):
        unlimited = center + scale * outputs.astype(np.float64)
        return np.minimum(np.maximum(unlimited, low), high)  # a third of the time of clip where rows are few


def stacked(parameters: Sequence[Arrays]) -> Arrays:
    """Return members' parameters with a leading member axis."""
    return [
        {name: np.stack([member[place][name] for member in parameters]) for name in layer}
        for place, layer in enumerate(parameters[0])
    ]
