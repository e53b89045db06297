"""How many layers, how many neurons? Sizes tried by successive halving, judged by rows that members never saw."""

import warnings
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Self, TypedDict, Unpack

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, MetaEstimatorMixin, RegressorMixin
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.validation import check_is_fitted

from glassnet._counted import counted
from glassnet.estimators.calibration import without_floor
from glassnet.estimators.metrics import score
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.estimators.transaction import restored_on_failure
from glassnet.estimators.validation import Rule, check_parameters, either, integer, positive, sizes
from glassnet.network.loss import as_loss
from glassnet.training.interrupt import Interrupt
from glassnet.training.stopping import StopReason

WIDTHS, DEPTHS = (16, 32, 64, 128, 256), (1, 2, 3, 4)
DEFAULT_SIZES = tuple((width,) * depth for depth in DEPTHS for width in WIDTHS)
RULES = {
    "max_time": either(positive(), None),
    "factor": integer(2),
    "sizes": Rule(
        "a sequence of sizes of hidden layers, as in [(64,), (64, 64)], or None",
        lambda v: v is None or (isinstance(v, Collection) and len(v) > 0 and all(sizes().test(size) for size in v)),
    ),
}


class FitParameters(TypedDict, total=False):
    """The further arguments of `NetworkRegressor.fit`."""

    sample_weight: ArrayLike | None
    groups: ArrayLike | None
    X_val: ArrayLike | None
    y_val: ArrayLike | None
    checkpoint: str | Path | None


@dataclass(frozen=True)
class Candidate:
    """One size in one round of the search.

    Attributes
    ----------
    hidden_layer_sizes : tuple of int
        The neurons of the hidden layers.
    parameters : int
        The number of parameters of one member.
    round : int
        The round, counted from 1.
    epochs : int
        The most epochs of a member in this round; one of "lbfgs" and "lm" is one step over all rows.
    error : float
        The mean over the members' test folds of sqrt(1 - score), which is the root mean squared error over the
        target's standard deviation: 1 for a constant.
    standard_deviation : float
        That of the folds' errors.
    seconds : float
        The time of the fit.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, SizeSearch
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> base = NetworkRegressor(n_members=4, max_iter=20, random_state=0)
    >>> (candidate,) = SizeSearch(base, [(8,)]).fit(X, y).candidates_
    >>> candidate.hidden_layer_sizes, candidate.round, candidate.epochs
    ((8,), 1, 20)
    >>> 0 < candidate.error < 1  # 1 for a constant
    True
    """

    hidden_layer_sizes: tuple[int, ...]
    parameters: int
    round: int
    epochs: int
    error: float
    standard_deviation: float
    seconds: float


