"""Write golden model files of the format as it is: NAME.glass with NAME.json, inputs and predictions, in ./files.

They are written once for every format and never again: `test_model_files.py` loads them all, for good.
"""

import json
import warnings
from pathlib import Path

import numpy as np
import polars as pl

from glassnet import NetworkClassifier, NetworkRegressor, Perceptron, save
from glassnet.exchange.model_file import FORMAT

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


def golden(name: str, model: object, inputs: object, shown: object, predict: str = "predict") -> None:
    """Write one model and what it says of some rows."""
    path = save(model, FILES / f"format{FORMAT}-{name}")
    found = getattr(model, predict)(shown)
    text = json.dumps({"inputs": inputs, "method": predict, "predictions": np.asarray(found).tolist()}, indent=1)
    path.with_suffix(".json").write_text(text + "\n", encoding="utf-8")


def main() -> None:
    """Fit and write one model of every kind that a file can hold."""
    FILES.mkdir(exist_ok=True)
    random = np.random.default_rng(0)
    columns = mixed_table(random)
    frame, few = pl.DataFrame(columns), {name: cells[:SHOWN] for name, cells in columns.items()}
    y = pl.Series("price", random.gamma(2.0, 100.0, ROWS).round(1))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of folds and dates
        table = NetworkRegressor(**SMALL, embedding="both", dropout=0.1).fit(frame, y)
    golden("table", table, few, pl.DataFrame(few))

    X = random.normal(size=(ROWS, 3))
    numbers = X[:SHOWN].tolist()
    Y = np.column_stack([X[:, 0] + random.normal(size=ROWS), X[:, 1] ** 2])
    quantiles = NetworkRegressor(**SMALL, loss="quantile", output_range=(None, None)).fit(X, Y)
    golden("quantiles", quantiles, numbers, numbers)
    steps = {**SMALL, "n_members": 1, "activation": "tanh"}
    golden("least-squares", NetworkRegressor(**steps, solver="lm", preset="plain").fit(X, Y[:, 0]), numbers, numbers)
    labels = np.array(["no", "perhaps", "yes"])[np.digitize(X[:, 0], [-0.5, 0.5])]
    classifier = NetworkClassifier(**SMALL, class_weight="balanced").fit(X, labels)
    golden("classifier", classifier, numbers, numbers, "predict_proba")
    golden("perceptron", Perceptron(random_state=0).fit(X, X @ [1, -2, 0.5] > 0.1), numbers, numbers)


if __name__ == "__main__":
    main()
