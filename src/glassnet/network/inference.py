"""The outputs of several networks of one shape for any number of rows, computed in padded chunks of one size.

One shape is compiled once, and a row gives the same bits whether it comes alone or among many.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float

from glassnet._types import RowsIn, RowsOut
from glassnet.network.activation import Activation, Identity
from glassnet.network.compiled_programs import check_process, compiled
from glassnet.network.layer import InFloat64, SeesInputs
from glassnet.network.network import Network
from glassnet.network.parameters import Parameters
from glassnet.network.piecewise import PiecewiseLinear

ROWS_A_CHUNK = 256

MemberRows = Callable[[int, int], np.ndarray]  # rows from start to stop, scaled for every member: (members, rows, *in)


def outputs_in_chunks(
    network: Network,
    members: Sequence[Sequence[Mapping[str, np.ndarray]]],
    rows: int,
    member_rows: MemberRows,
    link: Activation = Identity(),  # noqa: B008, it is frozen
) -> np.ndarray:
    """Return link(x^L) (members, rows, *out), computed in the precision of the parameters.

    Layers that are `InFloat64` are computed in float64; where there are any, the result is float64.
    """
    check_process()
    dtype = _precision(members[0])
    wide = np.dtype(np.float64) if any(isinstance(layer, InFloat64) for layer in network.layers) else dtype
    out = np.empty((len(members), rows, *network.shapes[-1]), wide)
    with jax.enable_x64(wide == np.float64):
        stacked = jax.device_put(jax.tree.map(lambda *arrays: np.stack(arrays), *map(list, members)))
        for start in range(0, rows, ROWS_A_CHUNK):
            stop = min(start + ROWS_A_CHUNK, rows)
            with np.errstate(over="ignore"):
                x = member_rows(start, stop)
                narrow = x.astype(dtype)
                x = np.where(np.isinf(narrow), narrow, x.astype(wide))  # what the parameters' precision cannot hold
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


def _precision(parameters: Sequence[Mapping[str, np.ndarray | jax.Array]]) -> np.dtype[np.generic]:
    return next((array.dtype for layer in parameters for array in layer.values()), np.dtype(np.float32))


@compiled(static=2, keep=32)
def _chunk(
    network: Network, link: Activation, members: Parameters, x: Float[Array, "members rows *in"]
) -> Float[Array, "members rows *out"]:
    if x.shape[0] == 1:  # a batched matrix product costs more than a plain one
        return link.value(_output(network, jax.tree.map(lambda a: a[0], members), x[0])[None])
    if not network.members_at_once:
        return link.value(jax.lax.map(lambda member: _output(network, *member), (members, x)))
    return link.value(jax.vmap(partial(_output, network))(members, x))


def _output(network: Network, parameters: Parameters, x: RowsIn) -> RowsOut:
    """Return x^L, every layer in the precision of the parameters but those that are `InFloat64`.

    Before the edges of a `PiecewiseLinear` all is as in training: a number that met an edge has to meet it again.
    """
    dtype, inputs = _precision(parameters), x
    edges = max((place for place, layer in enumerate(network.layers) if isinstance(layer, PiecewiseLinear)), default=-1)
    for place, (layer, arrays) in enumerate(zip(network.layers, parameters, strict=True)):
        x = jnp.concatenate([x, inputs], axis=1) if isinstance(layer, SeesInputs) else x
        precision = inputs.dtype if isinstance(layer, InFloat64) and place > edges else dtype
        x = layer.forward({name: array.astype(precision) for name, array in arrays.items()}, x.astype(precision)).x
    return x
