"""Findings: what was seen of a fitted model, by which limit, and what to do."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Literal, NamedTuple

from glassnet._notebook import Fragment, NotebookRecord
from glassnet.insight.text import TextTable
from glassnet.storage.json_value import JSON

Severity = Literal["look", "note"]
MOST_NAMED = 6


class NotApplicable(Exception):
    """Why a check says nothing of a model."""


class Seen(NamedTuple):
    """What a check has seen: the fields of a finding but for its code and name."""

    severity: Severity
    sentence: str
    numbers: Mapping[str, float]
    limit: str
    remedy: str


@dataclass(frozen=True)
class Finding:
    """Something worth saying of a model.

    Attributes
    ----------
    code, name : str
        Of the check, such as "G2" and "no-better-than-a-line".
    severity : "look" or "note"
        Whether it needs attention, or is good to know.
    sentence : str
        What was seen, with its numbers.
    numbers : dict of float
        The numbers by name.
    limit : str
        From where on it is said, and where the limit comes from.
    remedy : str
        What to type or to do.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, findings
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> [finding] = [each for each in findings(model, X, y).findings if each.name == "no-better-than-a-line"]
    >>> finding.code, finding.severity
    ('G2', 'note')
    >>> print(finding.remedy)
    NetworkRegressor(hidden_layer_sizes=()) is a line, whose weights can be read: glassnet fit --hidden ''
    """

    code: str
    name: str
    severity: Severity
    sentence: str
    numbers: Mapping[str, float]
    limit: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.code} {self.name} ({self.severity}): {self.sentence}\n    {self.remedy}"


@dataclass(frozen=True)
class Findings(NotebookRecord):
    """What was found, and what was not.

    Attributes
    ----------
    findings : tuple of Finding
        Those that need attention first.
    nothing : tuple of str
        The checks that found nothing, as code and name.
    not_made : dict of str
        Why a check says nothing of this model, by code and name.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, findings
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> found = findings(model, X, y)
    >>> "G1 no-better-than-a-constant" in found.nothing
    True
    >>> print(found.describe())
    No findings need attention. Good to know: ... Of the other checks ... found nothing and 3 do not apply here.
    """

    findings: tuple[Finding, ...]
    nothing: tuple[str, ...]
    not_made: Mapping[str, str]

    def table(self) -> TextTable:
        """Return a line a finding."""
        rows = [(one.code, one.name, one.severity, one.sentence, one.remedy) for one in self.findings]
        return TextTable(("code", "name", "severity", "what was seen", "what to do"), tuple(rows))

    def describe(self) -> str:
        """Return how many findings there are, and which of them need attention."""
        codes = [one.code for one in self.findings if one.severity == "look"]
        notes = len(self.findings) - len(codes)
        need = f"{len(codes)} {'finding needs' if len(codes) == 1 else 'findings need'} attention: {', '.join(codes)}"
        return (
            f"{need if codes else 'No findings need attention'}. Good to know: {notes} "
            f"{'note' if notes == 1 else 'notes'}. Of the other checks {len(self.nothing)} found nothing and "
            f"{len(self.not_made)} do not apply here."
        )

    def to_dict(self) -> dict[str, JSON]:
        """Return everything, for JSON."""
        found: list[JSON] = [{**asdict(one), "numbers": dict(one.numbers)} for one in self.findings]
        return {"findings": found, "nothing": list(self.nothing), "not_made": dict(self.not_made)}

    def __str__(self) -> str:
        return "\n".join([*map(str, self.findings), self.describe()])

    def _fill(self, fragment: Fragment) -> None:
        fragment.text(self.describe())
        fragment.table(self.table())


def names(columns: list[str] | tuple[str, ...]) -> str:
    """Return the names of columns for a sentence, at most six.

    Parameters
    ----------
    columns : list or tuple of str
        The names.
    """
    more = f" and {len(columns) - MOST_NAMED} more" if len(columns) > MOST_NAMED else ""
    return ", ".join(map(repr, columns[:MOST_NAMED])) + more
