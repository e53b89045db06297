"""A network beside the mean and linear regression, on the same split of the same table."""

from dataclasses import dataclass
from typing import cast

import numpy as np
import polars as pl
from sklearn.datasets import load_diabetes
from sklearn.dummy import DummyRegressor
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import train_test_split
from sklearn.utils import Bunch

from glassnet.estimators.metrics import Errors, errors
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.insight.predictions import Predictions
from glassnet.insight.predictions import predictions as predictions_of
from glassnet.insight.summary import Summary, summarise
from glassnet.insight.text import TextTable
from glassnet.training.history import Callback

TEST_FRACTION = 0.25


@dataclass(frozen=True)
class Comparison:
    """Test errors by model name, the network that was fitted, and its predictions of the test rows."""

    about: str
    errors: dict[str, Errors]
    summary: Summary
    model: NetworkRegressor
    predictions: Predictions

    def table(self) -> TextTable:
        """Return one line a model."""
        rows = [(name, e.rmse, e.mae, e.r2) for name, e in self.errors.items()]
        return TextTable(("model", "test RMSE", "test MAE", "R2"), tuple(rows), decimals=3)


def compare_on_diabetes(seed: int, callback: Callback | None = None) -> Comparison:
    """Return the comparison on the diabetes table that scikit-learn ships: 442 patients, progression after a year."""
    table = cast(Bunch, load_diabetes(scaled=False))
    X = pl.DataFrame(table.data, schema=table.feature_names)  # not as_frame, which needs pandas
    y = pl.Series("target", table.target)
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=TEST_FRACTION, random_state=seed)
    network = NetworkRegressor(random_state=seed, callback=callback).fit(X_train, y_train)
    models = {
        "network": network,
        "linear regression": LinearRegression().fit(X_train, y_train),
        "mean": DummyRegressor().fit(X_train, y_train),
    }
    predictions = {name: np.asarray(model.predict(X_test)) for name, model in models.items()}
    actual = np.asarray(y_test, dtype=np.float64)
    return Comparison(
        about=f"diabetes: {len(X)} patients, {len(X_train)} to learn from, {len(X_test)} to test on, seed {seed}",
        errors={name: errors(actual, prediction) for name, prediction in predictions.items()},
        summary=summarise(network, X_train, y_train),
        model=network,
        predictions=predictions_of(network, X_test, y_test),
    )
