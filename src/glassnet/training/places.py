"""On which devices members are trained: a mesh by members and by the rows of a batch."""

from collections.abc import Sequence
from math import gcd
from typing import TYPE_CHECKING

import numpy as np

from glassnet._lazy import jax

if TYPE_CHECKING:
    from jax.sharding import Mesh


def mesh_for(members: int, batch_size: int | None, devices: Sequence[object]) -> "Mesh | None":
    """Return a mesh of devices by "members" and "rows", or None where one device is enough.

    Members need no word from each other, so they are spread over as many devices as they divide by; where more devices
    are left, each batch is split over as many of them as divide it.
    """
    shapes = [_shape(members, batch_size, count) for count in range(1, len(devices) + 1)]
    groups, rows = max(shapes)
    if groups * rows == 1:
        return None
    return jax.sharding.Mesh(np.array(devices[: groups * rows]).reshape(groups, rows), ("members", "rows"))


def _shape(members: int, batch_size: int | None, devices: int) -> tuple[int, int]:
    groups = gcd(members, devices)
    return groups, 1 if batch_size is None else gcd(batch_size, devices // groups)
