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

    Members need no word from each other, so they are spread first; where there are more devices, each batch is split
    over as many of them as divide it. What is left over is not used.
    """
    groups = gcd(members, len(devices))
    rows = 1 if batch_size is None else gcd(batch_size, len(devices) // groups)
    if groups * rows == 1:
        return None
    return jax.sharding.Mesh(np.array(devices[: groups * rows]).reshape(groups, rows), ("members", "rows"))
