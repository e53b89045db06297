"""The path that estimators share: from a table and targets to a trained network."""

from contextlib import ExitStack
from dataclasses import dataclass

import jax
import jax.numpy as jnp
import numpy as np

from glassnet.estimators.progress import ProgressBar
from glassnet.network.layer import Parameters
from glassnet.table.columns import Table
from glassnet.table.encode import Encoding, check_spread, encode, learn_encoding
from glassnet.table.scale import Scale, learn_scale
from glassnet.table.schema import Schema, match, read_schema
from glassnet.training.history import Callback, History
from glassnet.training.loop import Data, Plan, Settings, train

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
    return Preparation(schema, encoding, learn_scale(raw, weights[rows]), learn_scale(y[rows], weights[rows]))


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
    data: tuple[np.ndarray, np.ndarray, np.ndarray],
    rows: tuple[np.ndarray, np.ndarray],
    seed: int,
    max_epochs: int,
    callback: Callback | None,
    *,
    verbose: bool,
) -> tuple[Parameters, History]:
    """Return the trained parameters, as NumPy arrays, and the history: scaled data in, a keyed start, a progress bar."""
    key_of_start, key_of_order = jax.random.split(jax.random.key(seed))
    with ExitStack() as stack:
        callbacks = [callback] if callback is not None else []
        if verbose:
            callbacks.append(stack.enter_context(ProgressBar(lines=True)))
        parameters, history = train(
            plan,
            settings,
            plan.network.initial(key_of_start),
            key_of_order,
            Data(*(jnp.asarray(part, jnp.float32) for part in data)),
            *(part.astype(np.int32) for part in rows),
            max_epochs,
            (lambda progress: any([call(progress) for call in callbacks])) if callbacks else None,
        )
    return [{name: np.asarray(array) for name, array in layer.items()} for layer in parameters], history


def mean_one(weights: np.ndarray, rows: np.ndarray) -> np.ndarray:
    """Return the weights scaled to mean one over the training rows."""
    return weights / np.mean(weights[rows])


