"""Files of networks: every activation and layer, images, and a thousand networks that are drawn at random."""

from dataclasses import replace

import numpy as np
import pytest

from glassnet import (
    ELU,
    AveragePool,
    Convolution,
    Crop,
    Dense,
    Dropout,
    Flatten,
    Flip,
    LeakyReLU,
    MaxPool,
    Network,
    NetworkClassifier,
    NetworkRegressor,
    ParametricActivation,
    Shift,
)
from glassnet.exchange.formulas import numpy_activations, numpy_layers
from glassnet.exchange.formulas.model_arrays import model_arrays
from glassnet.exchange.formulas.numpy_predictions import of_members
from glassnet.exchange.formulas.python_calls import network_code
from glassnet.exchange.onnx.graph import Graph
from glassnet.exchange.onnx.parity import run_reference, run_runtime
from glassnet.exchange.onnx.write_activations import ACTIVATIONS as WRITTEN
from glassnet.exchange.onnx.write_images import IMAGE_LAYERS
from glassnet.exchange.onnx.write_layers import LAYERS
from glassnet.exchange.onnx.write_network import write_members
from glassnet.exchange.onnx.write_proto import model_bytes
from glassnet.network.activation import ACTIVATIONS, Increasing

ROUNDING = 1e-9, 1e-6  # of float64, and of the error function, which runtimes have in float32
PLAIN = {"n_members": 1, "max_iter": 1, "random_state": 0, "preset": "plain"}


@pytest.fixture(scope="module")
def ensemble():
    X = np.random.default_rng(0).normal(size=(60, 3))
    return NetworkRegressor((2,), **PLAIN | {"n_members": 2}).fit(X, X.sum(axis=1)).ensemble_


def test_every_activation_that_has_a_name_is_written():
    assert WRITTEN.keys() == {*map(type, ACTIVATIONS.values()), Increasing}


@pytest.mark.filterwarnings("ignore:the derivative of 'heaviside' is 0")
def test_every_activation_at_once(agrees):
    X = np.random.default_rng(0).normal(size=(60, 2))
    layers = [Dense(3, activation) for activation in (*ACTIVATIONS.values(), ELU(0.3), LeakyReLU(0.2))]
    model = NetworkRegressor(layers=[*layers, Dropout(0.5), ParametricActivation("gelu")], **PLAIN).fit(
        X, X.sum(axis=1)
    )
    agrees(model, X, {"prediction": model.predict(X)})


def test_an_activation_near_and_far_from_zero(ensemble):
    X = np.concatenate([scale * np.random.default_rng(0).normal(size=(20, 3)) for scale in (1e-3, 1, 30, 1e4)])
    for name in sorted(ACTIVATIONS):
        drawn = with_layers(ensemble, [Dense(8, name)], seed=1)
        expected = members_in_numpy(drawn, X)
        for found in members_by_file(drawn, X):
            np.testing.assert_allclose(found, expected, rtol=ROUNDING[name == "gelu"], atol=ROUNDING[name == "gelu"])


IMAGE_NETWORKS = {
    "windows of every kind": [
        Convolution(3, 3, "relu", stride=2, padding="same"),
        Convolution(4, (2, 3), "mish", padding=((1, 0), (2, 1)), flip=True),
        MaxPool(2, stride=1, padding=1),
        AveragePool(2, padding=1),
        AveragePool((2, 1), count_padding=True, padding=((1, 0), (0, 0))),
        Flatten(),
    ],
    "augmentation": [
        Crop(7, 6),
        Shift(1),
        Flip(),
        Dropout(0.2, channels=True),
        Flatten(),
        ParametricActivation("tanh"),
        Dense(5, "softmax"),
    ],
    "channels": [Convolution(4, 3, "gelu"), AveragePool(2), MaxPool(None), Flatten()],
}
MEMBERS = [2, 2, 1]


