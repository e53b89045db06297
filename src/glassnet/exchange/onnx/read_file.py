"""An ONNX file as its own description says it: read as data, within limits, and checked for its form."""

from pathlib import Path
from typing import TYPE_CHECKING

from glassnet.exchange.onnx.onnx_package import MOST_BYTES, import_onnx

if TYPE_CHECKING:  # an optional package
    from onnx import ModelProto

LEAST_IR = 4  # before it constants were inputs too; many files of that time leave them out
MOST_NODES = 10_000
LONGEST_REASON = 300  # letters; a file may hold very long names
OWN_DOMAINS = ("", "ai.onnx")


class OnnxFileError(ValueError):
    """An ONNX file cannot be read, or holds what no layer here does.

    Examples
    --------
    >>> from glassnet import OnnxFileError, read_onnx
    >>> try:
    ...     read_onnx("no-such-file.onnx")
    ... except OnnxFileError as error:
    ...     print(error)
    there is no ONNX file 'no-such-file.onnx'
    """


def read_model(path: Path) -> "ModelProto":
    """Return what a file says; `OnnxFileError` for one that is missing, too large, damaged, or not all in one file."""
    onnx = import_onnx()
    if not path.is_file():
        raise OnnxFileError(f"there is no ONNX file {str(path)!r}")
    size = path.stat().st_size
    if size > MOST_BYTES:
        raise OnnxFileError(f"{str(path)!r} has {size} bytes, more than the {MOST_BYTES} that are read")
    try:
        model = onnx.load_model_from_string(path.read_bytes())
    except OSError as error:
        raise OnnxFileError(f"{str(path)!r} cannot be read: {error.strerror}; look at its permissions") from error
    except Exception as error:  # of protobuf, whose errors have no common kind
        raise OnnxFileError(f"{str(path)!r} is no ONNX file, or a part of one; take another copy") from error
    _check_contents(path, model)
    model.ir_version = max(model.ir_version, LEAST_IR)
    try:
        onnx.checker.check_model(model)
    except Exception as error:  # whatever a file makes go wrong is a fault of the file
        reason = " ".join(str(error).split())[:LONGEST_REASON]
        raise OnnxFileError(f"{str(path)!r} is not as ONNX says: {reason}; export it again") from error
    return model


def _check_contents(path: Path, model: "ModelProto") -> None:
    """Refuse what is not looked at further: before the checker, whose words on it are of another kind."""
    graph = model.graph
    if not graph.node and not graph.output:
        raise OnnxFileError(f"{str(path)!r} is no ONNX file: it has no graph; take another copy")
    if len(graph.node) > MOST_NODES:
        raise OnnxFileError(f"{str(path)!r} has {len(graph.node)} nodes, more than the {MOST_NODES} that are read")
    given = [attribute.t for node in graph.node for attribute in node.attribute]
    for tensor in (*graph.initializer, *given):
        if tensor.data_location == tensor.EXTERNAL:
            raise OnnxFileError(
                f"{str(path)!r} keeps {tensor.name!r} in another file, which is not opened; save it as one file, in "
                "Python with onnx.save(onnx.load(path), new_path)"
            )
    if graph.sparse_initializer:
        raise OnnxFileError(f"{str(path)!r} has sparse constants, which are not read; export it with dense ones")
    if model.functions:
        raise OnnxFileError(f"{str(path)!r} defines functions of its own; export it with them written out (inlined)")
