"""The data of one member: which of the shared rows are its own, and how it scales them."""

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from glassnet._types import Integer, Order, Scalar
from glassnet.data.shared import MemberScaling, power_of_two


class MemberData(NamedTuple):
    """One member's training rows, its validation rows and its scaling; with a leading member axis, several members'."""

    rows: Order  # the first `n_rows` ones count, the others are padding
    n_rows: Integer
    validation: Order
    n_validation: Integer
    scaling: MemberScaling
    inverse_mean_weight: Scalar  # 1 / the mean sample weight of the training rows
    perturbation: Float[Array, "..."]  # how far one unit of epsilon moves each scaled input; 0 where it is held fixed


def member_data(
    train: np.ndarray, validation: np.ndarray, scaling: MemberScaling, mean_weight: float, perturbation: np.ndarray
) -> MemberData:
    """Return a member's data, its rows padded to a power of two."""
    rows: list[Array] = []
    for part in (train, validation):
        padded = np.pad(part, (0, power_of_two(len(part)) - len(part)))
        rows += [jnp.asarray(padded, jnp.int32), jnp.asarray(len(part), jnp.int32)]
    inverse_mean_weight = jnp.asarray(np.float32(1 / mean_weight))
    return MemberData(
        rows[0], rows[1], rows[2], rows[3], scaling, inverse_mean_weight, jnp.asarray(perturbation, jnp.float32)
    )
