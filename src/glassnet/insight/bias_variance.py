"""Is a model too simple or too free? Its expected squared error in parts, for every value of one parameter."""

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator

from glassnet.estimators.validation import check_targets, is_integer
from glassnet.insight.bias_variance_record import BiasVariance
from glassnet.insight.decomposition import LEAST_DRAWS, LEAST_PAIRS
from glassnet.insight.resampled_rows import Rows, resample
from glassnet.insight.simulated_samples import simulate
from glassnet.insight.true_function import TrueFunction, as_inputs, check_noise, true_targets
from glassnet.insight.varied_fits import Vary, variants_of

LEAST_TEST_ROWS = 2
MOST_PREDICTIONS = 10**8  # of all fits together, which are kept: 800 MB


def bias_variance(
    estimator: BaseEstimator,
    X: ArrayLike,
    y: ArrayLike | None = None,
    *,
    truth: TrueFunction | None = None,
    noise: float | None = None,
    draws: int = 20,
    vary: Vary | None = None,
    test: ArrayLike | tuple[ArrayLike, ArrayLike] | None = None,
    random_state: int | None = 0,
    verbose: bool = False,
) -> BiasVariance:
    """Return the expected squared error of an estimator in parts, for every value of one parameter.

    With predictions p of fits to other samples, the true function f and targets y = f(x) + noise,

        E (y - p)^2 = (E p - f)^2 + E (p - E p)^2 + noise^2 = bias^2 + variance + noise.

    *Simulated*, with `truth` and `noise`: every draw is a fresh sample y = f(X) + N(0, noise^2) at X. Of R draws with
    mean m_t and deviation s_t at the test point t, bias^2 = mean_t ((m_t - f_t)^2 - s_t^2 / R), since the mean of R
    draws has a variance too; variance = mean_t s_t^2. The standard errors are those of the jackknife over the draws.

    *Resampled*, with `y`: draws are made in pairs of samples that share no row, a third of the rows each, and the rows
    of neither judge both (with `test`, halves of the rows). Of residuals u and v the variance is mean (u - v)^2 / 2,
    and bias^2 + noise is mean u v, one number: real rows cannot tell the two apart. The standard errors count rows and
    pairs.

    The estimates are unbiased and add up to the error. `exact_bias_variance` needs no draws, for polynomials.

    Parameters
    ----------
    estimator : regressor
        Any of scikit-learn's form: `Polynomial()`, `NetworkRegressor(...)`, a pipeline. Where its `random_state` is
        None every draw has a seed of its own, so that chance in training counts as variance; one that is set stays.
    X : data frame or array (rows,) or (rows, columns)
        Inputs.
    y : array (rows,) or None
        Real targets; None with `truth`.
    truth : callable or None
        The true function, from X as it is given to an array (rows,).
    noise : float or None
        The standard deviation of the noise about it.
    draws : int
        Samples for each value: at least 3, of real rows an even number from 4 on.
    vary : (str, values) or None
        The parameter and its values, as in ("degree", range(10)); None: the estimator as it is.
    test : as X, (X, y) or None
        The points to judge by, X itself unless given; of real rows both inputs and targets.
    random_state : int or None
        Seed of samples and of what estimators draw.
    verbose : bool
        Show a progress bar.

    Returns
    -------
    BiasVariance
        The error and its parts with standard errors, and the curves of the draws.

    Raises
    ------
    TypeError
        For what is no regressor.
    ValueError
        For both or neither of y and truth, too few draws or rows, more than 1e8 predictions of all fits together, what
        is no parameter, and a value that is there twice.

    References
    ----------
    Geman, Bienenstock and Doursat 1992, Neural networks and the bias/variance dilemma.

    Examples
    --------
    >>> import numpy as np
    >>> from glassnet import Polynomial, bias_variance
    >>> x = np.linspace(0, 1, 20)
    >>> parts = bias_variance(Polynomial(), x, truth=np.sin, noise=0.1, draws=10, vary=("degree", [0, 1, 5]))
    >>> parts.values, parts.draws, parts.source
    ((0, 1, 5), 10, 'simulated')
    >>> bool(parts.bias_squared.value[0] > parts.bias_squared.value[1])
    True
    >>> bool(parts.variance.value[2] > parts.variance.value[0])
    True
    """
    variants = variants_of(estimator, vary)
    _check_source(y, truth, noise)
    if truth is not None and noise is not None:
        _check_draws(draws, LEAST_DRAWS)
        if isinstance(test, tuple):
            raise ValueError("test is a tuple, but with truth it is inputs alone, whose targets truth gives; give X")
        train = true_targets(truth, X, "X")
        points = train if test is None else true_targets(truth, test, "test")
        _check_size(len(variants.given), draws, max(len(train.values), len(points.values)))
        return simulate(variants, train, points, noise, draws, random_state, verbose)
    _check_draws(draws, 2 * LEAST_PAIRS)
    if draws % 2:
        raise ValueError(f"draws={draws} is odd, but real rows are drawn in pairs of samples; give {draws + 1}")
    rows, to_test = _rows(X, y, "y"), _test_rows(test)
    _check_size(len(variants.given), draws, len((rows if to_test is None else to_test).targets))
    return resample(variants, rows, to_test, draws, random_state, verbose)


def _check_source(y: ArrayLike | None, truth: TrueFunction | None, noise: float | None) -> None:
    """Raise `ValueError` unless there is one source of targets."""
    if (y is None) == (truth is None):
        given = "neither y nor truth" if y is None else "both y and truth"
        raise ValueError(
            f"bias_variance was given {given}; give y, real targets, or truth and noise, a function and the standard "
            "deviation of the noise about it"
        )
    if truth is not None and not callable(truth):
        raise TypeError("truth must be a function from X to targets, as in truth=np.square")
    if (truth is None) != (noise is None):
        raise ValueError(
            "truth and noise belong together: a function, and the standard deviation of the noise about it"
        )
    if noise is not None:
        check_noise(noise)


def _check_draws(draws: int, least: int) -> None:
    if not is_integer(draws) or draws < least:
        raise ValueError(f"draws={draws!r} must be an integer of at least {least}; fewer have no standard error")


def _check_size(values: int, draws: int, rows: int) -> None:
    """Raise `ValueError` where all fits together predict more than there is room for."""
    if values * draws * rows > MOST_PREDICTIONS:
        most = max(MOST_PREDICTIONS // (values * rows), LEAST_DRAWS)
        raise ValueError(
            f"draws={draws} for {values} value(s) and {rows} rows are {values * draws * rows:.3g} predictions to keep, "
            f"and there is room for {MOST_PREDICTIONS:g}; give at most draws={most}, or fewer rows"
        )


def _rows(X: ArrayLike, y: ArrayLike | None, name: str) -> Rows:
    """Return inputs and one target a row."""
    inputs = as_inputs(X)
    rows = np.shape(inputs)[0]
    targets = check_targets(y, rows)
    if targets.size != rows:
        raise ValueError(f"{name} has {targets.shape[1]} targets, but bias and variance are of one; give one of them")
    return Rows(inputs, targets.reshape(rows))


def _test_rows(test: ArrayLike | tuple[ArrayLike, ArrayLike] | None) -> Rows | None:
    if test is None:
        return None
    if not isinstance(test, tuple) or len(test) != 2:
        raise ValueError("test of real rows must be inputs and targets, as in test=(X_test, y_test)")
    rows = _rows(test[0], test[1], "the test")
    if len(rows.targets) < LEAST_TEST_ROWS:
        raise ValueError(f"test has {len(rows.targets)} row(s); give at least {LEAST_TEST_ROWS} for a standard error")
    return rows
