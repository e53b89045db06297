"""What a fit is given, and what came of it."""

from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from glassnet.data.dataset import Dataset
from glassnet.data.schema import Samples
from glassnet.ensemble.ensemble import Ensemble


@dataclass(frozen=True)
class FitData:
    """What a fit is given, checked: samples, targets (rows, targets), weights, and options of `fit`."""

    samples: Samples
    targets: np.ndarray
    weights: np.ndarray
    groups: np.ndarray | None = None
    validation: tuple[Samples, np.ndarray] | None = None
    checkpoint: Path | None = None


class FitResult(NamedTuple):
    """What the errors of a fit are measured with.

    Parameters
    ----------
    all_rows : Dataset
        The rows as they were encoded, those of weight zero among them.
    before_final : Ensemble
        The members before their final epochs, which have not learned from their validation rows.
    """

    all_rows: Dataset
    before_final: Ensemble
