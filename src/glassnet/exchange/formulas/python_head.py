"""What stands at the head of a written module: which model it is of, and how to use it."""

from collections.abc import Sequence
from datetime import datetime
from importlib.metadata import version
from shlex import quote
from textwrap import fill

from glassnet._counted import counted
from glassnet.estimators.classifier import NetworkClassifier
from glassnet.estimators.regressor import NetworkRegressor

WIDTH = 110
CELLS = (
    "Rows are a list of dicts, one a row; a dict of columns; or a frame. Cells are numbers, text, booleans, dates and "
    "moments of datetime, and None where one is missing, as glassnet.read_table returns them. Columns that the network "
    "does not take are ignored. A level that training did not see counts as unknown."
)
WHERE = (
    "The formula is the function network, near the end, with scaled before it and in_units behind it; the columns that "
    "it takes are in COLUMNS, above it."
)


def about(model: NetworkRegressor | NetworkClassifier, stem: str, inside: bool) -> str:
    """Return the text.

    Parameters
    ----------
    model : NetworkRegressor or NetworkClassifier
        The model that is written.
    stem : str
        The name of the module, without its ending.
    inside : bool
        Whether the numbers are in the module itself.
    """
    columns = [column.name for column in model.schema_.columns if column.kind != "left out"]
    paragraphs = [
        f"Predictions of {', '.join(map(repr, model.target_names_))}, by formulas in NumPy.",
        _origin(model, len(columns)) + ("" if inside else f" Its numbers are in {f'{stem}.npz'!r}, beside it."),
        *(["Predictions are per unit of exposure: multiply them by that of each row."] if _is_exposed(model) else []),
        _use(stem, columns),
        f"{_answer(model)} {CELLS}",
        WHERE,
    ]
    return "\n\n".join(text if text.startswith(" ") else fill(text, WIDTH) for text in paragraphs)


def docstring(text: str) -> str:
    """Return text as a docstring, whatever it holds."""
    escaped = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    return f'"""{escaped}\n"""'


def _origin(model: NetworkRegressor | NetworkClassifier, columns: int) -> str:
    members, parameters = len(model.members_), model.network_.n_parameters
    provenance = model.provenance_
    date = "" if provenance is None else f" that was fitted on {datetime.fromisoformat(provenance.date).date()}"
    networks = f"the mean of {members} networks" if members > 1 else "one network"
    return (
        f"Written by glassnet {version('glassnet')} from a {type(model).__name__}{date}: {networks} of "
        f"{counted(parameters, 'parameter')}, on {counted(columns, 'column')} of a table. It needs Python 3.11 and "
        "NumPy, and not glassnet."
    )


def _use(stem: str, columns: Sequence[str]) -> str:
    some = ", ".join(f"{name!r}: ..." for name in columns[:3]) + (", ..." if len(columns) > 3 else "")
    importing = f"import {stem} as model" if stem.isidentifier() else f"model = importlib.import_module({stem!r})"
    return f"    {importing}\n    model.predict([{{{some}}}])\n\n    python {quote(f'{stem}.py')} TABLE.csv"


def _answer(model: NetworkRegressor | NetworkClassifier) -> str:
    if not isinstance(model, NetworkClassifier):
        return "predict(rows) returns the predictions, in the units of the target."
    if model.multilabel_:
        return "predict(rows) returns 0 or 1 for every label, predict_proba(rows) the probabilities."
    return "predict(rows) returns the classes, predict_proba(rows) their probabilities in the order of CLASSES."


def _is_exposed(model: NetworkRegressor | NetworkClassifier) -> bool:
    return isinstance(model, NetworkRegressor) and model.exposed_
