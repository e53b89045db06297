"""Networks of other programs: an ONNX file as layers of ours with their parameters."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from glassnet.exchange.onnx.read_exported import PRODUCER, ExportedModel, read_exported
from glassnet.exchange.onnx.read_file import LONGEST_REASON, OnnxFileError, read_model
from glassnet.exchange.onnx.read_graph import chain_of
from glassnet.exchange.onnx.read_layers import begun, stack_of
from glassnet.exchange.onnx.read_operators import NoLayerError
from glassnet.network.layer import Shape
from glassnet.network.network import Network

if TYPE_CHECKING:
    from onnx import ModelProto  # an optional package

    from glassnet.estimators.regressor import NetworkRegressor

READ_MODEL_FILE = (
    "it was written by export_onnx, so give the model file that it was written of, as in glassnet certify MODEL.glass "
    "TABLE"
)


@dataclass(frozen=True, eq=False)
class OnnxNetwork:
    """A network that was read from an ONNX file.

    Attributes
    ----------
    network : Network
        The layers. Images come in with channels last, (rows, height, width, channels).
    parameters : list of dict of array
        One dict a layer, in the precision of the file, float32 or float64.
    inputs, outputs : tuple of str
        The names of the columns that come in, x1, x2, ..., and of the numbers that come out, y, or y1, y2, ...
    channels_first : bool
        Whether images come in with channels first in the file, (rows, channels, height, width).
    exported : ExportedModel or None
        Of a file that `export_onnx` wrote: its members. Then `network` maps scaled inputs to scaled outputs, and
        `parameters` are those of the first member.

    Examples
    --------
    >>> import tempfile
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, export_onnx, read_onnx
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     read = read_onnx(export_onnx(model, f"{folder}/diabetes.onnx").path)
    >>> read.inputs[:3], read.outputs
    (('age', 'sex', 'bmi'), ('target',))
    >>> read.network.shapes[0], read.network.shapes[-1]
    ((10,), (1,))
    """

    network: Network
    parameters: list[dict[str, np.ndarray]]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    channels_first: bool
    exported: ExportedModel | None = None

    def rows(self, x: ArrayLike) -> np.ndarray:
        """Return samples in the file's shape as the network takes them.

        Parameters
        ----------
        x : array (rows, ...)
            Such as (rows, channels, height, width).
        """
        array = np.asarray(x)
        array = np.moveaxis(array, 1, -1) if self.channels_first and array.ndim > 2 else array
        return array.reshape(len(array), *self.network.inputs)

    def rows_of_output(self, y: ArrayLike) -> np.ndarray:
        """Return outputs in the file's shape as the network gives them.

        Parameters
        ----------
        y : array (rows, ...)
            Such as (rows, channels, height, width).
        """
        array = np.asarray(y)
        return np.moveaxis(array, 1, -1) if self.channels_first and array.ndim > 2 else array

    def regressor(
        self, columns: Sequence[str] | None = None, targets: Sequence[str] | None = None
    ) -> "NetworkRegressor":
        """Return a regressor, which `certify`, `trace` and `attack` take.

        It has one member without scaling, or the members that `export_onnx` wrote, with their scaling.

        Parameters
        ----------
        columns : sequence of str or None
            The names of the columns of a table; None: `inputs`.
        targets : sequence of str or None
            The names of what is predicted; None: `outputs`.

        Raises
        ------
        ValueError
            Where a table or images do not fit the inputs, the outputs are no vector, there are too few names, or the
            file holds a classifier.
        """
        from glassnet.exchange.onnx.read_regressor import regressor_of, regressor_of_exported

        names = self.inputs if columns is None else tuple(columns)
        results = self.outputs if targets is None else tuple(targets)
        if columns is not None and len(self.network.inputs) > 1:
            raise ValueError("columns are of a table, and the network takes images or signals; leave columns out")
        for what, given, count in (("columns", names, len(self.inputs)), ("targets", results, len(self.outputs))):
            if len(given) != count:
                raise ValueError(f"{what} names {len(given)} column(s), and the network takes {count}")
        if self.exported is not None:
            return regressor_of_exported(self.exported, names, results)
        return regressor_of(self.network, self.parameters, names, results)


def read_onnx(path: str | Path) -> OnnxNetwork:
    """Return the network in an ONNX file, x^L = f^L o ... o f^1 (x^0) with layers and parameters of ours.

    The file is read as data, and refused where it asks for what no layer here does: operators other than those of
    docs/guide/onnx-reading.md, several inputs or outputs, branches, and numbers that stand in other files. A file that
    `export_onnx` wrote is read as the model that it was written of, with its columns, scaling and members.

    Parameters
    ----------
    path : str or Path
        The file.

    Returns
    -------
    OnnxNetwork
        The network, its parameters and the names of what comes in and out.

    Raises
    ------
    OnnxFileError
        Where there is no such file, it is damaged, or it holds something else; the message names the operator.
    ModuleNotFoundError
        Where onnx is not installed.

    Examples
    --------
    >>> import tempfile
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, export_onnx, read_onnx
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     read = read_onnx(export_onnx(model, f"{folder}/diabetes.onnx").path)
    >>> regressor = read.regressor()
    >>> bool(abs(regressor.predict(X) - model.predict(X)).max() < 0.1)
    True
    """
    path = Path(path)
    model = read_model(path)
    own = model.producer_name == PRODUCER
    try:
        return _exported(model) if own else _of_chain(model)
    except NoLayerError as error:
        advice = f"; {READ_MODEL_FILE}" if own else ""
        raise OnnxFileError(f"{str(path)!r} cannot be read as a network: {error}{advice}") from error
    except Exception as error:  # whatever a file makes go wrong is a fault of the file
        reason = f"{str(error)[:LONGEST_REASON]} ({type(error).__name__})"
        raise OnnxFileError(f"{str(path)!r} cannot be read as a network: {reason}; export it again") from error


def _of_chain(model: "ModelProto") -> OnnxNetwork:
    chain = chain_of(model)
    stack, channels_first = stack_of(chain), begun(chain).channels_first
    network = Network(stack.inputs, stack.layers)
    outputs = ("y",) if prod(stack.shape) == 1 else _numbered("y", stack.shape)
    return OnnxNetwork(network, list(stack.parameters), _numbered("x", stack.inputs), outputs, channels_first)


def _exported(model: "ModelProto") -> OnnxNetwork:
    found = read_exported(model)
    ensemble = found.ensemble
    columns = tuple(column.name for column in ensemble.schema.columns)
    inputs = columns or _numbered("x", ensemble.network.inputs)
    return OnnxNetwork(ensemble.network, ensemble.members[0].parameters, inputs, found.names, False, found)


def _numbered(letter: str, shape: Shape) -> tuple[str, ...]:
    return tuple(f"{letter}{place}" for place in range(1, prod(shape) + 1))
