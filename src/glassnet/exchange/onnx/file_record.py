"""What an ONNX file states of its model in JSON: the columns or images, the names, the loss, the coverage."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, cast

import numpy as np

from glassnet.data.images import ImageSchema
from glassnet.data.table_schema import TableSchema
from glassnet.estimators.classifier import NetworkClassifier
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.exchange.codec import from_json, is_storable, to_json
from glassnet.exchange.onnx.read_file import LONGEST_REASON
from glassnet.exchange.onnx.read_operators import NoLayerError
from glassnet.exchange.type_checks import check_fields
from glassnet.network.loss import Loss, as_loss

ENTRY = "glassnet"  # of the file's metadata


@dataclass(frozen=True)
class FileRecord:
    """What the graph of a file does not state.

    Parameters
    ----------
    schema : TableSchema or ImageSchema
        The columns of the table, or what the images are.
    targets : list of str
        The names of what is predicted.
    classes : list of str, int, float or bool
        Of a classifier, in the order of the probabilities; of several labels a row their names. Else empty.
    loss : Loss or None
        Of a regressor, with its numbers; None for one of a user's own, and of a classifier.
    exposed : bool
        Whether predictions are per unit of exposure.
    coverage : float or None
        Of the intervals, between 0 and 1; None without intervals.
    """

    schema: TableSchema | ImageSchema
    targets: list[str]
    classes: list[str | int | float | bool]
    loss: Loss | None
    exposed: bool
    coverage: float | None

    def __post_init__(self) -> None:
        check_fields(self)
        if self.coverage is not None and not 0 < self.coverage < 1:
            raise ValueError(f"a coverage is between 0 and 1, not {self.coverage}")
        if self.exposed and self.loss is not None and self.loss.variance_power is None:
            raise ValueError(f"exposures need a loss of counts or amounts, not {self.loss}")


def file_record(model: NetworkRegressor | NetworkClassifier, coverage: float | None) -> FileRecord:
    """Return what the file of a model states; coverage is that of the intervals in it."""
    schema = cast(TableSchema | ImageSchema, model.schema_)
    names: list[str] = list(map(str, model.target_names_))
    if isinstance(model, NetworkClassifier):
        classes: list[Any] = names if model.multilabel_ else list(map(_plain, model.classes_.tolist()))
        return FileRecord(schema, names, classes, None, False, None)
    loss = as_loss(model.loss)
    stored = loss if is_storable(loss) else None
    return FileRecord(schema, names, [], stored, model.exposed_, None if coverage is None else float(coverage))


def _plain(value: Any) -> Any:
    """Return a number or text of NumPy as one of Python, as JSON has them."""
    return value.item() if isinstance(value, np.generic) else value


def record_text(record: FileRecord) -> str:
    """Return a record as JSON, in which numbers keep all their digits."""
    return json.dumps({field.name: to_json(getattr(record, field.name), {}) for field in fields(record)})


def read_record(metadata: Mapping[str, str]) -> FileRecord:
    """Return the record in the metadata of a file; `NoLayerError` where it has none, or it is not as it was written."""
    if ENTRY not in metadata:
        raise NoLayerError(f"its metadata have no entry {ENTRY!r}, so an earlier version wrote it; export it again")
    try:
        return FileRecord(**{name: from_json(part, {}) for name, part in json.loads(metadata[ENTRY]).items()})
    except Exception as error:  # whatever a file makes go wrong is a fault of the file
        reason = f"{str(error)[:LONGEST_REASON]} ({type(error).__name__})"
        raise NoLayerError(f"the entry {ENTRY!r} of its metadata is not as export_onnx writes it: {reason}") from error
