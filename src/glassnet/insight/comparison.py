"""A network beside simple models on equal rows: are the differences more than chance?

Every simple model is trained on the rows that a member learned from and predicts the fold that it never saw, so that
all have out-of-fold predictions of the same rows; or on the rows of the fit, and predicts test rows.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from time import perf_counter
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted
from threadpoolctl import threadpool_limits

from glassnet._counted import counted
from glassnet._notebook import Fragment, NotebookRecord
from glassnet.data.dataset import encode
from glassnet.estimators.classifier import NetworkClassifier
from glassnet.estimators.validation import check_inputs, check_pair
from glassnet.insight.basis import Basis, basis_of, own_rows
from glassnet.insight.paired_errors import NETWORK, Compared, paired
from glassnet.insight.peers import Peer, PeerInputs, default_peers, peer_inputs
from glassnet.insight.row_errors import row_errors
from glassnet.insight.targets import Estimator, encoded_targets, loss_of
from glassnet.insight.text import TextTable, rounded
from glassnet.storage.json_value import JSON

MOST_BLOCKS = 10  # of test rows
TEST_ROWS = "test rows, by all members"


@dataclass(frozen=True)
class Comparison(NotebookRecord):
    """A network and simple models on the same rows.

    Attributes
    ----------
    error_name : str
        What the errors are, and in which units.
    basis : str
        Which rows were judged, and by whom.
    rows : int
        How many.
    models : tuple of Compared
        The network first, then the others, the best first.
    caution : str
        What was not alike for the network and the simple models; empty where nothing was.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, compare
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> comparison = compare(model, X, y)
    >>> comparison.rows, comparison.error_name, comparison.best_peer.name
    (442, 'RMSE', 'straight line')
    >>> comparison.network.error < 70
    True
    """

    error_name: str
    basis: str
    rows: int
    models: tuple[Compared, ...]
    caution: str = ""

    @property
    def network(self) -> Compared:
        """The network."""
        return self.models[0]

    @property
    def best_peer(self) -> Compared:
        """The simple model with the least error."""
        return self.models[1]

    def table(self) -> TextTable:
        """Return a line a model."""
        head = (
            "",
            self.error_name,
            "at least",
            "at most",
            "less network",
            "at least",
            "at most",
            "better in parts",
            "s",
        )
        rows = [
            (m.name, m.error, m.lower, m.upper, *(
                (None,) * 4 if m.name == NETWORK
                else (m.difference, m.difference_lower, m.difference_upper, f"{m.parts_better} of {m.parts}")
            ), f"{m.seconds:.1f}" if m.seconds else "")
            for m in self.models
        ]  # fmt: skip
        return TextTable(head, tuple(rows))

    def describe(self) -> str:
        """Return the network's error, the best simple model's, and whether the difference is more than chance."""
        ours, other = self.network, self.best_peer
        low, high = sorted((abs(other.difference_lower), abs(other.difference_upper)))
        surely = f"{rounded(abs(other.difference))}, 95% sure between {rounded(low)} and {rounded(high)}"
        if other.difference_lower > 0:
            verdict = f"the network is better by {surely}."
        elif other.difference_upper < 0:
            verdict = f"the {other.name} is better by {surely}{'.' if self.caution else ': prefer it here.'}"
        else:
            between = f"95% sure between {rounded(other.difference_lower)} and {rounded(other.difference_upper)}"
            verdict = f"the difference of {rounded(other.difference)} may be chance ({between})."
        return (
            f"{self.error_name} of {counted(self.rows, 'row')} ({self.basis}): network {rounded(ours.error)}, "
            f"{other.name} {rounded(other.error)}; {verdict}{f' But {self.caution}.' if self.caution else ''}"
        )

    def to_dict(self) -> dict[str, JSON]:
        """Return everything, for JSON."""
        models: list[JSON] = [asdict(model) for model in self.models]
        named: dict[str, JSON] = {"error": self.error_name, "basis": self.basis, "rows": self.rows}
        return {**named, "models": models, "caution": self.caution}

    def __str__(self) -> str:
        return f"{self.table()}\n{self.describe()}"

    def _fill(self, fragment: Fragment) -> None:
        fragment.table(self.table())
        fragment.text(self.describe())


def compare(
    model: Estimator,
    X: ArrayLike,
    y: ArrayLike,
    *,
    X_test: ArrayLike | None = None,
    y_test: ArrayLike | None = None,
    peers: Mapping[str, Peer] | None = None,
    sample_weight: ArrayLike | None = None,
    seed: int = 0,
    callback: Callable[[str], None] | None = None,
) -> Comparison:
    """Return a model's error beside those of simple models on equal rows, with the limits of their differences.

    Without test rows each simple model is trained, for every fold, on the other rows of the fit and judged on the fold,
    as the network's members are. Errors are root mean squared errors, pinball losses of quantiles, or log losses of
    classes. The limits are those of a bootstrap over rows, the same rows for all models (Efron and Tibshirani 1993);
    they do not hold that other rows would have been learned from.

    Parameters
    ----------
    model : NetworkRegressor or NetworkClassifier
        A model that was fitted to a table.
    X : data frame or array (rows, columns)
        The rows of the fit.
    y : array (rows,) or (rows, targets)
        Their targets, classes or labels.
    X_test : as X, or None
        Rows to judge by that the model was not fitted to.
    y_test : as y, or None
        Their targets, classes or labels.
    peers : dict of callables or None
        What to compare with, `peer(inputs, y, train, new)` by name; a constant, a straight line and gradient boosting
        unless given.
    sample_weight : array (rows,) or None
        The weights of the fit, if it had some, by which its rows are recognised; rows of weight zero are left out.
    seed : int
        Seed of the bootstrap.
    callback : callable (str) or None
        Told the name of each simple model before it is trained.

    Returns
    -------
    Comparison
        The network first, then the simple models, the best first.

    Raises
    ------
    TypeError
        For a model of images.
    ValueError
        Where X and y are not the rows of the fit, or, without test rows, the model has no folds.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, compare
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> comparison = compare(model, X, y)
    >>> sorted(each.name for each in comparison.models)
    ['gradient boosting', 'mean', 'network', 'straight line']
    >>> print(comparison.describe())
    RMSE of 442 rows (out of fold: each row by members that never saw it): network 5..., straight line 5...;
    the difference of ...
    """
    check_is_fitted(model)
    check_pair(X_test, y_test)
    if not model.schema_.columns:
        raise TypeError("simple models are compared on tables, and this model was fitted to images")
    samples = check_inputs(model, X, reset=False)
    targets = encoded_targets(model, y, samples.rows)
    basis = basis_of(model, encode(model.schema_, samples, targets, np.ones(samples.rows)), y, sample_weight)
    peers = default_peers(model) if peers is None else dict(peers)
    _check(model, basis, peers, tested=X_test is not None)
    task = _Task(peer_inputs(model, X), targets, [], np.empty(0), [], "")
    if X_test is None or y_test is None:
        task = _out_of_fold(model, task, basis)
    else:
        task = _on_test_rows(model, task, X_test, y_test, seed)
    judge = row_errors(model, task.targets)
    errors, seconds = {NETWORK: judge.of(task.outputs)}, {NETWORK: 0.0}
    for name, peer in peers.items():
        if callback is not None:
            callback(name)
        start = perf_counter()
        errors[name] = judge.of(_predicted(peer, task))
        seconds[name] = perf_counter() - start
    found = paired(judge, errors, task.blocks, seconds, seed)
    return Comparison(judge.name, task.basis, *found, _caution(model, sample_weight))


def _caution(model: Estimator, sample_weight: ArrayLike | None) -> str:
    """Return what is not alike for a model and the simple ones that it is compared with."""
    weights = None if sample_weight is None else np.unique(np.asarray(sample_weight, float))
    weighted = weights is not None and weights[weights > 0].size > 1
    if weighted or (isinstance(model, NetworkClassifier) and model.class_weight is not None):
        return "the network learned with weights, which neither the simple models nor the errors have"
    loss = loss_of(model)
    if loss.classifies or loss.levels or loss.least_squares_factor is not None:
        return ""
    return f"the network minimised {type(loss).__name__}, the simple models the squared error, by which all are judged"


def _check(model: Estimator, basis: Basis, peers: Mapping[str, Peer], *, tested: bool) -> None:
    """Raise `ValueError` for rows that are not exactly those of the fit, and for names of simple models."""
    if basis.kind == "new":
        raise ValueError(
            "simple models learn from the rows of the fit, and these are other rows; give those of the fit, with its "
            "sample_weight if it had some"
        )
    if basis.kind != "fit":
        raise ValueError(
            f"simple models learn from exactly the rows of the fit, but here {basis.title}; give the table of the fit "
            "alone, in its order, with its sample_weight if it had some"
        )
    if not tested and not basis.folds:
        raise ValueError("this model has no folds to judge simple models by; give X_test and y_test too")
    if not peers or NETWORK in peers:
        raise ValueError(f"peers has {list(peers)}; give at least one model, and none of the name {NETWORK!r}")


class _Task(NamedTuple):
    """What simple models learn from and predict: rows to learn from and new rows, and what the network predicts."""

    inputs: PeerInputs
    targets: np.ndarray
    parts: Sequence[tuple[np.ndarray, np.ndarray]]
    outputs: np.ndarray
    blocks: Sequence[np.ndarray]  # of new rows, in which models are compared one by one
    basis: str


def _out_of_fold(model: Estimator, fitted: _Task, basis: Basis) -> _Task:
    """Return the folds, each with the rows that its members learned from or stopped by."""
    used, splits = model.used_rows_, [member.split for member in model.members_]
    learned = [np.sort(used[own_rows(split, used.size)]) for split in splits]
    by_fold = {tuple(fold.tolist()): (rows, fold) for rows, fold in zip(learned, basis.folds, strict=True)}
    parts = [part for part in by_fold.values() if part[1].size]
    blocks = [fold for _, fold in parts]
    return fitted._replace(parts=parts, outputs=_outputs(model.oof_prediction_), blocks=blocks, basis=basis.text)


def _on_test_rows(model: Estimator, fitted: _Task, X: ArrayLike, y: ArrayLike, seed: int) -> _Task:
    """Return test rows below those of the fit, from which all simple models learn."""
    samples = check_inputs(model, X, reset=False)
    targets = encoded_targets(model, y, samples.rows)
    if basis_of(model, encode(model.schema_, samples, targets, np.ones(samples.rows)), y).kind != "new":
        raise ValueError("X_test has rows that the model was fitted to, which flatter it; leave them out")
    inputs, rows = peer_inputs(model, X), len(fitted.targets)
    outputs = _outputs(model.predict_proba(X) if isinstance(model, NetworkClassifier) else model.predict(X))
    test = np.arange(rows, rows + len(outputs))
    return _Task(
        PeerInputs(
            np.concatenate([fitted.inputs.linear, inputs.linear]),
            np.concatenate([fitted.inputs.coded, inputs.coded]),
            inputs.categorical,
        ),
        np.concatenate([fitted.targets, targets]),
        [(model.used_rows_, test)],
        np.concatenate([np.full((rows, outputs.shape[1]), np.nan), outputs]),
        np.array_split(np.random.default_rng(seed).permutation(test), min(MOST_BLOCKS, len(test))),
        TEST_ROWS,
    )


def _outputs(predictions: np.ndarray) -> np.ndarray:
    return predictions.reshape(len(predictions), -1)


def _predicted(peer: Peer, task: _Task) -> np.ndarray:
    """Return what a simple model predicts of new rows, NaN of others; more threads are slower here."""
    predicted = np.full(task.outputs.shape, np.nan)
    with threadpool_limits(1):
        for train, new in task.parts:
            predicted[new] = peer(task.inputs, task.targets, train, new)
    return predicted
