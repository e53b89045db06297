"""A member of an ensemble, before and after training."""

from dataclasses import dataclass

import numpy as np

from glassnet.ensemble.preprocessing import Preprocessing
from glassnet.training.history import History
from glassnet.training.run_control import Arrays


@dataclass(frozen=True)
class Split:
    """One member's rows: it trains on `train`, stops by `validation` and never sees `test`, its fold, if it has one."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray


@dataclass(frozen=True)
class MemberSetup:
    """A member before training: its preprocessing, learned from its own training rows alone, its rows and its seed."""

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
