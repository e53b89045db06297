"""What an ONNX file says of itself: which model it is, and what it takes and returns."""

from datetime import datetime
from importlib.metadata import version

from glassnet.estimators.classifier import NetworkClassifier
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.exchange.onnx.file_record import ENTRY, file_record, record_text

CELLS = (
    "One input a column, (rows, 1): numbers and booleans as float64, NaN where missing; text without blanks around it, "
    '"" where missing; dates as int64 seconds since 1970-01-01, UTC, -2^63 where missing. A level that training did '
    "not see counts as unknown."
)
PIXELS = "One input, images (rows, height, width, channels) with the pixels of training, as float32."


def about(model: NetworkRegressor | NetworkClassifier, coverage: float | None) -> str:
    """Return what the file is, in sentences.

    Parameters
    ----------
    model : NetworkRegressor or NetworkClassifier
        The model that is written.
    coverage : float or None
        Of the intervals in it.
    """
    provenance, members = model.provenance_, len(model.members_)
    date = "" if provenance is None else f" that was fitted on {datetime.fromisoformat(provenance.date).date()}"
    networks = f"the mean of {members} networks" if members > 1 else "one network"
    lines = [
        f"Predictions of {', '.join(map(repr, model.target_names_))}, written by glassnet {version('glassnet')} from a "
        f"{type(model).__name__}{date}: {networks}.",
        PIXELS if model.schema_.kind == "image" else CELLS,
    ]
    if coverage is not None:
        lines.append(f"Intervals from lower to upper have the coverage {coverage}.")
    if isinstance(model, NetworkRegressor) and model.exposed_:
        lines.append("Predictions are per unit of exposure: multiply them by that of each row.")
    return "\n".join(lines)


def metadata(model: NetworkRegressor | NetworkClassifier, coverage: float | None) -> dict[str, str]:
    """Return the one entry of the file's metadata, which a program may read: the record as JSON."""
    return {ENTRY: record_text(file_record(model, coverage))}