class SizeSearch(MetaEstimatorMixin, RegressorMixin, BaseEstimator):
    """The size of network that errs least on rows that its members never saw, and that network.

    In round r of R, each remaining size trains for 1 / factor^(R - r) of the epochs, all its members in one program;
    the best 1 / factor of the sizes go on (successive halving, Jamieson and Talwalkar 2016). Each member is judged on
    its own fold. The winner's error is the least of many and flatters by a little; a table of its own tells how much.

    Parameters
    ----------
    estimator : NetworkRegressor or None, default=None
        What to fit, with several members, by whose folds sizes are judged; its `hidden_layer_sizes` are replaced. None
        is the default one.
    sizes : sequence of sizes, or None, default=None
        What to try; None: 1 to 4 layers of 16, 32, 64, 128 or 256 neurons.
    max_time : float or None, default=None
        Seconds, shared evenly by the rounds; sizes that a round has no time for are not tried. At least one size is
        fitted. None: no limit.
    factor : int, default=3
        One in `factor` sizes goes on to the next round.
    verbose : bool, default=False
        Print a line a fit.

    Attributes
    ----------
    best_estimator_ : NetworkRegressor
        The fit of the last round with the least error.
    best_params_ : dict
        Its `hidden_layer_sizes`.
    best_score_ : float
        Its out-of-fold score.
    best_index_ : int
        Its place in `candidates_`.
    cv_results_ : dict
        As in scikit-learn's searches, an entry a fit.
    candidates_ : list of Candidate
        Every fit.
    untried_ : list of tuples
        Sizes that there was no time for.
    n_features_in_ : int
        The number of columns.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, SizeSearch
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> base = NetworkRegressor(n_members=4, max_iter=20, random_state=0)
    >>> search = SizeSearch(base, [(8,), (64, 64)], max_time=1e-6).fit(X, y)  # time for no more than the smallest size
    >>> search.best_params_, search.untried_
    ({'hidden_layer_sizes': (8,)}, [(64, 64)])
    >>> search.predict(X.head(3)).shape
    (3,)
    """

    def __init__(
        self,
        estimator: NetworkRegressor | None = None,
        sizes: Sequence[int | Sequence[int]] | None = None,
        *,
        max_time: float | None = None,
        factor: int = 3,
        verbose: bool = False,
    ) -> None:
        self.estimator = estimator
        self.sizes = sizes
        self.max_time = max_time
        self.factor = factor
        self.verbose = verbose

    def fit(self, X: ArrayLike, y: ArrayLike, **fit_parameters: Unpack[FitParameters]) -> Self:
        """Search on X and y. Ctrl-C keeps the best so far.

        Inside `joblib.parallel_config` the members of every fit are tasks of the backend, with the same result. Where
        they train in other processes, Ctrl-C raises `KeyboardInterrupt`, and the search stays as it was.

        Parameters
        ----------
        X : data frame or array (rows, columns)
            As for `NetworkRegressor.fit`.
        y : array (rows,) or (rows, targets)
            The targets.
        **fit_parameters : dict
            Further arguments of `NetworkRegressor.fit`. In a folder for checkpoints every fit has one of its own.

        Returns
        -------
        self
        """
        check_parameters(self, RULES)
        if "exposure" in fit_parameters:
            raise TypeError("a search judges sizes by y as it is; give y / exposure, with weights for them")
        base = NetworkRegressor() if self.estimator is None else self.estimator
        if not isinstance(base, NetworkRegressor):
            raise TypeError(
                f"a search fits a NetworkRegressor, and the estimator is a {type(base).__name__}; compare sizes of "
                "other estimators with GridSearchCV of scikit-learn"
            )
        wanted = [tuple(np.atleast_1d(size).tolist()) for size in (self.sizes or DEFAULT_SIZES)]
        left = list(wanted)
        full = base.planned_epochs(X)
        rounds = 1
        while len(left) > self.factor**rounds:
            rounds += 1
        started = perf_counter()
        with restored_on_failure(self) as interrupt:
            self.candidates_: list[Candidate] = []
            for number in range(1, rounds + 1):
                epochs = max(1, full // self.factor ** (rounds - number))
                end = np.inf if self.max_time is None else started + self.max_time * number / rounds
                with warnings.catch_warnings():
                    if number < rounds:  # whose fits are meant to be short
                        warnings.simplefilter("ignore", ConvergenceWarning)
                    fitted = self._round(base, left, number, epochs, end, X, y, fit_parameters, interrupt)
                order = sorted(fitted, key=lambda pair: pair[0].error)
                left = [candidate.hidden_layer_sizes for candidate, _ in order[: -(-len(left) // self.factor)]]
                self.best_estimator_ = order[0][1]
                if interrupt.asked or any(model.stop_reason_ is StopReason.INTERRUPTED for _, model in fitted):
                    break
            tried = {candidate.hidden_layer_sizes for candidate in self.candidates_}
            self.untried_ = [size for size in wanted if size not in tried]
            self._report()
        return self

    def predict(self, X: ArrayLike) -> np.ndarray:
        """Return the predictions of the best network.

        Parameters
        ----------
        X : data frame or array (rows, columns)
            As for `NetworkRegressor.predict`.

        Returns
        -------
        array (rows,) or (rows, outputs)
            In the units of the target.
        """
        check_is_fitted(self)
        return self.best_estimator_.predict(X)

    def score(self, X: ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
        """Return the score of the best network.

        Parameters
        ----------
        X : data frame or array (rows, columns)
            As for `NetworkRegressor.predict`.
        y : array (rows,) or (rows, targets)
            The targets.
        sample_weight : array (rows,) or None
            The weight of every row.

        Returns
        -------
        float
            As of `NetworkRegressor.score`; higher is better.
        """
        check_is_fitted(self)
        return self.best_estimator_.score(X, y, sample_weight)

    def _round(
        self,
        base: NetworkRegressor,
        left: list[tuple[int, ...]],
        number: int,
        epochs: int,
        end: float,
        X: ArrayLike,
        y: ArrayLike,
        fit_parameters: FitParameters,
        interrupt: Interrupt,
    ) -> list[tuple[Candidate, NetworkRegressor]]:
        fitted: list[tuple[Candidate, NetworkRegressor]] = []
        for size in sorted(left, key=lambda size: sum(size)):  # small ones first: where time runs out, they are there
            if fitted and perf_counter() > end:
                break
            begun = perf_counter()
            # Not a clone: that would copy what a callback holds.
            model = NetworkRegressor(**base.get_params(deep=False))
            model.set_params(hidden_layer_sizes=size, max_iter=epochs)
            model.fit(X, y, **_of_one_fit(fit_parameters, number, size))
            errors = _errors_of_folds(model, y)
            seconds = perf_counter() - begun
            candidate = Candidate(
                size,
                model.network_.n_parameters,
                number,
                epochs,
                float(np.mean(errors)),
                float(np.std(errors)),
                seconds,
            )
            fitted.append((candidate, model))
            self.candidates_.append(candidate)
            if self.verbose:
                print(  # noqa: T201, it was asked for
                    f"round {number}, {counted(epochs, 'epoch')}, {'-'.join(map(str, size))}: error "
                    f"{candidate.error:.4f} +- {candidate.standard_deviation:.4f}, {seconds:.1f} s"
                )
            if interrupt.asked or model.stop_reason_ is StopReason.INTERRUPTED:
                break
        return fitted

    def _report(self) -> None:
        candidates = self.candidates_
        rank = sorted(range(len(candidates)), key=lambda place: (-candidates[place].round, candidates[place].error))
        self.best_index_ = rank[0]
        best = candidates[self.best_index_]
        self.best_params_ = {"hidden_layer_sizes": best.hidden_layer_sizes}
        self.best_score_ = self.best_estimator_.oof_score_
        calibration = self.best_estimator_.calibration_
        self.best_estimator_.calibration_ = without_floor(calibration, "the same folds chose the size of the network")
        self.n_features_in_: int = vars(self.best_estimator_)["n_features_in_"]
        self.cv_results_: dict[str, list[dict[str, tuple[int, ...]]] | np.ndarray] = {
            "params": [{"hidden_layer_sizes": candidate.hidden_layer_sizes} for candidate in candidates],
            "iter": np.array([candidate.round for candidate in candidates]),
            "n_resources": np.array([candidate.epochs for candidate in candidates]),
            "mean_test_score": np.array([1 - candidate.error**2 for candidate in candidates]),
            "std_test_score": np.array(
                [2 * candidate.error * candidate.standard_deviation for candidate in candidates]
            ),
            "mean_fit_time": np.array([candidate.seconds for candidate in candidates]),
            "rank_test_score": np.argsort(rank) + 1,
        }


def _of_one_fit(parameters: FitParameters, number: int, size: tuple[int, ...]) -> FitParameters:
    """Return the arguments of one fit of a search, whose checkpoints have a folder of their own."""
    folder = parameters.get("checkpoint")
    if folder is None:
        return parameters
    return {**parameters, "checkpoint": Path(folder) / f"round-{number}" / "-".join(map(str, size))}


def _errors_of_folds(model: NetworkRegressor, y: ArrayLike) -> list[float]:
    """Return sqrt(1 - score) of every member on the fold that it never saw."""
    if not hasattr(model, "oof_prediction_"):
        raise ValueError("a search judges members by their folds; give the estimator several members and cv='auto'")
    targets = np.asarray(y, dtype=np.float64)
    targets = targets.reshape(len(targets), -1)
    predictions = model.oof_prediction_.reshape(len(targets), -1)
    used = np.concatenate(model.fold_rows_)
    error = 1 - score(as_loss(model.loss), targets[used], predictions[used])
    parts: list[float] = []
    for rows in model.fold_rows_:
        variance_ratio = np.nanvar(targets[rows]) / np.nanvar(targets[used])
        fold_error = 1 - score(as_loss(model.loss), targets[rows], predictions[rows])
        parts.append(float(np.sqrt(max(fold_error * variance_ratio, 0.0))))
    return parts if np.isfinite(parts).all() else [float(np.sqrt(max(error, 0.0)))]
