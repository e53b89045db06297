"""The outputs of several networks of one shape for any number of rows, computed in padded chunks of one size.

One shape is compiled once, and a row gives the same bits whether it comes alone or among many.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import jax
import numpy as np
from jaxtyping import Array, Float

from glassnet.network.activation import Activation, Identity
from glassnet.network.compiled_programs import check_process, compiled
from glassnet.network.network import Network, output
from glassnet.network.parameters import Parameters

ROWS_A_CHUNK = 256

MemberRows = Callable[[int, int], np.ndarray]  # rows from start to stop, scaled for every member: (members, rows, *in)


def outputs_in_chunks(
    network: Network,
    members: Sequence[Sequence[Mapping[str, np.ndarray]]],
    rows: int,
    member_rows: MemberRows,
    link: Activation = Identity(),  # noqa: B008, it is frozen
) -> np.ndarray:
    """Return link(x^L) (members, rows, *out), computed in the precision of the parameters."""
    check_process()
    dtype = _precision(members[0])
    out = np.empty((len(members), rows, *network.shapes[-1]), dtype)
    with jax.enable_x64(dtype == np.float64):
        stacked = jax.device_put(jax.tree.map(lambda *arrays: np.stack(arrays), *map(list, members)))
        for start in range(0, rows, ROWS_A_CHUNK):
            stop = min(start + ROWS_A_CHUNK, rows)
            with np.errstate(over="ignore"):
                x = member_rows(start, stop).astype(dtype)
            room = [(0, 0), (0, ROWS_A_CHUNK - (stop - start))] + [(0, 0)] * (x.ndim - 2)
            result = _chunk(network, link, stacked, np.pad(x, room))
            out[:, start:stop] = np.asarray(result)[:, : stop - start]
    return out


def output_shape(
    network: Network,
    members: Sequence[Sequence[Mapping[str, np.ndarray]]],
    link: Activation = Identity(),  # noqa: B008, it is frozen
) -> tuple[int, ...]:
    """Return the shape of link(x^L) for one row by one member, from shapes alone: nothing is computed or compiled.

    Raises `ValueError` or `TypeError` where layers, parameters and link do not fit.
    """
    dtype = _precision(members[0])
    with jax.enable_x64(dtype == np.float64):
        count = len(members)
        stacked = jax.tree.map(lambda a: jax.ShapeDtypeStruct((count, *a.shape), dtype), list(members[0]))
        x = jax.ShapeDtypeStruct((count, ROWS_A_CHUNK, *network.inputs), dtype)
        return jax.eval_shape(partial(_chunk.function, network, link), stacked, x).shape[2:]


def _precision(parameters: Sequence[Mapping[str, np.ndarray]]) -> np.dtype[np.generic]:
    return next((array.dtype for layer in parameters for array in layer.values()), np.dtype(np.float32))


@compiled(static=2, keep=32)
def _chunk(
    network: Network, link: Activation, members: Parameters, x: Float[Array, "members rows *in"]
) -> Float[Array, "members rows *out"]:
    if x.shape[0] == 1:  # a batched matrix product costs more than a plain one
        return link.value(output(network, jax.tree.map(lambda a: a[0], members), x[0])[None])
    if not network.members_at_once:
        return link.value(jax.lax.map(lambda member: output(network, *member), (members, x)))
    return link.value(jax.vmap(partial(output, network))(members, x))
