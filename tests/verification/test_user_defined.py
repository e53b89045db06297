"""An activation and a layer from outside the package are trained, traced and certified, and are refused by `save`."""

from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np
import pytest

import glassnet
from glassnet import Backward, Coordinatewise, Dense, Forward, Linear, Network, NetworkRegressor, Normal, ParameterSpec


@dataclass(frozen=True)
class HalfArctan(Coordinatewise):
    """sigma(z) = arctan z below 0, z / 2 above: sigma' jumps from 1 to 1/2, |sigma''| <= 3 sqrt(3) / 8, it rises."""

    kinks = (0.0,)
    monotone = True

    def value(self, z):
        return jnp.where(z > 0, z / 2, jnp.arctan(z))

    def derivative(self, z, x):
        return jnp.where(z > 0, 0.5, 1 / (1 + z**2))

    def curvature(self, low, high):
        return jnp.full_like(low, 0.6496)


@dataclass(frozen=True)
class Mix:
    """x^l = x^{l-1} M, without a bias: dE/dM = (x^{l-1})' g, dE/dx^{l-1} = g M'."""

    outputs: int

    def output_shape(self, inputs):
        return (self.outputs,)

    def parameters(self, inputs):
        return {"M": ParameterSpec((inputs[0], self.outputs), Normal(0.5))}

    def forward(self, parameters, x, noise=None):
        z = x @ parameters["M"]
        return Forward(x, z, z)

    def backward(self, parameters, cache, g):
        return Backward(g, {"M": cache.inputs.T @ g}, g @ parameters["M"].T)

    def bounds(self, parameters, inputs):
        return [Linear(self, parameters, terms=inputs[0])]


LAYERS = {
    "activation": [Dense(8, HalfArctan())],
    "layer": [Mix(4), Dense(8, "tanh")],
    "both": [Mix(4), Dense(8, HalfArctan())],
}


def table():
    X = np.random.default_rng(0).normal(size=(200, 3))
    return X, X[:, 0] ** 2 + X[:, 1]


@pytest.fixture(scope="module", params=["activation", pytest.param("layer", marks=pytest.mark.slow), "both"])
def model(request):
    layers = LAYERS[request.param]
    return NetworkRegressor(layers=layers, max_iter=150, n_members=2, random_state=0, solver="adam").fit(*table())


def test_they_are_trained(model):
    assert model.score(*table()) > 0.5


def test_predictions_stay_in_their_bounds(model):
    X = table()[0][:4]
    for epsilon in (0.05, 0.5):
        linear = glassnet.certify(model, X, epsilon, slopes=True)
        interval = glassnet.certify(model, X, epsilon, method="interval")
        random = np.random.default_rng(1)
        t = random.uniform(-1, 1, (2000, 4, 3))
        t[:500] = np.sign(t[:500])  # corners
        x = (linear.box_lower + linear.box_upper) / 2 + t * (linear.box_upper - linear.box_lower) / 2
        x = np.clip(x, linear.box_lower, linear.box_upper)
        predicted = model.predict(x.reshape(-1, 3)).reshape(2000, 4, 1)
        assert (predicted >= linear.lower).all()
        assert (predicted <= linear.upper).all()
        assert (linear.lower >= interval.lower - 1e-9).all()
        assert (linear.upper <= interval.upper + 1e-9).all()


def test_slopes_hold_differences(model):
    X = table()[0][:4]
    found = glassnet.certify(model, X, 0.2, slopes=True)
    h = found.box_upper - found.box_lower
    for column in range(3):
        upper = X.copy()
        upper[:, column] = found.box_upper[:, column]
        lower = X.copy()
        lower[:, column] = found.box_lower[:, column]
        slope = (model.predict(upper) - model.predict(lower)) / h[:, column]
        assert (slope >= found.slope_lower[:, 0, column] - 1e-3).all()
        assert (slope <= found.slope_upper[:, 0, column] + 1e-3).all()


def test_they_are_traced():
    """The first step of gradient descent, against the gradient by hand of f = sigma(x M) v: M moves by -tau dE/dM."""
    network = Network(2, [Mix(2), Dense(1, HalfArctan())])
    M, W = np.array([[1.0, -1.0], [0.5, 2.0]]), np.array([[1.0], [-2.0]])
    x, y = np.array([[1.0, -0.5]]), np.array([[0.5]])
    (step,) = glassnet.trace(network, [{"M": M}, {"W": W, "b": np.zeros(1)}], x, y, step_size=0.1).steps
    h = x @ M
    z = h @ W
    assert z.item() > 0  # where the slope is 1/2
    delta = (z / 2 - y) * 0.5
    np.testing.assert_allclose(step.layers[1].after["W"], W - 0.1 * h.T @ delta)
    np.testing.assert_allclose(step.layers[0].after["M"], M - 0.1 * x.T @ (delta @ W.T))


def test_files_refuse_them(model, tmp_path):
    refusal = (
        "this NetworkRegressor cannot be saved: .* cannot be stored in a model file; use .* glassnet's own records"
    )
    with pytest.raises(glassnet.ModelFileError, match=refusal):
        glassnet.save(model, tmp_path / "model.glassnet")
    assert not list(tmp_path.iterdir())
