"""What a run of epochs is made of: what is compiled, and numbers that may change without compiling again."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np

from glassnet.network.loss import Loss
from glassnet.network.network import Network
from glassnet.training.solver import GradientSolver

Number = float | np.floating

Order = Literal["shuffled", "with replacement", "in order"]


@dataclass(frozen=True)
class StaticConfig:
    """What is compiled: another configuration is another program."""

    network: Network
    loss: Loss
    solver: GradientSolver  # without its options
    batch_size: int | None  # None: all rows at once
    order: Order = "shuffled"
    schedule: str = "constant"
    clips: bool = False
    decays: bool = False
    multiplies: bool = False  # every parameter has the learning-rate multiplier of its layer
    validates: bool = False  # validation rows are watched
    monitored: bool = False  # the host says which epoch is best
    adversarial: bool = False  # half of every batch is moved by an adversary


class DynamicConfig(NamedTuple):
    """Numbers that may change without compiling again."""

    alpha: float = 0.0  # L2: alpha / (2 s) times the sum of W^2, s the batch's weight as its rows' mean has it
    decay: float = 0.0  # decoupled: W loses step size times decay times itself
    clip: float = 0.0  # longest gradient, over all of a member's parameters
    warmup: float = 0.0  # fraction of all steps
    power: float = 0.5  # of invscaling
    fade: float = 1.0  # fraction of all steps after which decay and dropout fall to 0
    epochs: int = 1  # what the schedule counts with
    tolerance: float = 1e-4
    patience: int = 10
    epsilon: float = 0.0  # how far an adversary moves inputs, in units of their perturbation
