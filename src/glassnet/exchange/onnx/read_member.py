"""A member that was read from an ONNX file: its rows and its training are unknown."""

import numpy as np

from glassnet.ensemble.member import Member, Split
from glassnet.ensemble.preprocessing import Preprocessing
from glassnet.training.history import History
from glassnet.training.run_control import Arrays
from glassnet.training.stopping import StopReason


def read_member(preprocessing: Preprocessing, parameters: Arrays) -> Member:
    """Return a member with these parameters.

    Parameters
    ----------
    preprocessing : Preprocessing
        How it scales inputs and targets.
    parameters : list of dict of array
        One dict a layer.
    """
    none = np.arange(0)
    return Member(preprocessing, Split(none, none, none), parameters, History((), (), 0, StopReason.UNKNOWN), 0)