@pytest.mark.parametrize(
    ("layers", "members"), list(zip(IMAGE_NETWORKS.values(), MEMBERS, strict=True)), ids=IMAGE_NETWORKS
)
def test_images(agrees, layers, members):
    random = np.random.default_rng(0)
    X = random.integers(0, 256, (24, 8, 9, 2), dtype=np.uint8)
    model = NetworkClassifier(layers=layers, **PLAIN | {"n_members": members}).fit(X, np.arange(24) % 3)
    written = agrees(model, X, {"label": model.predict(X), "probabilities": model.predict_proba(X)})
    assert written.inputs == ("images (float32, rows x 8 x 9 x 2)",)


def test_numbers_of_images(agrees):
    X = np.random.default_rng(0).random((30, 6, 6, 1))
    model = NetworkRegressor(layers=[Convolution(2, 3, "relu"), Flatten()], **PLAIN | {"n_members": 2})
    model.fit(X, X.mean(axis=(1, 2, 3)))
    expected = {"prediction": model.predict(X), "members_standard_deviation": model.predict_members(X).std(axis=0)}
    agrees(model, X, expected)


def drawn_layers(random):
    """Return layers of a network that is drawn at random; what a last bit changes, a step, is in the first alone."""
    steady = sorted(ACTIVATIONS.keys() - {"heaviside", "exponential"})
    layers = []
    for number in range(random.integers(1, 4)):
        names = steady if number else [*steady, "heaviside"]
        layers.append(Dense(int(random.integers(1, 9)), str(random.choice(names))))
        if random.random() < 0.3:
            layers.append(ParametricActivation(str(random.choice(["relu", "mish", "tanh"]))))
    return layers


@pytest.mark.slow
def test_a_thousand_random_networks(ensemble):
    """Each is the same network in NumPy, on rows that come near and far."""
    random = np.random.default_rng(0)
    X = np.concatenate([scale * random.normal(size=(20, 3)) for scale in (1, 30)])
    for number in range(1000):
        drawn = with_layers(ensemble, drawn_layers(random), number)
        expected = members_in_numpy(drawn, X)
        for found in members_by_file(drawn, X):
            np.testing.assert_allclose(found, expected, rtol=1e-6, atol=1e-6)


def with_layers(ensemble, layers, seed):
    """Return an ensemble of other layers, with parameters that are drawn."""
    network = Network(3, [*layers, Dense(1)])
    members = [
        replace(member, parameters=[dict(layer) for layer in network.initialize(seed + 10_000 * number)])
        for number, member in enumerate(ensemble.members)
    ]
    return replace(ensemble, network=network, members=tuple(members))


def members_in_numpy(ensemble, X):
    """Return what members predict by the functions of a Python module that is written of them."""
    names = {**vars(numpy_layers), **vars(numpy_activations), "np": np, "Arrays": dict}
    exec(network_code(ensemble.network, ensemble.link), names)
    return of_members(X, model_arrays(ensemble), names["network"])


def members_by_file(ensemble, X):
    """Return what members predict by a file that is written of them alone, by onnx's evaluator and by onnxruntime."""
    graph = Graph()
    graph.add_output("y", write_members(graph, ensemble), np.float64, (len(ensemble.members), "rows", 1))
    content = model_bytes(graph, "", {})
    feeds = {f"x{place}": column[:, None] for place, column in enumerate(X.T)}
    return [run(content, feeds)["y"] for run in (run_reference, run_runtime)]


def test_every_layer_of_a_table_or_an_image_is_written():
    assert {layer.__name__ for layer in {**LAYERS, **IMAGE_LAYERS}} == {
        "AveragePool", "BoundedScaling", "Convolution", "Crop", "Dense", "Dropout", "Embedding", "Flatten", "Flip",
        "InputScaling", "LinearPath", "MaxPool", "ParametricActivation", "Periodic", "PiecewiseLinear", "Shift",
        "SmoothClip",
    }  # fmt: skip
