"""Fits of an estimator with one parameter varied, to samples that are the same for every value of it."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Protocol, Self, cast

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, clone, is_regressor

from glassnet.estimators.regressor import NetworkRegressor

Vary = tuple[str, Iterable[Hashable]]


class Fitted(Protocol):
    """A regressor in the form of scikit-learn."""

    def fit(self, X: ArrayLike, y: ArrayLike) -> Self:
        """Learn from rows."""
        ...

    def predict(self, X: ArrayLike) -> ArrayLike:
        """Return a prediction a row."""
        ...


@dataclass(frozen=True, eq=False)
class Variants:
    """The estimators to fit, one a value of the parameter that is varied.

    Parameters
    ----------
    estimator : regressor
        What is varied, a clone each.
    name : str
        The parameter; empty where nothing is varied.
    given : list
        Its values.
    seeded : bool
        Whether a seed is not set, so that every draw has one of its own, the same for all values.
    """

    estimator: BaseEstimator
    name: str
    given: list[Hashable]
    seeded: bool

    @property
    def values(self) -> tuple[float | str, ...]:
        """The values as numbers and text."""
        return tuple(map(_shown, self.given)) if self.name else (type(self.estimator).__name__,)

    @property
    def parameter(self) -> str:
        """What is varied."""
        return self.name or "estimator"

    def fitted(self, place: int, X: ArrayLike, y: np.ndarray, seed: int) -> Fitted:
        """Return the estimator with the value at this place, fitted to rows."""
        model = _clone(self.estimator)
        if self.name:
            model.set_params(**{self.name: self.given[place]})
        model.set_params(**dict.fromkeys(_unset_seeds(model), seed))
        return cast(Fitted, model).fit(X, y)


def variants_of(estimator: BaseEstimator, vary: Vary | None) -> Variants:
    """Return what is to be fitted; a wrong parameter is an error before any work."""
    if not isinstance(estimator, BaseEstimator) or not is_regressor(estimator):
        raise TypeError(
            f"bias and variance are of regressors, which predict numbers, but estimator is {estimator!r}; give one "
            "such as Polynomial(2)"
        )
    name, values = _checked(vary)
    if name:
        _clone(estimator).set_params(**{name: values[0]})
    return Variants(estimator, name, values, bool(_unset_seeds(estimator)))


def predicted(model: Fitted, X: ArrayLike, rows: int) -> np.ndarray:
    """Return predictions (rows,); `ValueError` for an estimator that predicts more than one number a row."""
    found = np.asarray(model.predict(X), np.float64)
    if found.size != rows:
        raise ValueError(
            f"{type(model).__name__} predicts an array of shape {found.shape} for {rows} rows; bias and variance are "
            "of one number a row, so give one target and no quantiles"
        )
    return found.reshape(rows)


def predicted_by_members(model: Fitted, X: ArrayLike, prediction: np.ndarray) -> np.ndarray | None:
    """Return what the members of an ensemble of networks predict, (members, rows); None for another regressor."""
    if not isinstance(model, NetworkRegressor):
        return None
    return model.predict_members(X).reshape(-1, len(prediction))


def _unset_seeds(estimator: BaseEstimator) -> list[str]:
    """Return the names of the parameters, also of parts of a pipeline, that are seeds and not set."""
    parameters = estimator.get_params().items()
    return [name for name, value in parameters if name.split("__")[-1] == "random_state" and value is None]


def _clone(estimator: BaseEstimator) -> BaseEstimator:
    return cast(BaseEstimator, clone(estimator))


def _checked(vary: Vary | None) -> tuple[str, list[Hashable]]:
    if vary is None:
        return "", [None]
    if not (isinstance(vary, tuple) and len(vary) == 2 and isinstance(vary[0], str)):
        raise ValueError(f'vary={vary!r} must be a parameter and its values, as in vary=("degree", range(10))')
    values = list(vary[1])
    if isinstance(vary[1], str) or not values:
        raise ValueError(f"vary={vary!r} has no values to try; give at least one, as in ({vary[0]!r}, [1, 2, 3])")
    again = repeated(map(_shown, values))
    if again is not None:
        raise ValueError(f"vary has {vary[0]}={again!r} more than once; give every value once")
    return vary[0], values


def repeated(values: Iterable[Hashable]) -> Hashable | None:
    """Return the first value that was there before; None where all are different."""
    seen = set[Hashable]()
    for value in values:
        if value in seen:
            return value
        seen.add(value)
    return None


def _shown(value: Hashable) -> float | str:
    """Return a number as such, sizes of layers as in 64-64, and anything else as its text."""
    if isinstance(value, int | float | np.number) and not isinstance(value, bool):
        return value.item() if isinstance(value, np.number) else value
    if isinstance(value, tuple | list) and value and all(isinstance(part, int | np.integer) for part in value):
        return "-".join(map(str, value))
    return str(value)
