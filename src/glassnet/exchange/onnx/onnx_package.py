"""The optional package onnx, and how large a file it can hold."""

from types import ModuleType

MOST_BYTES = 2**31 - 1  # of a protocol buffer


def import_onnx() -> ModuleType:
    """Return the package onnx; `ModuleNotFoundError` says what to type."""
    try:
        import onnx
    except ModuleNotFoundError:
        raise ModuleNotFoundError(
            "ONNX files need onnx, which is not installed; type pip install 'glassnet[onnx]'"
        ) from None
    return onnx
