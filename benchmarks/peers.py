"""Models of other packages that `accuracy.py` fits beside ours, each with its own defaults, for numbers and classes.

Peers need numbers: missing cells as NaN, categories as codes or strings where the peer has a type for them, dates as
seconds and calendar parts (`Mixed`). `classes` is their number, 0 where targets are numbers. Bagged trees are what our
cross-fitted members are compared with fairly: 8 models, each stopped early on the eighth of the rows that it does not
see, and the mean of what they predict.
"""

import numpy as np
import pandas as pd
import polars as pl
from sklearn.compose import TransformedTargetRegressor, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression, RidgeCV
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder, OrdinalEncoder, StandardScaler

FOLDS = 8
PATIENCE = 100  # rounds without improvement by which bagged trees stop
MOST_TREES = 5_000  # of LightGBM bagged, whose default is a fixed 100; CatBoost's own 1,000 set its learning rate too
PENALTIES = np.geomspace(1e-6, 1e6, 49)


class Mixed:
    """A peer's table: dates as numbers, text as strings, the places of the text columns."""

    def __init__(self, frame):
        parts = []
        for name, kind in frame.schema.items():
            column = pl.col(name)
            if kind.is_temporal():
                parts.append(column.dt.epoch("s").alias(name))
                parts += [
                    getattr(column.dt, part)().alias(f"{name} {part}")
                    for part in ("month", "day", "weekday", "hour", "minute")
                ]
            else:
                parts.append(column.cast(pl.Float64) if kind.is_numeric() else column.cast(pl.String))
        self.frame = frame.select(parts)
        self.text = [place for place, kind in enumerate(self.frame.dtypes) if kind == pl.String]
        self.numbers = [place for place in range(self.frame.width) if place not in self.text]
        self.cells = np.empty(self.frame.shape, dtype=object)
        for place, column in enumerate(self.frame.iter_columns()):
            gap = np.nan if place in self.numbers else None
            self.cells[:, place] = [gap if cell is None else cell for cell in column.to_list()]


class Prepared:
    """A model behind what its package needs done to the cells.

    What fit takes besides is of the prepared cells (`told`), and of cells and targets to stop by (`stop`).
    """

    def __init__(self, prepare, model, told=None, stop=None):
        self.prepare, self.model, self.told, self.stop = prepare, model, told, stop

    def fit(self, X, y, held_out=None):
        cells = self.prepare.fit_transform(X)
        options = self.told(cells) if self.told else {}
        if held_out is not None:
            options |= self.stop(self.prepare.transform(held_out[0]), held_out[1])
        self.model.fit(cells, y, **options)
        return self

    def predict(self, X):
        return self.model.predict(self.prepare.transform(X))

    def predict_proba(self, X):
        return self.model.predict_proba(self.prepare.transform(X))

    @property
    def classes_(self):
        return self.model.classes_


def probabilities(model, X, classes):
    """Return probabilities of so many classes, 0 of one that the model has not seen."""
    found = np.zeros((len(X), classes))
    found[:, np.asarray(model.classes_, dtype=int)] = model.predict_proba(X)
    return found


class Bagged:
    """Models of 8 folds, each stopped by the fold that it does not see, and their mean."""

    def __init__(self, make, classes, seed):
        self.make, self.classes_ = make, np.arange(classes)
        self.folds = (StratifiedKFold if classes else KFold)(FOLDS, shuffle=True, random_state=seed)

    def fit(self, X, y):
        parts = self.folds.split(X, y)
        self.models = [self.make().fit(X[train], y[train], (X[held], y[held])) for train, held in parts]
        return self

    def predict(self, X):
        return np.mean([model.predict(X) for model in self.models], axis=0)

    def predict_proba(self, X):
        return np.mean([probabilities(model, X, len(self.classes_)) for model in self.models], axis=0)


class Strings:
    """Cells with a word in the place of missing text."""

    def __init__(self, text):
        self.text = text

    def fit_transform(self, X):
        return self.transform(X)

    def transform(self, X):
        X = X.copy()
        for place in self.text:
            X[:, place] = ["missing" if cell is None else cell for cell in X[:, place]]
        return X


class Codes:
    """Cells as numbers, categories as codes learned from the training rows and first."""

    def __init__(self, text):
        encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=np.nan)
        self.columns = make_column_transformer((encoder, text), remainder="passthrough")

    def fit_transform(self, X):
        return self.columns.fit_transform(X).astype(float)

    def transform(self, X):
        return self.columns.transform(X).astype(float)


