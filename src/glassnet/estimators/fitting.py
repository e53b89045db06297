"""The path that estimators share: from a table and targets to a trained network."""

from collections.abc import Sequence
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.table.columns import Table
from glassnet.table.encode import Encoding, check_spread, encode, learn_encoding
from glassnet.table.scale import Scale, learn_scale
from glassnet.table.schema import Schema, match, read_schema
from glassnet.training.history import Callback, History, Progress
from glassnet.training.loop import Data, Plan, Settings, train

Arrays = list[dict[str, np.ndarray]]  # the parameters of a network, one dict a layer

LEAST_ROWS_TO_HOLD_OUT = 20


@dataclass(frozen=True)
class Preparation:
    """How raw columns become the network's inputs, and targets its outputs; learned from training rows alone."""

    schema: Schema
    encoding: Encoding
    inputs: Scale
    targets: Scale

    def scaled_inputs(self, table: Table) -> np.ndarray:
        """Return x^0, float64 (rows, inputs), of a table in raw units."""
        return self.inputs.down(encode(self.schema, self.encoding, match(self.schema, table)))


def prepare(table: Table, y: np.ndarray, weights: np.ndarray, rows: np.ndarray) -> Preparation:
    """Return what these training rows teach about columns and targets; the schema alone is read from all rows."""
    schema = read_schema(table)
    table = match(schema, table)
    for column in y.T:
        check_spread("the target", column)
    encoding = learn_encoding(schema, table.take(rows))
    raw = encode(schema, encoding, table.take(rows))
    if raw.shape[1] == 0:
        raise ValueError(f"no column can be used: {', '.join(f'{c.name} ({c.reason})' for c in schema.columns)}")
    scale = learn_scale(raw, weights[rows], schema.indicators)
    return Preparation(schema, encoding, scale, learn_scale(y[rows], weights[rows]))


def split(rows: int, fraction: float, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Return training rows and validation rows, drawn by the seed; none are held out of fewer than 20."""
    if rows < LEAST_ROWS_TO_HOLD_OUT:
        return np.arange(rows), np.arange(0)
    order = np.random.default_rng(seed).permutation(rows)
    held = max(1, round(fraction * rows))
    return np.sort(order[held:]), np.sort(order[:held])


def run(
    plan: Plan,
    settings: Settings,
    data: Data,
    rows: tuple[np.ndarray, np.ndarray],
    seed: int,
    max_epochs: int,
    callbacks: Sequence[Callback],
) -> tuple[Arrays, History]:
    """Return the trained parameters, as NumPy arrays, and the history; every key comes from the seed."""
    key_of_start, key_of_order = jax.random.split(jax.random.key(seed))
    start = plan.network.initial(key_of_start)
    trained, history = train(plan, settings, start, key_of_order, data, *rows, max_epochs, _all(callbacks))
    return [{name: np.asarray(array) for name, array in layer.items()} for layer in trained], history


def scaled_data(preparation: Preparation, table: Table, y: np.ndarray, weights: np.ndarray, rows: np.ndarray) -> Data:
    """Return what the training loop takes: scaled float32, and weights of mean one over the training rows."""
    x, y = preparation.scaled_inputs(table), preparation.targets.down(y)
    weights = weights / np.mean(weights[rows])
    return Data(jnp.asarray(x, jnp.float32), jnp.asarray(y, jnp.float32), jnp.asarray(weights, jnp.float32))


def _all(callbacks: Sequence[Callback]) -> Callback | None:
    def call(progress: Progress) -> bool:
        answers = [callback(progress) for callback in callbacks]  # every one is called, whatever the others say
        return any(answers)

    return call if callbacks else None
