"""A member of an ensemble, before and after training."""

from dataclasses import dataclass, replace

import numpy as np

from glassnet.ensemble.preprocessing import Preprocessing
from glassnet.training.history import History
from glassnet.training.run_control import Arrays


@dataclass(frozen=True)
class Split:
    """One member's rows, as row numbers.

    Parameters
    ----------
    train : array of int
        The rows it trains on.
    validation : array of int
        The rows it stops by, and learns from in its final epochs if it has such; empty without early stopping.
    test : array of int
        Its fold, which it never sees; empty where it has none.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> split = model.members_[0].split
    >>> split.train.size, split.validation.size, split.test.size
    (298, 33, 111)
    >>> split.with_all_learned().train.size
    331
    """

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray

    def with_all_learned(self) -> "Split":
        """Return the split with the validation rows among the training rows too."""
        return replace(self, train=np.sort(np.concatenate([self.train, self.validation])))


@dataclass(frozen=True)
class MemberSetup:
    """A member before training.

    Parameters
    ----------
    preprocessing : Preprocessing
        How it scales inputs and targets, learned from its training rows alone.
    split : Split
        Its rows.
    seed : int
        Seed of its first parameters, orders and masks.
    """

    preprocessing: Preprocessing
    split: Split
    seed: int


@dataclass(frozen=True)
class Member:
    """One trained network.

    Parameters
    ----------
    preprocessing : Preprocessing
        How it scales inputs and targets.
    split : Split
        Its rows.
    parameters : list of dicts of arrays
        One dict a layer.
    history : History
        Its losses, and why training ended.
    seed : int
        Seed of its first parameters, orders and masks.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> member = model.members_[0]
    >>> len(member.parameters) == len(model.network_.layers), member.history.epochs
    (True, 20)
    >>> member.split.test.size  # a quarter of the 442 rows
    111
    """

    preprocessing: Preprocessing
    split: Split
    parameters: Arrays
    history: History
    seed: int

    @property
    def setup(self) -> MemberSetup:
        """The member as it was before training."""
        return MemberSetup(self.preprocessing, self.split, self.seed)
