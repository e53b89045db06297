"""Lines around curves: sound against dense sampling, tight where theory says how tight, curvature by differences."""

from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from glassnet.network.activation import (
    ACTIVATIONS,
    ELU,
    BoundedActivation,
    Coordinatewise,
    Exponential,
    Mish,
    ReLU,
    activation_rules,
)
from glassnet.verification.linear_relaxation import HALVINGS, enclose, points_between, slopes_between

ELEMENTWISE = {name: a for name, a in ACTIVATIONS.items() if isinstance(a, Coordinatewise)}
ELEMENTWISE |= {"elu(2)": ELU(2.0), "elu(-1)": ELU(-1.0)}


@pytest.fixture(autouse=True)
def double():
    with jax.enable_x64(True):
        yield


def intervals(count=400, seed=0):
    """Return intervals of widths from 0 to 20, many about 0, where activations turn."""
    random = np.random.default_rng(seed)
    middle, radius = random.normal(size=count) * 3, 10 ** random.uniform(-6, 1, count)
    radius[:20] = 0
    return jnp.asarray(middle - radius), jnp.asarray(middle + radius)


def _or_zero(curvature):
    return 0.0 if curvature is None else curvature


def tabled(activation, low, high, steps=16):
    points = points_between(low, high, tuple(map(jnp.asarray, activation.kinks)), steps)
    return points, activation.value(points), jnp.asarray(_or_zero(activation.curvature(low, high)))


def lines_around(activation, low, high, steps=16):
    return jax.jit(lambda a, b: enclose(*tabled(activation, a, b, steps), monotone=activation.monotone))(low, high)


@cache
def explored(name):
    """Return intervals, points along them, values, derivatives, lines and bounds of the slope, by one program."""
    activation, (low, high) = ELEMENTWISE[name], intervals()

    @jax.jit
    def explore(low, high, z):
        points = tabled(activation, low, high)
        x = activation.value(z)
        lines, slopes = enclose(*points, monotone=activation.monotone), slopes_between(*points)
        return x, activation.derivative(z, x), lines, slopes

    z = along(low, high)
    return (low, high), z, *jax.tree.map(np.asarray, explore(low, high, z))


def along(low, high, count=5001):
    """Return points from low to high, the first axis along the way."""
    return np.linspace(low, high, count)


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_curves_stay_between_their_lines(name):
    _, z, x, _, lines, _ = explored(name)
    noise = 1e-12 * (1 + np.abs(x).max(axis=0))
    assert (x >= lines.below_slope * z + lines.below_start - noise).all()
    assert (x <= lines.above_slope * z + lines.above_start + noise).all()
    assert (x >= lines.low - noise).all()
    assert (x <= lines.high + noise).all()


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_slopes_stay_in_their_interval(name):
    (low, high), z, _, slope, _, (least, most) = explored(name)
    wide = high - low > 1e-5
    inside = np.all([np.abs(z - at) > 0 for at in (*ELEMENTWISE[name].kinks, np.inf)], axis=0)[1:-1] & wide
    assert wide.sum() > 300
    assert np.where(inside, slope[1:-1] >= least - 1e-9, True).all()
    assert np.where(inside, slope[1:-1] <= most + 1e-9, True).all()


@pytest.mark.parametrize("name", ELEMENTWISE)
def test_curves_that_rise_have_their_extremes_at_the_ends(name):
    activation, (_, z, x, slope, lines, _) = ELEMENTWISE[name], explored(name)
    assert z.min() < -10
    assert z.max() > 10
    assert activation.monotone == bool((slope >= 0).all())
    if activation.monotone:
        np.testing.assert_allclose(lines.low, x[0], rtol=1e-15)
        np.testing.assert_allclose(lines.high, x[-1], rtol=1e-15)


@pytest.mark.parametrize("name", ["mish", "tanh", "relu"])
def test_lines_do_not_depend_on_how_the_middle_is_rounded(name):
    low, high = intervals()
    low, high = low[20:], high[20:]
    moved = lines_around(ELEMENTWISE[name], low * (1 + 1e-15), high * (1 - 1e-15))
    for line, other in zip(lines_around(ELEMENTWISE[name], low, high), moved, strict=True):
        np.testing.assert_allclose(line, other, atol=4 * 0.5**HALVINGS)  # as far as the halving goes


@pytest.mark.parametrize("name", [name for name, a in ELEMENTWISE.items() if not isinstance(a, Exponential)])
def test_curvatures_are_upper_bounds(name):
    """Differences of the derivative rule, which has witnesses of its own, away from the kinks."""
    activation = ELEMENTWISE[name]
    step = 1e-5
    z = jnp.concatenate([jnp.linspace(-12, 12, 240_001), jnp.linspace(-200, 200, 4001)])
    z = z[jnp.stack([jnp.abs(z - at) > 1e-3 for at in (*activation.kinks, jnp.inf)]).all(axis=0)]
    slopes = [activation.derivative(z + move, activation.value(z + move)) for move in (step, -step)]
    found = float(jnp.max(jnp.abs(slopes[0] - slopes[1])) / (2 * step))
    given = float(_or_zero(activation.curvature(z, z)))
    assert found <= given * (1 + 1e-6) + 1e-9
    assert given <= 1.01 * found + 1e-9  # and no looser than need be


def test_lines_of_the_rectifier_are_the_known_ones():
    """On [-1, 3] the chord is (3/4)(z + 1), and below the middle, 1, the highest line under max(0, z) is z itself."""
    lines = lines_around(ReLU(), jnp.asarray([-1.0, -3.0]), jnp.asarray([3.0, 1.0]), 1)
    np.testing.assert_allclose(lines.above_slope, [0.75, 0.25], atol=1e-5)
    np.testing.assert_allclose(lines.above_start, [0.75, 0.75], atol=1e-5)
    np.testing.assert_allclose(lines.below_slope, [1.0, 0.0], atol=1e-5)
    np.testing.assert_allclose(lines.below_start, 0.0, atol=1e-5)


def test_lines_of_a_convex_curve_are_chord_and_tangent():
    low, high = jnp.asarray([-0.3]), jnp.asarray([0.5])  # where mish is convex
    lines = lines_around(Mish(), low, high)
    middle, width = (low + high) / 2, high - low
    value = Mish().value
    slope = Mish().derivative(middle, value(middle))
    np.testing.assert_allclose(lines.below_slope, slope, atol=0.02)
    np.testing.assert_allclose(lines.below_slope * middle + lines.below_start, value(middle), atol=1e-3)
    np.testing.assert_allclose(lines.above_slope, (value(high) - value(low)) / width, atol=1e-5)


class WithoutBounds:
    """The two rules that training needs, and no third."""

    def value(self, z):
        return 2 * z

    def backward(self, z, x, g):
        return 2 * g


def test_every_activation_has_a_rule():
    for activation in ACTIVATIONS.values():
        assert isinstance(activation, BoundedActivation)
        activation_rules(activation)
    with pytest.raises(
        TypeError, match=r"WithoutBounds object .* has no bounds; use an activation that has: ELU, Exponential, "
    ):
        activation_rules(WithoutBounds())
