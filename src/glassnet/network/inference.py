"""The outputs of several networks of one shape for any number of rows, computed in padded chunks of one size.

One shape is compiled once, and a row gives the same bits whether it comes alone or among many. A call of the program
takes up to `ROWS_A_CALL` rows and computes only as many chunks of them as there are rows, on one thread; many rows are
many calls, which go over the cores. Inside `devices.predicting_on` many rows go to a graphics card, many at once: there
the last bits are others than those of few rows.
"""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import NamedTuple

import numpy as np
from jaxtyping import Float, Int

from glassnet._lazy import Array, jax, jnp
from glassnet._types import RowsIn, RowsOut
from glassnet.network.activation import Activation, Identity
from glassnet.network.compiled_programs import ONE_THREAD, check_process, compiled
from glassnet.network.devices import Device, float64, predicting_card
from glassnet.network.layer import InFloat64, SeesInputs
from glassnet.network.machine import available_cores
from glassnet.network.network import Network
from glassnet.network.parameters import HostParameters, Parameters
from glassnet.network.piecewise import SteepRamps, with_steps

ROWS_A_CALL = 256
IMAGES_A_CALL = 32  # which divides it
ROWS_AT_ONCE = 64  # of all members together
CALLS_ON_A_CARD = 32  # of whose rows a graphics card computes at once; half of them are worth the way there
FEWEST_ROWS = 8  # of one member at once; so many images
LEAST_SCALE = 2.0**-900  # XLA takes numbers below 2^-1022 for 0: inputs of smaller scales are multiplied by 2^1000

RowsOf = Callable[[int, int], np.ndarray]  # rows from start to stop, (rows, *in)
Precision = np.dtype[np.generic]


class Scalers(NamedTuple):
    """How members scale inputs or channels, (members, inputs) each, float64.

    scaled = (x - center) / scale with `fill` where x is NaN; where the scale is infinite, inputs are 0.
    """

    fill: np.ndarray | Array
    center: np.ndarray | Array
    scale: np.ndarray | Array

    @classmethod
    def identity(cls, members: int, inputs: int) -> "Scalers":
        """Return those that change nothing."""
        return cls(*(np.full((members, inputs), number) for number in (np.nan, 0.0, 1.0)))


@dataclass(frozen=True, eq=False)
class StackedMembers:
    """Networks of one shape as a program takes them; `stack_members` makes one.

    Parameters
    ----------
    network, link : Network and Activation
        The layers, and what follows x^L.
    scalers : Scalers
        How each member scales its inputs.
    dtype : dtype
        The precision of the layers that are not `InFloat64`.
    parameters : list of dicts of arrays
        With a leading member axis, in the precision that their layer is computed in.
    exponents : array of int (inputs,) or None
        Of the powers of two by which inputs are multiplied first, where some are not 0; `scalers` are those after that.
    """

    network: Network
    link: Activation
    dtype: Precision
    scalers: Scalers
    parameters: HostParameters
    exponents: np.ndarray | None

    def on_device(self) -> "StackedMembers":
        """Return the members with their arrays on the device: right for those that are called many times."""
        check_process()
        with float64():
            scalers = Scalers(*jax.device_put(tuple(self.scalers)))
            return replace(self, scalers=scalers, parameters=jax.device_put(self.parameters))

    def outputs(self, rows: int, rows_of: RowsOf) -> np.ndarray:
        """Return link(x^L) (members, rows, *out), in float64 where a layer is `InFloat64`, else in `dtype`."""
        check_process()
        many = rows >= self._rows_a_call * CALLS_ON_A_CARD // 2
        if many and (card := predicting_card()) is not None:
            return self._outputs_on(card, rows, rows_of)
        starts = range(0, rows, self._rows_a_call)
        call = partial(self._call, rows=rows, rows_of=rows_of)
        if len(starts) == 1:
            return call(0)
        if not starts:
            return call(0)[:, :0]
        with ThreadPoolExecutor(min(available_cores(), len(starts))) as pool:
            return np.concatenate(list(pool.map(call, starts)), axis=1)

    @property
    def _rows_a_call(self) -> int:
        return ROWS_A_CALL if len(self.network.inputs) == 1 else IMAGES_A_CALL

    def _outputs_on(self, card: Device, rows: int, rows_of: RowsOf) -> np.ndarray:
        size, results = self._rows_a_call * CALLS_ON_A_CARD, list[np.ndarray]()
        with float64():
            members = jax.device_put((self.parameters, self.scalers), card)
            for start in range(0, rows, size):
                x = jax.device_put(self._padded(start, min(start + size, rows), size, rows_of), card)
                results.append(np.asarray(_at_once(self.network, self.link, self.dtype, *members, x)))
        return np.concatenate(results, axis=1)[:, :rows]

    def _padded(self, start: int, stop: int, size: int, rows_of: RowsOf) -> np.ndarray:
        x = np.zeros((size, *self.network.inputs))
        x[: stop - start] = rows_of(start, stop)
        if self.exponents is None:
            return x
        with np.errstate(over="ignore"):  # what is not finite is refused with the prediction
            return np.ldexp(x, self.exponents)

    def _call(self, start: int, rows: int, rows_of: RowsOf) -> np.ndarray:
        count = min(self._rows_a_call, rows - start)
        x = self._padded(start, start + count, self._rows_a_call, rows_of)
        with float64():
            return np.asarray(self._program(self.parameters, self.scalers, x, np.int32(count)))[:, :count]

    @cached_property
    def _program(self) -> Callable[..., Array]:
        return _chunks.bind(self.network, self.link, self.dtype)


