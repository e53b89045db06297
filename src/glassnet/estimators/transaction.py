"""All or nothing: a fit that fails leaves the estimator as it was."""

from collections.abc import Generator
from contextlib import contextmanager

from sklearn.base import BaseEstimator

from glassnet.training.interrupt import Interrupt


@contextmanager
def restored_on_failure(estimator: BaseEstimator) -> Generator[Interrupt]:
    """Leave an estimator as it was when what is done inside fails, and let Ctrl-C wait for a good moment meanwhile."""
    before = dict(vars(estimator))
    try:
        with Interrupt() as interrupt:
            yield interrupt
    except BaseException:
        vars(estimator).clear()
        vars(estimator).update(before)
        raise
