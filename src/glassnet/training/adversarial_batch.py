"""Batches of which half were moved by an adversary: adversarial training."""

from glassnet._lazy import jax, jnp
from glassnet._types import Integer, RowsIn
from glassnet.data.shared import Batch
from glassnet.network.backward import input_gradient
from glassnet.network.hash_rng import Noise, derived, symmetric
from glassnet.network.layer import Parameters
from glassnet.training.configuration import DynamicConfig, StaticConfig
from glassnet.training.member_data import MemberData

OVERSHOOT = 1.25  # an adversary's only step, in epsilons
CROSSING = 2.5  # several steps together, in epsilons: enough to cross the ball, as Madry et al. have it


def attacked(
    static: StaticConfig, dynamic: DynamicConfig, parameters: Parameters, member: MemberData, batch: Batch, noise: Noise
) -> Batch:
    """Return the batch with a copy of it that an adversary moved: E~ = E(x) / 2 + E(x + d) / 2.

    From u drawn between -epsilon and epsilon, each of k steps goes s sign(dE/dx^0) and back into that box; inputs stay
    within their natural ends. With one step s = 5/4 epsilon (Wong, Rice and Kolter 2020), with several 5/2 epsilon / k
    (Madry et al. 2018). With u = 0 (Goodfellow, Shlens and Szegedy 2015) networks learn to mislead the one step from x.
    """
    far = dynamic.epsilon * member.perturbation
    steps = dynamic.adversarial_steps
    length = jnp.where(steps == 1, OVERSHOOT, CROSSING / steps) * far

    def inside(moved: RowsIn) -> RowsIn:
        return jnp.clip(jnp.clip(moved, batch.x - far, batch.x + far), *member.ends)

    def step(_: Integer | int, moved: RowsIn) -> RowsIn:
        slope = input_gradient(static.network, static.loss, parameters, moved, *batch[1:])
        return inside(moved + length * jnp.sign(slope))

    start = inside(batch.x + far * symmetric(derived(noise.seed, 0), batch.x.shape, noise.first))
    moved = jax.lax.fori_loop(0, steps, step, start)
    return Batch(
        jnp.concatenate([batch.x, moved]),
        jnp.concatenate([batch.y, batch.y]),
        jnp.concatenate([batch.weights, batch.weights]),
    )
