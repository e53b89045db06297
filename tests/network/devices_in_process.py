"""Fit in a process of three devices, two of which play graphics cards; print where programs ran, and numbers.

By default this process computes on the second device, as one with a graphics card does.
"""

import hashlib
import json
import tempfile
from unittest import mock

import jax
import jax.numpy as jnp
import numpy as np

from glassnet import NetworkRegressor, trace
from glassnet.network import compiled_programs, devices

_, card, other = jax.devices()
jax.config.update("jax_default_device", card)
data = np.random.default_rng(0)
X = data.normal(size=(5000, 3))
y = X[:, 0] + np.sin(2 * X[:, 1])
ran = {}
look_up = compiled_programs.Compiled._program


def noted(function, *key):
    program = look_up(function, *key)

    def run(*arguments, **named):
        result = program(*arguments, **named)
        places = ran.setdefault(function.__name__, set())
        for leaf in jax.tree.leaves(result):
            if not isinstance(leaf, jax.core.Tracer):  # one program in another
                places.update(device.id for device in leaf.devices())
        return result

    return run


def digest(model):
    arrays = [array.tobytes() for layer in model.parameters_ for array in layer.values()]
    return hashlib.sha256(b"".join(arrays)).hexdigest()


def cut_short(progress):
    raise RuntimeError("enough")


def places():
    found = {name: sorted(ids) for name, ids in ran.items()}
    ran.clear()
    return found


told = {}
with (
    mock.patch.object(devices, "graphics_cards", return_value=(card,)),
    mock.patch.object(jax, "default_backend", return_value="gpu"),
    mock.patch.object(compiled_programs.Compiled, "_program", noted),
):
    # Three members are one part on both.
    plain = NetworkRegressor((8,), "tanh", preset="fast", n_members=3, max_iter=3, random_state=0)
    for device in ("auto", "gpu", "cpu"):
        model = NetworkRegressor(**{**plain.get_params(), "device": device}).fit(X, y)
        told[device] = {"device": model.device_, "digest": digest(model), "ran": places()}
        few, many = model.predict(X[:100]), model.predict(X)
        told[device] |= {"predicted": places(), "apart": float(np.abs(many[:100] - few).max())}
    # Eight members are two parts of four on the processor, and four on each of two cards.
    eight = NetworkRegressor((4,), preset="fast", n_members=8, max_iter=2, batch_size=64, random_state=0)
    for device, cards in (("cpu", (card,)), ("gpu", (card, other))):
        with mock.patch.object(devices, "graphics_cards", return_value=cards):
            model = NetworkRegressor(**{**eight.get_params(), "device": device}).fit(X, y)
        told[f"eight on {device}"] = {"device": model.device_, "digest": digest(model), "ran": places()}
    # Its parts are others on a card, so a checkpoint is refused there.
    with tempfile.TemporaryDirectory() as folder:
        eight.set_params(device="cpu", callback=cut_short)
        try:
            eight.fit(X, y, checkpoint=folder)
        except RuntimeError:
            eight.set_params(device="gpu", callback=None)
        try:
            eight.fit(X, y, checkpoint=folder)
        except ValueError as error:
            told["checkpoint"] = str(error)
    ran.clear()
    for solver in ("lbfgs", "lm"):
        model = NetworkRegressor((3,), solver=solver, n_members=2, max_iter=3, random_state=0).fit(X[:200], y[:200])
        told[solver] = {"device": model.device_, "ran": places()}
    trace(plain.set_params(device="gpu").fit(X, y), X[:2], y[:2])
    with devices.float64():
        ones = jnp.ones(2)
    told["float64"] = [str(ones.dtype), [device.id for device in ones.devices()]]
print(json.dumps(told))
