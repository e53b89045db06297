"""Write golden model files of the format as it is: NAME.glass with NAME.json, inputs and predictions, in ./files.

They are written once for every format, and what is there stays: `test_model_files.py` loads it, for good.
"""

import json
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from glassnet import Dense, NetworkClassifier, NetworkRegressor, Perceptron, Recipe, save
from glassnet.exchange.model_file import FORMAT
from glassnet.network.augmentation import Shift
from glassnet.network.convolution import Convolution
from glassnet.network.flatten import Flatten
from glassnet.network.pooling import AveragePool, MaxPool

FILES = Path(__file__).with_name("files")
ROWS, SHOWN = 60, 7
SMALL = {"hidden_layer_sizes": (3,), "max_iter": 3, "n_members": 2, "random_state": 0}


def mixed_table(random: np.random.Generator) -> dict[str, list]:
    """Return a column of every kind; some cells are missing."""
    days = np.datetime64("2024-01-01") + np.sort(random.integers(0, 700, ROWS))
    size = random.normal(50, 20, ROWS).round(2).tolist()
    return {
        "size": [None if row % 9 == 4 else value for row, value in enumerate(size)],
        "age": random.integers(0, 90, ROWS).tolist(),
        "new": [1.0 if value else 3.0 for value in random.random(ROWS) > 0.4],
        "town": random.choice(["Bonn", "Köln", "Jülich"], ROWS).tolist(),
        "kind": [f"kind {number:02d}" for number in random.integers(0, 20, ROWS)],
        "sold": [str(day) for day in days],
    }


def in_numbers(found: Any) -> Any:
    """Return predictions, or the ends of intervals side by side, as lists."""
    return np.asarray(np.column_stack([found.lower, found.upper]) if hasattr(found, "lower") else found).tolist()


def golden(name: str, fit: Callable[[], Any], inputs: Any, shown: Any = None, predict: str = "predict") -> None:
    """Write one model and what it says of some rows, unless it is there."""
    path = (FILES / f"format{FORMAT}-{name}").with_suffix(".glass")
    if path.exists():
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of folds and dates
        model = fit()
    save(model, path)
    found = in_numbers(getattr(model, predict)(inputs if shown is None else shown))
    beside = {"inputs": np.asarray(inputs).tolist() if shown is None else inputs, "method": predict}
    text = json.dumps({**beside, "predictions": found}, indent=1)
    path.with_suffix(".json").write_text(text + "\n", encoding="utf-8")


def main() -> None:
    """Fit and write one model of every kind that a file can hold."""
    FILES.mkdir(exist_ok=True)
    random = np.random.default_rng(0)
    columns = mixed_table(random)
    frame, few = pl.DataFrame(columns), {name: cells[:SHOWN] for name, cells in columns.items()}
    y = pl.Series("price", random.gamma(2.0, 100.0, ROWS).round(1))
    table = NetworkRegressor(**SMALL, preset=Recipe("balanced", embedding="both"), dropout=0.1)
    golden("table", lambda: table.fit(frame, y), few, pl.DataFrame(few))

    X = random.normal(size=(ROWS, 3))
    Y = np.column_stack([X[:, 0] + random.normal(size=ROWS), X[:, 1] ** 2])
    labels = np.array(["no", "perhaps", "yes"])[np.digitize(X[:, 0], [-0.5, 0.5])]
    quantiles = NetworkRegressor(**SMALL, loss="quantile", output_range=(None, None))
    golden("quantiles", lambda: quantiles.fit(X, Y), X[:SHOWN])
    alone = {**SMALL, "n_members": 1, "activation": "tanh"}
    squares = NetworkRegressor(**alone, solver="lm", preset="plain")
    golden("least-squares", lambda: squares.fit(X, Y[:, 0]), X[:SHOWN])
    classifier = NetworkClassifier(**SMALL, class_weight="balanced")
    golden("classifier", lambda: classifier.fit(X, labels), X[:SHOWN], predict="predict_proba")
    golden("perceptron", lambda: Perceptron(random_state=0).fit(X, X @ [1, -2, 0.5] > 0.1), X[:SHOWN])

    wide = NetworkRegressor(**SMALL, early_stopping=True)
    golden("intervals", lambda: wide.fit(X, Y), X[:SHOWN], predict="predict_interval")

    seen = random.integers(0, 256, (ROWS, 8, 8, 1)).astype(np.uint8)
    layers = [Shift(1), Convolution(2, 3, "relu", padding="same"), MaxPool(2), AveragePool(2), Flatten(), Dense(1)]
    images = NetworkRegressor(layers=layers, max_iter=2, n_members=2, random_state=0)
    golden("images", lambda: images.fit(seen, seen.mean(axis=(1, 2, 3))), seen[:SHOWN])


if __name__ == "__main__":
    main()