def stack_members(
    network: Network,
    members: Sequence[Sequence[Mapping[str, np.ndarray]]],
    scalers: Scalers | None = None,
    link: Activation = Identity(),  # noqa: B008, it is frozen
) -> StackedMembers:
    """Return members with these parameters; without `scalers` their inputs are scaled already."""
    scalers = Scalers.identity(len(members), network.inputs[-1]) if scalers is None else scalers
    exponents = np.where(np.min(np.abs(scalers.scale), axis=0) < LEAST_SCALE, 1000, 0)
    if exponents.any():
        scalers = Scalers(*(np.ldexp(part, exponents) for part in scalers))
    stacked = jax.tree.map(lambda *arrays: np.stack(arrays), *map(list, members))
    layers = [with_steps(layer, arrays) for layer, arrays in zip(network.layers, stacked, strict=True)]
    network = network if layers == list(network.layers) else Network(network.inputs, layers)
    dtype = _precision(stacked)
    parameters = [
        {name: array.astype(precision, copy=False) for name, array in arrays.items()}
        for arrays, precision in zip(stacked, _precisions(network, dtype, np.dtype(np.float64)), strict=True)
    ]
    return StackedMembers(network, link, dtype, scalers, parameters, exponents if exponents.any() else None)


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
        one = jax.tree.map(lambda a: jax.ShapeDtypeStruct(a.shape, dtype), list(members[0]))
        x = jax.ShapeDtypeStruct((1, *network.inputs), dtype)
        return jax.eval_shape(lambda p, x: link.value(_output(network, dtype, p, x)), one, x).shape[1:]


def _precision(parameters: Sequence[Mapping[str, np.ndarray | Array]]) -> Precision:
    return next((array.dtype for layer in parameters for array in layer.values()), np.dtype(np.float32))


def _precisions(network: Network, narrow: Precision, wide: Precision) -> list[Precision]:
    """Return what every layer is computed in: `wide` where it is `InFloat64`, but up to `SteepRamps` as in training."""
    steep = max((place for place, layer in enumerate(network.layers) if isinstance(layer, SteepRamps)), default=-1)
    return [
        wide if isinstance(layer, InFloat64) and place > steep else narrow for place, layer in enumerate(network.layers)
    ]


@compiled(static=3, keep=32, options=ONE_THREAD)
def _chunks(
    network: Network,
    link: Activation,
    dtype: Precision,
    members: Parameters,
    scalers: Scalers,
    x: Float[Array, "room *in"],
    rows: Int[Array, ""],
) -> Float[Array, "members room *out"]:
    """Return link(x^L) of the first rows, and zeros or more outputs behind them."""
    count = len(scalers.center)
    at_once = ROWS_AT_ONCE if len(network.inputs) == 1 else FEWEST_ROWS
    size = max(at_once >> (count - 1).bit_length(), FEWEST_ROWS)  # a power of two, which divides a call

    def chunk(start: Int[Array, ""]) -> Float[Array, "members size *out"]:
        return _outputs(network, link, dtype, members, scalers, jax.lax.dynamic_slice_in_dim(x, start, size))

    def body(number: Int[Array, ""], out: Array) -> Array:
        return jax.lax.dynamic_update_slice_in_dim(out, chunk(number * size), number * size, axis=1)

    shape = jax.eval_shape(chunk, rows)
    out = jnp.zeros((count, len(x), *shape.shape[2:]), shape.dtype)
    return jax.lax.fori_loop(0, -(-rows // size), body, out)


def _outputs(
    network: Network, link: Activation, dtype: Precision, members: Parameters, scalers: Scalers, x: RowsIn
) -> Float[Array, "members rows *out"]:
    def of_member(parameters: Parameters, own: Scalers) -> RowsOut:
        return link.value(_output(network, dtype, parameters, _scaled(network, dtype, own, x)))

    if len(scalers.center) == 1:  # a batched matrix product costs more than a plain one
        return of_member(*jax.tree.map(lambda a: a[0], (members, scalers)))[None]
    if not network.members_at_once:
        return jax.lax.map(lambda member: of_member(*member), (members, scalers))
    return jax.vmap(of_member)(members, scalers)


@compiled(static=3, keep=32)
def _at_once(
    network: Network, link: Activation, dtype: Precision, members: Parameters, scalers: Scalers, x: RowsIn
) -> Float[Array, "members rows *out"]:
    return _outputs(network, link, dtype, members, scalers, x)


def _scaled(network: Network, dtype: Precision, own: Scalers, x: RowsIn) -> RowsIn:
    """Return scaled rows in `dtype`, in float64 where a layer is `InFloat64`; what `dtype` cannot hold is infinite."""
    scaled = (jnp.where(jnp.isnan(x), own.fill, x) - own.center) / own.scale
    narrow = scaled.astype(dtype)
    if not any(isinstance(layer, InFloat64) for layer in network.layers):
        return narrow
    return jnp.where(jnp.isinf(narrow), narrow.astype(scaled.dtype), scaled)


def _output(network: Network, dtype: Precision, parameters: Parameters, x: RowsIn) -> RowsOut:
    """Return x^L, every layer in its precision."""
    inputs = x
    for layer, arrays, precision in zip(
        network.layers, parameters, _precisions(network, dtype, inputs.dtype), strict=True
    ):
        x = jnp.concatenate([x, inputs], axis=1) if isinstance(layer, SeesInputs) else x
        x = layer.forward(arrays, x.astype(precision)).x
    return x
