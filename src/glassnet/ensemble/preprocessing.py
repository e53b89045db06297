"""How a member brings inputs and targets to a common scale, and its outputs back to the units of the target."""

from dataclasses import dataclass, replace

import numpy as np

from glassnet.data.dataset import Dataset
from glassnet.data.scaler import Scaler, with_new_variation


@dataclass(frozen=True)
class Preprocessing:
    """What a member learned of columns and targets from its own training rows.

    Parameters
    ----------
    inputs : Scaler
        Of the encoded inputs, or of the channels of images.
    targets : Scaler
        Of the targets.
    limits : array (2, targets)
        What predictions stay within, in the units of the target.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> preprocessing = model.members_[0].preprocessing
    >>> preprocessing.scale_inputs(X.to_numpy()).shape
    (442, 10)
    >>> targets = y.to_numpy()[:3, None]
    >>> preprocessing.unscale(preprocessing.scale_targets(targets)).ravel().round(6)
    array([151.,  75., 141.])
    """

    inputs: Scaler
    targets: Scaler
    limits: np.ndarray

    def widened(self, dataset: Dataset, rows: np.ndarray) -> "Preprocessing":
        """Return what a member knows once it goes on with these rows: what has a scale keeps it.

        Limits widen to the new targets, and inputs and targets that were constant so far get a scale.

        Parameters
        ----------
        dataset : Dataset
            Encoded rows.
        rows : array of int
            Those that the member trains on.
        """
        y, weights = dataset.y[rows], dataset.weights[rows]
        inputs = dataset.schema.widened(self.inputs, dataset.x, dataset.weights, rows)
        targets = with_new_variation(self.targets, self.targets.center, y, weights)
        low, high = self.limits
        limits = np.stack([np.fmin(low, np.fmin.reduce(y, axis=0)), np.fmax(high, np.fmax.reduce(y, axis=0))])
        if inputs is self.inputs and targets is self.targets and np.array_equal(limits, self.limits):
            return self
        return Preprocessing(inputs, targets, limits)

    def without_limits(self) -> "Preprocessing":
        """Return what the member learned, with predictions of any size."""
        return replace(self, limits=np.stack([np.full(len(self.limits[0]), end) for end in (-np.inf, np.inf)]))

    def scale_inputs(self, x: np.ndarray) -> np.ndarray:
        """Return scaled inputs.

        Parameters
        ----------
        x : array (rows, *inputs)
            Encoded inputs, in the units of the data.

        Returns
        -------
        array (rows, *inputs)
            float64.
        """
        return self.inputs.transform(x)

    def scale_targets(self, y: np.ndarray) -> np.ndarray:
        """Return scaled targets; missing ones stay missing.

        Parameters
        ----------
        y : array (rows, targets)
            In the units of the targets; NaN where one is missing.

        Returns
        -------
        array (rows, targets)
            float64.
        """
        return self.targets.transform(y)

    def unscale(self, outputs: np.ndarray) -> np.ndarray:
        """Return scaled outputs in the units of the target, within the limits.

        Parameters
        ----------
        outputs : array (rows, outputs)
            The network's outputs; where a target has several, as for quantiles, they are neighbours.

        Returns
        -------
        array (rows, outputs)
            In the units of the targets.
        """
        center, scale, low, high = self.units(outputs.shape[1])
        return np.clip(center + scale * outputs, low, high)

    def units(self, outputs: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return center, scale, low and high of every output: y = clip(center + scale z, low, high).

        Parameters
        ----------
        outputs : int
            The number of outputs of the network, a multiple of the number of targets.

        Returns
        -------
        center, scale, low, high : arrays (outputs,)
            In the units of the targets.
        """
        each = outputs // len(self.targets.center)
        center, scale, low, high = (np.repeat(a, each) for a in (self.targets.center, self.targets.scale, *self.limits))
        return center, scale, low, high

    @property
    def target_size(self) -> np.ndarray:
        """The size of one scaled unit of every target, (targets,), 1 for a constant one."""
        size = np.abs(self.targets.scale)
        return np.where(size > 0, size, 1.0)
