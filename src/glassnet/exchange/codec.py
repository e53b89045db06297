"""Frozen records to JSON and back, by an allow-list: a file names a record, this table says which class that is."""

from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from glassnet.conformal.calibration import Calibration
from glassnet.conformal.error_distribution import ErrorDistribution
from glassnet.conformal.error_scale import ErrorScale
from glassnet.data.cell_format import CellFormat, TableFormat
from glassnet.data.column import Column
from glassnet.data.images import ImageSchema
from glassnet.data.scaler import Scaler
from glassnet.data.seen_rows import SeenRows
from glassnet.data.table_schema import TableSchema
from glassnet.ensemble.ensemble import Ensemble
from glassnet.ensemble.member import Member, Split
from glassnet.ensemble.preprocessing import Preprocessing
from glassnet.ensemble.recipe import Recipe
from glassnet.estimators.provenance import Provenance
from glassnet.exchange.type_checks import check_fields
from glassnet.network import activation, initializers, loss
from glassnet.network.augmentation import Crop, Flip, Shift
from glassnet.network.bounded_scaling import BoundedScaling
from glassnet.network.convolution import Convolution
from glassnet.network.dense import Dense
from glassnet.network.dropout import Dropout
from glassnet.network.embedding import Embedding
from glassnet.network.flatten import Flatten
from glassnet.network.linear_path import LinearPath
from glassnet.network.network import Network
from glassnet.network.parametric import ParametricActivation
from glassnet.network.periodic import Periodic
from glassnet.network.piecewise import PiecewiseLinear
from glassnet.network.pooling import AveragePool, MaxPool
from glassnet.network.scaling import InputScaling
from glassnet.network.smooth_clip import SmoothClip
from glassnet.storage.json_value import JSON
from glassnet.training import auto_solver
from glassnet.training.history import History
from glassnet.training.stopping import StopReason

CLASSES: tuple[type, ...] = (
    *(type(known) for known in activation.ACTIVATIONS.values()),
    *(type(known) for known in loss.LOSSES.values()),
    *(type(known) for known in initializers.INITIALIZERS.values()),
    *(type(known) for known in auto_solver.SOLVERS.values()),
    initializers.Constant,
    activation.Increasing,
    Convolution,
    MaxPool,
    AveragePool,
    Flatten,
    Shift,
    Flip,
    Crop,
    Dense,
    Dropout,
    Embedding,
    SmoothClip,
    Periodic,
    PiecewiseLinear,
    InputScaling,
    ParametricActivation,
    BoundedScaling,
    LinearPath,
    Network,
    CellFormat,
    TableFormat,
    Column,
    TableSchema,
    ImageSchema,
    Scaler,
    Preprocessing,
    Split,
    History,
    Member,
    Ensemble,
    Recipe,
    Calibration,
    ErrorDistribution,
    ErrorScale,
    SeenRows,
    Provenance,
)
MOST_LETTERS = 2**24
RECORDS: dict[str, type] = {known.__name__: known for known in CLASSES}


def is_storable(value: object) -> bool:
    """Return whether a value is made of numbers, text and records on the list."""
    try:
        to_json(value, {})
    except TypeError:
        return False
    return True


def to_json(value: object, arrays: dict[str, np.ndarray]) -> JSON:
    """Return plain JSON for a value; its arrays are put into `arrays` and referred to by name."""
    if isinstance(value, np.ndarray) and value.dtype.kind in "OU" and all(isinstance(item, str) for item in value):
        return {"text": [str(item) for item in value], "kind": value.dtype.kind}
    if isinstance(value, np.ndarray) and value.dtype.kind in "biuf":
        name = f"array{len(arrays):04d}"
        arrays[name] = value
        return {"array": name}
    if is_dataclass(value) and type(value) in CLASSES:
        parts = {field.name: to_json(getattr(value, field.name), arrays) for field in fields(value)}
        return {"record": type(value).__name__, "fields": parts}
    if isinstance(value, tuple):
        return {"tuple": [to_json(item, arrays) for item in value]}
    if isinstance(value, list):
        return [to_json(item, arrays) for item in value]
    if isinstance(value, dict):
        return _dict_to_json(value, arrays)
    if isinstance(value, StopReason):
        return {"reason": value.name}
    plain = value.item() if isinstance(value, np.generic) else value
    if plain is None or isinstance(plain, bool | int | float | str):
        return plain
    raise TypeError(f"{value!r} cannot be stored in a model file; use numbers, text or glassnet's own records")


def _dict_to_json(value: dict[object, object], arrays: dict[str, np.ndarray]) -> JSON:
    if all(isinstance(key, str) for key in value):
        return {"dict": {str(key): to_json(item, arrays) for key, item in value.items()}}
    return {"pairs": [[to_json(key, arrays), to_json(item, arrays)] for key, item in value.items()]}


def from_json(value: JSON, arrays: dict[str, np.ndarray]) -> Any:
    """Return the value and take its arrays out of `arrays`; each is there for one place.

    Raises `ValueError` for what is not on the list, and for a record whose fields are not what it declares.
    """
    if isinstance(value, list):
        return [from_json(item, arrays) for item in value]
    if not isinstance(value, dict):
        return value
    match value:
        case {"array": str(name), **rest} if not rest and name in arrays:
            return arrays.pop(name)
        case {"text": list(items), "kind": str(kind), **rest} if not rest and kind in ("O", "U"):
            return _text(items, kind)
        case {"tuple": list(items), **rest} if not rest:
            return tuple(from_json(item, arrays) for item in items)
        case {"dict": dict(items), **rest} if not rest:
            return {key: from_json(item, arrays) for key, item in items.items()}
        case {"pairs": list(pairs), **rest} if not rest:
            return {from_json(key, arrays): from_json(item, arrays) for key, item in map(_pair, pairs)}
        case {"reason": str(name), **rest} if not rest and name in StopReason.__members__:
            return StopReason[name]
        case {"record": str(name), "fields": dict(given), **rest} if not rest and name in RECORDS:
            record = RECORDS[name](**{key: from_json(item, arrays) for key, item in given.items()})
            check_fields(record)
            return record
        case _:
            raise ValueError(f"it holds something that this version does not know: {str(value)[:80]}")


def _pair(value: JSON) -> tuple[JSON, JSON]:
    if not isinstance(value, list) or len(value) != 2:
        raise ValueError(f"it holds {str(value)[:80]} in the place of a pair")
    return value[0], value[1]


def _text(items: list[JSON], kind: str) -> np.ndarray:
    """Return a vector of text; a fixed width would let one long text blow up all the others."""
    texts = [item for item in items if isinstance(item, str)]
    if len(texts) < len(items):
        raise ValueError("it holds a vector of text with something else in it")
    if kind == "U" and len(texts) * max(map(len, texts), default=0) > MOST_LETTERS:
        raise ValueError(f"it holds a vector of text of more than {MOST_LETTERS} letters")
    return np.array(texts, dtype=object if kind == "O" else str)
