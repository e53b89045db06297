"""Fits on meshes of four processor devices, compared with fits on one: prints what differs, as JSON."""

import json
import re
import sys
import warnings

import jax
import numpy as np

from glassnet import NetworkRegressor
from glassnet.ensemble import epoch_runs
from glassnet.training import epochs
from glassnet.training.ravel import raveled

ROWS, BATCH = 1_024, 32


def table():
    random = np.random.default_rng(0)
    X = random.normal(size=(ROWS, 4))
    return X, np.sin(2 * X[:, 0]) + X[:, 1] * X[:, 2] + 0.1 * random.normal(size=ROWS)


def fit(devices, members, **options):
    """Return flat parameters (members, parameters) and validation losses of a fit on so many devices."""
    epoch_runs.training_devices = lambda: tuple(jax.devices()[:devices])
    given = {"hidden_layer_sizes": (32, 32), "batch_size": BATCH, "n_members": members, "random_state": 0, "alpha": 1.0}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = NetworkRegressor(**{**given, "max_iter": 1, "early_stopping": True, **options}).fit(*table())
    theta = np.stack([np.concatenate(raveled(member.parameters)) for member in model.members_])
    return theta, np.array([member.history.validation_loss for member in model.members_])


def apart(theta, other):
    """Return the largest difference of parameters over the largest parameter."""
    return float(np.max(np.abs(theta - other)) / np.max(np.abs(theta)))


def collectives(devices, members):
    """Return how many all-reduces the compiled program of such a fit has."""
    epochs.advance.drop()
    fit(devices, members, preset="plain")
    (program,) = epochs.advance._programs.values()
    text = program.lower(*ARGUMENTS[-1]).compile().as_text()
    return len(re.findall(r" all-reduce(?:-start)?\(", text))


ARGUMENTS = []


def remembered(call):
    """Remember the shapes of what the program is called with."""

    def program(self, static, others):
        made = call(self, static, others)

        def called(*arguments, **named):
            ARGUMENTS.append(jax.tree.map(lambda a: jax.ShapeDtypeStruct(np.shape(a), np.asarray(a).dtype), arguments))
            return made(*arguments, **named)

        called.lower = made.lower
        return called if self is epochs.advance else made

    return program


def main():
    found = {"members": {}, "rows": {}, "all-reduces": {}}
    kinds = {"plain": {"preset": "plain"}, "recipe": {}, "dropout": {"preset": "plain", "dropout": 0.3}}
    for name, options in kinds.items():  # 25 steps of 32 of the 806 rows that a member learns from
        two = [fit(devices, 4, **options)[0] for devices in (1, 2)]
        found["members"][name] = apart(*two)
        for devices, members in ((4, 1), (4, 2)):
            pair = [fit(count, members, **options)[0] for count in (1, devices)]
            found["rows"][f"{name}, {members} members"] = apart(*pair)
    one, four = (fit(devices, 1, max_iter=20)[1] for devices in (1, 4))
    found["losses"] = float(np.max(np.abs(one[:, -1] - four[:, -1]) / one[:, -1]))
    wrapped = type(epochs.advance)._program
    type(epochs.advance)._program = remembered(wrapped)
    for devices, members in ((4, 4), (2, 1), (4, 2)):
        found["all-reduces"][f"{devices} devices, {members} members"] = collectives(devices, members)
    sys.stdout.write(json.dumps(found))


if __name__ == "__main__":
    main()
