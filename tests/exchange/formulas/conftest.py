"""Tables with every kind of column, and models of them."""

import warnings
from datetime import datetime, timedelta

import numpy as np
import polars as pl
import pytest

from glassnet import NetworkClassifier, NetworkRegressor, Quantile, Recipe

ROWS = 300  # more than 256, so that text of as many values is taken by its parts
HOSTILE = "a \"b\" 'c' \\ \n=cmd()"


def made_table(rows=ROWS, seed=0):
    """Numbers, flags, gaps, categories of few and many levels, booleans, dates, text and columns that are left out."""
    random = np.random.default_rng(seed)
    place = range(rows)
    size = random.normal(size=rows)
    return pl.DataFrame(
        {
            "size": size,
            HOSTILE: [None if i % 7 == 0 else float(i % 13) for i in place],
            "few": [["x", "y", None, "z"][i % 4] for i in place],
            "many": [f"level {i % 19}" for i in place],
            "yes": [None if i % 11 == 0 else bool(i % 2) for i in place],
            "two": [[3, 5][i % 3 == 0] for i in place],
            "begin": [datetime(2020, 1, 1) + timedelta(hours=97 * i) for i in place],
            "end": [None if i % 9 == 0 else datetime(2021, 1, 1) + timedelta(hours=71 * i + i * i) for i in place],
            "for": [timedelta(seconds=int(i) * 37) for i in random.permutation(rows)],
            "text": [f"good {['red', 'blue', 'green'][i % 3]} thing {i}" for i in place],
            "same": [1] * rows,
            "row_id": list(place),
            "large": [2**60 + 3 * int(i) for i in random.permutation(rows)],
        }
    )


def target_of(table):
    return pl.Series("price", 50 + 9 * table["size"].to_numpy() + 5 * (table["few"].fill_null("") == "x").to_numpy())


SMALL = {"hidden_layer_sizes": (4,), "n_members": 2, "max_iter": 2, "random_state": 0}
PLAIN = {"hidden_layer_sizes": (2,), "n_members": 1, "max_iter": 2, "random_state": 0, "preset": "plain"}


def regression():
    table = made_table()
    return NetworkRegressor(**SMALL).fit(table, target_of(table)), table


def classes():
    table = made_table().select("size", HOSTILE, "few", "yes")
    y = np.array(["low", "it's", 'a "b"'])[np.digitize(target_of(table), [45, 55])]
    recipe = Recipe("balanced", embedding="piecewise", label_smoothing=0.1)
    return NetworkClassifier(**SMALL, preset=recipe).fit(table, y), table


def labels():
    X = np.random.default_rng(0).normal(size=(60, 2))
    return NetworkClassifier(**PLAIN).fit(X, (X > 0).astype(int)), X


def quantiles():
    X = np.random.default_rng(1).normal(size=(60, 2))
    return NetworkRegressor(**PLAIN, loss=Quantile((0.1, 0.5, 0.9)), activation="gelu").fit(X, X + 1), X


def distribution():
    X = np.random.default_rng(2).normal(size=(60, 2))
    model = NetworkRegressor(**{**PLAIN, "n_members": 2}, loss="gaussian", activation="tanh")
    return model.fit(X, X[:, 0]), X


def counts():
    random = np.random.default_rng(3)
    X, years = random.normal(size=(60, 2)), random.uniform(0.5, 2, 60)
    model = NetworkRegressor(**PLAIN, loss="poisson", activation="selu")
    return model.fit(X, random.poisson(years), exposure=years), X


def above_zero():
    X = np.random.default_rng(4).normal(size=(60, 2))
    model = NetworkRegressor(**PLAIN, output_range=(0, None), activation="leaky_relu")
    return model.fit(X, np.exp(X[:, 0])), X


CASES = {case.__name__: case for case in (regression, classes, labels, quantiles, distribution, counts, above_zero)}


@pytest.fixture(scope="session")
def cases():
    """Every case by name: its model and its rows."""
    with warnings.catch_warnings():  # of columns that are left out, and of folds beside dates
        warnings.simplefilter("ignore")
        return {name: make() for name, make in CASES.items()}
