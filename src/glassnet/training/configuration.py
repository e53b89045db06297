"""What a run of epochs is made of: what is compiled, and numbers that may change without compiling again."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from glassnet.network.devices import training_precision
from glassnet.network.loss import Loss
from glassnet.network.network import Network
from glassnet.training.solver import GradientSolver

if TYPE_CHECKING:
    from jax.sharding import Mesh

Number = float | np.floating

Order = Literal["shuffled", "with replacement", "in order"]


@dataclass(frozen=True)
class StaticConfig:
    """What is compiled: another configuration is another program.

    Parameters
    ----------
    network : Network
        The layers.
    loss : Loss
        What is minimised.
    solver : GradientSolver
        The update rule, without its options.
    batch_size : int or None
        Rows in a batch; None is all rows at once.
    order : "shuffled", "with replacement" or "in order"
        In which order an epoch visits the rows.
    schedule : str
        Of the step size.
    clips, decays : bool
        Whether gradients are clipped, and whether weights decay.
    multiplies : bool
        Whether every parameter has the learning-rate multiplier of its layer.
    validates : bool
        Whether the loss of the validation rows is watched.
    monitored : bool
        Whether the host decides which epoch is best.
    adversarial : bool
        Whether half of every batch is moved by an adversary.
    matmul_precision : str
        JAX's name of the precision of matrix products; by default that of the fit, see `network.devices`.
    mesh : Mesh or None
        The devices, by "members" and "rows"; None is one device.
    """

    network: Network
    loss: Loss
    solver: GradientSolver
    batch_size: int | None
    order: Order = "shuffled"
    schedule: str = "constant"
    clips: bool = False
    decays: bool = False
    multiplies: bool = False
    validates: bool = False
    monitored: bool = False
    adversarial: bool = False
    matmul_precision: str = field(default_factory=training_precision)
    mesh: "Mesh | None" = None

    @property
    def row_devices(self) -> int:
        """How many devices the rows of a batch are split over."""
        return 1 if self.mesh is None else self.mesh.shape["rows"]


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
    slack: float = 0.0  # of the least watched loss, by which that of the kept parameters may lie above it
    epsilon: float = 0.0  # how far an adversary moves inputs, in units of their perturbation
    adversarial_steps: int = 1
