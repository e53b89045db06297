"""scikit-learn's losses of networks, by its names, with its factors.

name             value of an entry                       link        scikit-learn adds up
squared_error    1/2 (x - y)^2                           identity    the mean over outputs, but gradients of the sum
poisson          exp x - y x + y log y - y               exp         the sum over outputs
log_loss         softplus(x) - y x, if not multiclass    logistic    the sum over outputs
                 -y_j log softmax(x)_j, of classes       softmax     the sum over classes
"""

from dataclasses import dataclass
from typing import Literal, final

from glassnet._lazy import special
from glassnet._types import Outputs, Targets
from glassnet.network.activation import Exponential
from glassnet.network.loss import BinaryCrossEntropy, CrossEntropy, HalfSquaredError, Loss

LossName = Literal["squared_error", "poisson", "log_loss"]
OutputActivation = Literal["identity", "exp", "logistic", "softmax"]


@final
@dataclass(frozen=True)
class HalfPoissonDeviance(Loss):
    """loss = exp x - y x + y log y - y, derivative exp x - y: `Poisson` with the terms of y, so that 0 is the least."""

    link = Exponential()
    domain = "at least 0"
    check_derivative = False

    def value(self, x: Outputs, y: Targets) -> Targets:
        return self.link.value(x) - y * x + special.xlogy(y, y) - y

    def derivative(self, x: Outputs, y: Targets) -> Outputs:
        return self.link.value(x) - y


OUTPUT_LOSSES: dict[OutputActivation, Loss] = {
    "identity": HalfSquaredError(),
    "exp": HalfPoissonDeviance(),
    "logistic": BinaryCrossEntropy(),
    "softmax": CrossEntropy(),
}


def value_factor(name: LossName, outputs: int) -> float:
    """Return what scikit-learn multiplies the sum over outputs with in the loss it reports, not in the gradient."""
    return 1 / outputs if name == "squared_error" else 1.0
