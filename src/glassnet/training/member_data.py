"""The data of one member: which of the shared rows are its own, and how it scales them."""

from typing import NamedTuple

import numpy as np
from jaxtyping import Float

from glassnet._lazy import Array
from glassnet._types import Integer, RowNumbers, Scalar
from glassnet.data.scaler import no_ends
from glassnet.data.shared import MemberScaling, power_of_two


class MemberData(NamedTuple):
    """One member's training rows, its validation rows and its scaling; with a leading member axis, several members'."""

    rows: RowNumbers  # the first `n_rows` ones count, the others are padding
    n_rows: Integer
    validation: RowNumbers
    n_validation: Integer
    scaling: MemberScaling
    inverse_mean_weight: Scalar  # 1 / the mean sample weight of the training rows
    perturbation: Float[Array, "..."]  # how far one unit of epsilon moves each scaled input; 0 where it is held fixed
    ends: Float[Array, "2 ..."]  # between which numbers each scaled input lies by its nature


def member_data(
    train: np.ndarray,
    validation: np.ndarray,
    most: tuple[int, int],
    scaling: MemberScaling,
    mean_weight: float,
    perturbation: np.ndarray,
    ends: np.ndarray | None = None,
) -> MemberData:
    """Return a member's data, as NumPy arrays: members are stacked on the host.

    Rows are padded to a power of two; `most` are the most training and validation rows of any member. Scaled inputs lie
    between the `ends` (2, inputs) by their nature; there are none unless given.
    """
    pairs = zip((train, validation), most, strict=True)
    padded = [np.pad(rows, (0, power_of_two(longest) - len(rows))).astype(np.int32) for rows, longest in pairs]
    counts = [np.int32(len(rows)) for rows in (train, validation)]
    numbers = np.float32(1 / mean_weight), perturbation.astype(np.float32)
    limits = (no_ends(perturbation.shape) if ends is None else ends).astype(np.float32)
    return MemberData(padded[0], counts[0], padded[1], counts[1], scaling, *numbers, limits)  # pyright: ignore[reportArgumentType]
