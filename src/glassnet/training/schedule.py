"""Schedules: the factor of the step size at a moment of training.

t in [0, 1) is the fraction of all steps done. `invscaling` is scikit-learn's, over samples seen; `adaptive` is too, and
acts through the member's own step size (see `epochs.adapted`), so that here it is constant.
"""

from glassnet._lazy import jnp
from glassnet._types import Scalar

SCHEDULES = ("constant", "cosine", "flat_cosine", "log_cosine", "invscaling", "adaptive")
SLOWEST = 1e-6  # below this step size `adaptive` stops
ADAPTIVE_CUT = 5.0


def step_size_factor(name: str, t: Scalar, samples: Scalar, warmup: float | Scalar, power: float | Scalar) -> Scalar:
    """Return the factor of the step size.

    constant    1
    cosine      (1 + cos(pi t)) / 2                        (Loshchilov and Hutter 2017)
    flat_cosine 1 up to t = 1/2, then (1 + cos(pi (2 t - 1))) / 2
    log_cosine  (1 - cos(2 pi log2(1 + 15 t))) / 2         four cycles, each longer (RealMLP, Holzmueller et al. 2024)
    invscaling  (samples + 1)^-power                       scikit-learn

    For t < warmup all of it is multiplied by t / warmup, from 0 to 1.
    """
    if name == "cosine":
        factor = (1 + jnp.cos(jnp.pi * t)) / 2
    elif name == "flat_cosine":
        factor = fading(t, 0.5)
    elif name == "log_cosine":
        factor = (1 - jnp.cos(2 * jnp.pi * jnp.log2(1 + 15 * t))) / 2
    elif name == "invscaling":
        factor = (samples + 1) ** -power
    else:
        factor = jnp.ones_like(t)
    return factor * jnp.where(t < warmup, t / jnp.maximum(warmup, 1e-9), 1.0)


def fading(t: Scalar, start: float | Scalar) -> Scalar:
    """Return the strength of decay and dropout: 1 up to t = start, then (1 + cos(pi (t - start) / (1 - start))) / 2."""
    gone = jnp.maximum(t - start, 0) / jnp.maximum(1 - start, 1e-9)
    return (1 + jnp.cos(jnp.pi * gone)) / 2
