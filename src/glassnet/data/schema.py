"""What a schema must know: everything in which tables and images differ, so that nothing above has to ask."""

from collections.abc import Sequence
from typing import ClassVar, Literal, NamedTuple, Protocol, Self, runtime_checkable

import numpy as np
from numpy.typing import ArrayLike

from glassnet.data.column import Column
from glassnet.data.scaler import Scaler
from glassnet.data.shared import MemberScaling, SharedData
from glassnet.network.layer import Layer, Shape

Embedded = Literal["periodic", "piecewise", "both", "none"]
ScalerName = Literal["robust", "standard"]
CellValue = str | float | None


@runtime_checkable
class Samples(Protocol):
    """Rows of inputs as they came in: the columns of a table, or images.

    Attributes
    ----------
    kind : "table" or "image"
        The family of presets for such inputs.
    rows : int
        The number of rows.
    n_features : int
        The number of features of a row: columns, or pixels times channels.
    feature_names : tuple of str or None
        The names of the columns of a frame; None where there are none.
    """

    kind: ClassVar[str]

    @property
    def rows(self) -> int:
        """The number of rows."""
        ...

    @property
    def n_features(self) -> int:
        """The number of features of a row: columns, or pixels and channels."""
        ...

    @property
    def feature_names(self) -> tuple[str, ...] | None:
        """The names of the columns of a frame; None where there are none."""
        ...

    def take(self, rows: np.ndarray) -> Self:
        """Return these rows."""
        ...


class InputRecipe(Protocol):
    """What a recipe says of the layers between the scaled inputs and the first hidden layer.

    Attributes
    ----------
    clip_inputs : bool or None
        Whether numbers far out are clipped smoothly.
    embedding : str or None
        How numbers are embedded.
    input_scaling : bool or None
        Whether every input has a learned scale.
    convolutions : bool or None
        Whether images go through convolutions.
    shift : int or None
        By how many pixels images are moved in training.
    """

    @property
    def clip_inputs(self) -> bool | None:
        """Whether numbers far out are clipped smoothly."""
        ...

    @property
    def embedding(self) -> str | None:
        """How numbers are embedded."""
        ...

    @property
    def input_scaling(self) -> bool | None:
        """Whether every input has a learned scale."""
        ...

    @property
    def convolutions(self) -> bool | None:
        """Whether images go through convolutions."""
        ...

    @property
    def shift(self) -> int | None:
        """By how many pixels images are moved in training."""
        ...


class Movable(NamedTuple):
    """The columns that an adversary or a certificate may move.

    Parameters
    ----------
    columns : tuple of str
        Their names.
    places : array (columns,) of int
        Their places among the network's inputs.
    """

    columns: tuple[str, ...]
    places: np.ndarray


