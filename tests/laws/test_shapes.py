"""In tests arrays of a wrong shape are refused where they enter a function: the annotations are checked."""

from fractions import Fraction

import jax.numpy as jnp
import numpy as np
import pytest
from jaxtyping import TypeCheckError

from glassnet.attacks.extremes import furthest
from glassnet.conformal.kth_smallest import kth_smallest, sorted_scores
from glassnet.conformal.prediction import interval
from glassnet.network.activation import Identity
from glassnet.network.cost import cost
from glassnet.network.dense import Dense
from glassnet.network.loss import HalfSquaredError
from glassnet.network.network import Network, output
from glassnet.network.units import Units
from glassnet.training.optimizers import Adam
from glassnet.verification.bounds import walk
from glassnet.verification.linear_relaxation import slopes_between

NETWORK = Network(3, [Dense(1)])
PARAMETERS = NETWORK.initialize(0)
MEMBERS = [{name: array[None] for name, array in layer.items()} for layer in PARAMETERS]
UNITS = Units(np.zeros((1, 1)), np.ones((1, 1)), np.full((1, 1), -np.inf), np.full((1, 1), np.inf))
SCORES = [np.arange(5.0), np.arange(5.0)]


def zeros(*shape):
    return jnp.zeros(shape, jnp.float32)


def attacked(low, high):
    return furthest(NETWORK, Identity(), MEMBERS, UNITS, np.zeros(low), np.ones(high))


WRONG = {
    "network: samples without a batch axis": lambda: output(NETWORK, PARAMETERS, zeros()),
    "network: fewer targets than outputs": lambda: cost(HalfSquaredError(), zeros(4, 1), zeros(3, 1)),
    "training: a gradient of another length": lambda: Adam().update(zeros(5), Adam().init(zeros(5)), zeros(4), 0.1),
    "conformal: widths of other rows": lambda: kth_smallest(np.ones((2, 3)), np.ones((2, 4)), sorted_scores(SCORES), 1),
    "conformal: ends without folds": lambda: interval(np.ones(3), np.ones(3), np.ones(3), SCORES, Fraction(9, 10)),
    "verification: ends of other rows": lambda: walk(NETWORK, PARAMETERS, zeros(4, 3), zeros(5, 3)),
    "verification: values at other points": lambda: slopes_between(zeros(5, 2), zeros(5, 3), zeros()),
    "attacks: boxes without members": lambda: attacked((4, 3), (4, 3)),
    "attacks: ends of other rows": lambda: attacked((1, 4, 3), (1, 5, 3)),
}


@pytest.mark.parametrize("name", WRONG)
def test_wrong_shapes_are_refused(name):
    with pytest.raises(TypeCheckError):
        WRONG[name]()
