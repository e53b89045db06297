"""The output for any number of rows, computed in padded chunks of one size.

One shape is compiled once, and a row gives the same bits whether it comes alone or among many.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from glassnet._types import RowsIn, RowsOut
from glassnet.network.network import Network, output

ROWS_A_CHUNK = 256


def output_in_chunks(network: Network, parameters: Sequence[Mapping[str, Any]], x: np.ndarray) -> np.ndarray:
    """Return x^L (rows, *out) for x (rows, *in), float32 in and out."""
    out = np.empty((len(x), *network.shapes[-1]), np.float32)
    for start in range(0, len(x), ROWS_A_CHUNK):
        chunk = x[start : start + ROWS_A_CHUNK].astype(np.float32)
        padding = [(0, ROWS_A_CHUNK - len(chunk))] + [(0, 0)] * (x.ndim - 1)
        result = _chunk(network, parameters, jnp.asarray(np.pad(chunk, padding)))
        out[start : start + len(chunk)] = np.asarray(result)[: len(chunk)]
    return out


@partial(jax.jit, static_argnames="network")
def _chunk(network: Network, parameters: Any, x: RowsIn) -> RowsOut:
    return output(network, parameters, x)
