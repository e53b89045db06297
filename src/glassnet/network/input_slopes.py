"""How predictions move with the inputs: one backward pass a row and network, which starts at the prediction.

At a kink, as at an edge of a piecewise-linear embedding, where rows of training lie, both sides count half: the slope
is the mean of those a little below and a little above, what central differences tend to.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
from jaxtyping import Float

from glassnet._lazy import Array, jax, jnp
from glassnet._types import Outputs, RowsIn
from glassnet.network.activation import Activation
from glassnet.network.backward import pullback
from glassnet.network.compiled_programs import check_process, compiled
from glassnet.network.devices import float64
from glassnet.network.network import Network
from glassnet.network.parameters import Parameters
from glassnet.network.units import Units

ROWS_A_CHUNK = 256

MemberRows = Callable[[int, int], np.ndarray]  # rows from start to stop, scaled for every member: (members, rows, *in)

BESIDE = 1e-5  # how far below and above, in scaled units: more than float32 rounds edges by


def slopes_in_chunks(
    network: Network,
    members: Sequence[Sequence[Mapping[str, np.ndarray]]],
    units: Units,
    output: int,
    rows: int,
    member_rows: MemberRows,
    link: Activation,
) -> np.ndarray:
    """Return dy_j/dx^0 (members, rows, inputs) of output j, in float64, computed in padded chunks of one size.

    y_j = units(link(x^L))_j, in the units of the target; 0 where a limit cuts.
    """
    check_process()
    found = np.empty((len(members), rows, *network.inputs))
    numbers = np.arange(network.inputs[0]) < network.inputs[0] - network.n_codes  # codes have nothing between them
    with float64():
        wide = jax.tree.map(lambda *arrays: np.stack(arrays).astype(np.float64), *map(list, members))
        each = Units(*(np.asarray(part, np.float64) for part in units))
        unit = np.eye(network.shapes[-1][0])[output]
        for start in range(0, rows, ROWS_A_CHUNK):
            stop = min(start + ROWS_A_CHUNK, rows)
            x = np.pad(member_rows(start, stop), [(0, 0), (0, ROWS_A_CHUNK - (stop - start)), (0, 0)])
            result = _chunk(network, link, wide, each, unit, x, BESIDE * numbers)
            found[:, start:stop] = np.asarray(result)[:, : stop - start]
    return found


@compiled(static=2)
def _chunk(
    network: Network,
    link: Activation,
    members: Parameters,
    units: Units,
    unit: Float[Array, " outputs"],
    x: Float[Array, "members rows inputs"],
    beside: Float[Array, " inputs"],
) -> Float[Array, "members rows inputs"]:
    def of_member(member: tuple[Parameters, Units, RowsIn]) -> RowsIn:
        parameters, own, rows = member

        def derivative(z: Outputs) -> Outputs:
            y = link.value(z)
            return link.backward(z, y, own.backward(y, unit))

        below, above = (pullback(network, parameters, rows + side * beside, derivative)[1] for side in (-1, 1))
        return (below + above) / 2

    return jnp.asarray(jax.lax.map(of_member, (members, units, x)))