@runtime_checkable
class Schema(Protocol):
    """What training has seen of the inputs: read once, from the inputs of all rows and never from the target.

    In its methods, x are encoded inputs (rows, *input_shape), y targets (rows, targets) and `weights` sample weights
    (rows,); `rows` are row numbers.

    Attributes
    ----------
    kind : "table" or "image"
        Of the samples that it describes.
    ignored_parts : frozenset of str
        The parts of a recipe that have no effect on such samples.
    columns : tuple of Column
        The columns of a table; empty for images.
    inputs : tuple of str
        The names of the network's inputs; empty for images.
    input_shape : tuple of int
        The shape of one encoded sample.
    text_columns : tuple of str
        The names of the columns that hold categories; empty for images.
    """

    kind: ClassVar[str]
    ignored_parts: ClassVar[frozenset[str]]

    @property
    def columns(self) -> tuple[Column, ...]:
        """The columns of a table; none of images."""
        ...

    @property
    def numbers(self) -> tuple[str, ...]:
        """The names of the inputs that are numbers, the first ones, where they have names."""
        ...

    @property
    def inputs(self) -> tuple[str, ...]:
        """The names of the network's inputs, where they have names."""
        ...

    @property
    def input_shape(self) -> Shape:
        """The shape of one encoded sample."""
        ...

    @property
    def text_columns(self) -> tuple[str, ...]:
        """The names of the columns that hold text."""
        ...

    def match(self, samples: Samples, *, warn: bool = True) -> Samples:
        """Return samples in line with those of training; `ValueError` says what differs, a warning what is new."""
        ...

    def repeated_ids(self, samples: Samples) -> list[str]:
        """Return the columns by whose name and cells several rows are of the same person or thing."""
        ...

    def unlearnable(self, samples: Samples) -> dict[str, str]:
        """Return what in these samples the network has no input for: a sentence for every column with such cells."""
        ...

    def encode(self, samples: Samples, rows: np.ndarray | None = None) -> np.ndarray:
        """Return matched samples as numbers (rows, *input_shape); errors name rows by the numbers in `rows`."""
        ...

    def check(self, x: np.ndarray, rows: np.ndarray) -> None:
        """Raise `ValueError` for encoded samples that cannot be learned from."""
        ...

    def digest(self, x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> str:
        """Return a fingerprint of all numbers."""
        ...

    def fit_scaler(self, x: np.ndarray, weights: np.ndarray, rows: np.ndarray, name: ScalerName) -> Scaler:
        """Return how a member that learns from these rows scales the inputs."""
        ...

    def widened(self, scaler: Scaler, x: np.ndarray, weights: np.ndarray, rows: np.ndarray) -> Scaler:
        """Return a member's scaler with a scale for inputs that were constant so far and vary in these rows."""
        ...

    def to_shared(self, x: np.ndarray, y: np.ndarray, weights: np.ndarray) -> tuple[SharedData, np.ndarray]:
        """Return the rows as members share them, and the exponents of the shared columns."""
        ...

    def member_scaling(
        self, inputs: Scaler, targets: Scaler, mean_weight: float, exponents: np.ndarray
    ) -> MemberScaling:
        """Return how a member scales what is shared."""
        ...

    def embedding_layers(self) -> list[Layer]:
        """Return the layers without which no other layer can use the inputs."""
        ...

    def input_layers(self, recipe: InputRecipe) -> list[Layer]:
        """Return the layers of a recipe between the scaled inputs and the first hidden layer."""
        ...

    def scaled_perturbation(self, scaler: Scaler, x: np.ndarray) -> np.ndarray:
        """Return how far one unit of an adversary's epsilon moves each scaled input in training."""
        ...

    def scaled_ends(self, scaler: Scaler, x: np.ndarray) -> np.ndarray:
        """Return between which numbers every scaled input or channel lies by its nature, (2, inputs)."""
        ...

    def perturbation_unit(self, scale: np.ndarray, x: np.ndarray) -> np.ndarray:
        """Return what one unit of epsilon is in every unscaled input or channel, 0 where it is held fixed."""
        ...

    def perturbation_range(self, x: np.ndarray) -> tuple[float, float] | None:
        """Return between which numbers, in units of epsilon, inputs lie by their nature."""
        ...

    def restore(self, X: ArrayLike, x: np.ndarray) -> ArrayLike:
        """Return X with the numbers of encoded samples x in the place of its own, in the form of X."""
        ...

    def movable(self) -> Movable:
        """Return the columns of numbers that a certificate may move; `TypeError` where there are no columns."""
        ...

    def error_features(self, scaler: Scaler, x: np.ndarray) -> np.ndarray | None:
        """Return scaled inputs on which the size of errors may depend (rows, features), or None."""
        ...

    def cells(self, samples: Samples) -> dict[str, CellValue]:
        """Return one sample as it was given, by column."""
        ...

    def explain(self, row: int, scaler: Scaler, x: np.ndarray) -> str:
        """Return why the prediction for an encoded sample (1, *input_shape) may not be finite."""
        ...

    def check_stored(self, features: int, names: Sequence[str] | None) -> None:
        """Raise `ValueError` unless a schema from a file fits the number and names of features."""
        ...

    def describe(self) -> str:
        """Return a short description of the inputs."""
        ...
