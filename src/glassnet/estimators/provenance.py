"""Provenance: how long a fit took, when it ended, on which versions, with which options, and what it warned of."""

import warnings
from collections.abc import Generator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import version
from platform import python_version
from threading import get_ident
from time import perf_counter
from typing import TYPE_CHECKING, cast

from glassnet.storage.json_value import JSON

if TYPE_CHECKING:  # a model file that is refused does not wait for it
    from sklearn.base import BaseEstimator

LIBRARIES = ("glassnet", "jax", "numpy", "scikit-learn", "optax")
MOST_WARNINGS = 100
LONGEST = 2_000  # letters of a warning; it may name columns, whose names are of any length


@dataclass(frozen=True)
class Provenance:
    """How a fit came about.

    Attributes
    ----------
    seconds : float
        The wall-clock time of the last call of `fit` or `partial_fit`.
    date : str
        When it ended, in UTC to the second, as in ISO 8601.
    versions : dict of str
        The versions of Python, glassnet and the libraries that numbers depend on, by name.
    warnings : tuple of str
        What was warned of meanwhile, each once, also where a filter hides it; at most 100, a long one cut.
    options : tuple of str
        The names of the arguments of the call that were given besides X and y.
    device : str
        What it trained on, such as "cpu" or "gpu: NVIDIA H200"; empty in a file without it.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> provenance = model.provenance_
    >>> list(provenance.versions), provenance.seconds > 0, provenance.options
    (['python', 'glassnet', 'jax', 'numpy', 'scikit-learn', 'optax'], True, ())
    """

    seconds: float
    date: str
    versions: dict[str, str]
    warnings: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    device: str = ""

    def to_dict(self) -> dict[str, JSON]:
        """Return everything, for JSON."""
        return asdict(self)

    def describe(self) -> str:
        """Return time, date and versions in one sentence, with the number of warnings."""
        versions = ", ".join(f"{name} {number}" for name, number in self.versions.items())
        count = len(self.warnings)
        warned = f", with {count} warning{'s' if count > 1 else ''}" if count else ""
        on = f" on {self.device}" if self.device else ""
        return f"fitted in {self.seconds:.3g} s{on}, until {self.date}{warned}, on {versions}."

    def __str__(self) -> str:
        return self.describe()


class _WarningTexts:
    """The first of the warning filters, which fits no warning: it is asked about each, and notes those of its thread.

    Filters are of all threads. Where `warnings.catch_warnings` of another one was entered before the fit and ends
    within it, the filters from before are back, and what comes later is not noted.
    """

    def __init__(self) -> None:
        self.texts: list[str] = []
        self._thread = get_ident()

    def match(self, text: str) -> bool:
        """Note the text of a warning, and leave it to the other filters."""
        if get_ident() == self._thread and len(self.texts) < MOST_WARNINGS and text[:LONGEST] not in self.texts:
            self.texts.append(text[:LONGEST])
        return False


@contextmanager
def provenance_kept(estimator: "BaseEstimator", **options: object) -> Generator[None]:
    """Keep the provenance of a fit, which is done inside and was given these options, once it has succeeded.

    Warnings are noted as they come to the filters, so they are shown, hidden or raised as without it; but what was
    shown once, and would not be shown at the same place again, is shown once more by every fit.
    """
    noted, start = _WarningTexts(), perf_counter()
    filters = cast(list[object], warnings.filters)  # the same list at the end, whatever took its place meanwhile
    item = ("ignore", noted, Warning, None, 0)
    filters.insert(0, item)
    _ask_filters_again()
    try:
        yield
    finally:
        with suppress(ValueError):  # where another thread has emptied the list
            filters.remove(item)
    vars(estimator)["_provenance"] = Provenance(
        seconds=perf_counter() - start,
        date=datetime.now(UTC).isoformat(timespec="seconds"),
        versions=dict(_versions()),
        warnings=tuple(noted.texts),
        options=tuple(name for name, value in options.items() if value is not None),
        device=vars(estimator).get("_device") or "",
    )


def _ask_filters_again() -> None:
    """Make Python ask the filters about warnings too that it has shown, as `warnings.simplefilter` does.

    Every module keeps what it has warned of in `__warningregistry__`, which is asked first, and emptied where the
    filters have changed. The function that says so has no public name. Python 3.11 to 3.14 have it; where it is
    missing, a warning that was shown before the fit is not noted again.
    """
    filters_mutated = getattr(warnings, "_filters_mutated", None)
    if filters_mutated is not None:
        filters_mutated()


@cache
def _versions() -> dict[str, str]:
    return {"python": python_version(), **{name: version(name) for name in LIBRARIES}}