def one_hot(mixed):
    return make_column_transformer(
        (make_pipeline(SimpleImputer(strategy="median", add_indicator=True), StandardScaler()), mixed.numbers),
        (make_pipeline(SimpleImputer(missing_values=None, strategy="most_frequent"),
                       OneHotEncoder(handle_unknown="ignore", sparse_output=False)), mixed.text),
    )  # fmt: skip


def catboost(mixed, classes, seed):
    from catboost import CatBoostClassifier, CatBoostRegressor

    make = CatBoostClassifier if classes else CatBoostRegressor
    model = make(cat_features=mixed.text, random_seed=seed, verbose=False, allow_writing_files=False)

    def stop(X, y):
        return {"eval_set": (X, y), "early_stopping_rounds": PATIENCE, "use_best_model": True}

    return Prepared(Strings(mixed.text), model, stop=stop)


def lightgbm(mixed, classes, seed, **options):
    from lightgbm import LGBMClassifier, LGBMRegressor, early_stopping

    model = (LGBMClassifier if classes else LGBMRegressor)(random_state=seed, verbose=-1, **options)

    def told(cells):
        return {"categorical_feature": list(range(len(mixed.text)))}

    def stop(X, y):
        return {"eval_set": [(X, y)], "callbacks": [early_stopping(PATIENCE, verbose=False)]}

    return Prepared(Codes(mixed.text), model, told, stop)


def hist_gradient_boosting(mixed, classes, seed):
    make = HistGradientBoostingClassifier if classes else HistGradientBoostingRegressor
    return Prepared(Codes(mixed.text), make(categorical_features=list(range(len(mixed.text))), random_state=seed))


def mlp(mixed, classes, seed):
    if classes:
        return make_pipeline(one_hot(mixed), MLPClassifier(random_state=seed))
    network = TransformedTargetRegressor(MLPRegressor(random_state=seed), transformer=StandardScaler())
    return make_pipeline(one_hot(mixed), network)


def linear(mixed, classes, seed):
    model = LogisticRegression(max_iter=10_000) if classes else RidgeCV(PENALTIES)
    return make_pipeline(one_hot(mixed), model)


def filled_in(mixed):
    """Return what leaves no gaps, text first."""
    return make_column_transformer(
        (SimpleImputer(missing_values=None, strategy="constant", fill_value="missing"), mixed.text),
        remainder=SimpleImputer(strategy="median", add_indicator=True),
    )


def of_pytabkit(regressor, classifier, **options):
    def make(mixed, classes, seed):
        from pytabkit.models.sklearn import sklearn_interfaces

        model = getattr(sklearn_interfaces, classifier if classes else regressor)

        def typed(cells):
            kinds = ["category" if place < len(mixed.text) else float for place in range(cells.shape[1])]
            names = [f"x{place}" for place in range(len(kinds))]
            return pd.DataFrame(cells, columns=names).astype(dict(zip(names, kinds, strict=True)))

        filled = make_pipeline(filled_in(mixed), FunctionTransformer(typed))
        return Prepared(filled, model(random_state=seed, device="cpu", **options))

    return make


PEERS = {
    "linear": linear,
    "mlp": mlp,
    "hist_gradient_boosting": hist_gradient_boosting,
    "lightgbm": lightgbm,
    "bagged lightgbm": lambda *how: Bagged(lambda: lightgbm(*how, n_estimators=MOST_TREES), how[1], how[2]),
    "catboost": catboost,
    "bagged catboost": lambda *how: Bagged(lambda: catboost(*how), how[1], how[2]),
    "realmlp": of_pytabkit("RealMLP_TD_Regressor", "RealMLP_TD_Classifier"),
    "bagged realmlp": of_pytabkit("RealMLP_TD_Regressor", "RealMLP_TD_Classifier", n_cv=FOLDS),
    "tabm": of_pytabkit("TabM_D_Regressor", "TabM_D_Classifier"),
}
PACKAGE = {name: name.split()[-1] for name in PEERS} | dict.fromkeys(("linear", "mlp"), "scikit-learn")
PACKAGE |= {"hist_gradient_boosting": "scikit-learn"}
PACKAGE |= dict.fromkeys(("realmlp", "bagged realmlp", "tabm"), "pytabkit")
