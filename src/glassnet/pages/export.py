"""`export`: the formula of a fitted model as a file, of the kind that its ending says."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from sklearn.utils.validation import check_is_fitted

from glassnet.estimators.classifier import NetworkClassifier
from glassnet.estimators.regressor import NetworkRegressor
from glassnet.exchange.formulas.python_module import python_module
from glassnet.exchange.formulas.workbook import workbook
from glassnet.exchange.onnx.export import onnx_model
from glassnet.insight.equations.latex_formula import latex_formula
from glassnet.storage.atomic import why_not, write_bytes

Estimator = NetworkRegressor | NetworkClassifier
SHADOWED = sys.stdlib_module_names | {"numpy", "glassnet"}  # which a file of that name would stand before
Files = dict[Path, bytes]  # the content of every file, in the order of writing


def export(model: Estimator, path: str | Path) -> tuple[Path, ...]:
    """Write the formula of a fitted model of a table to a file for other programs, and return the files written.

    What is written computes the mean over the members of f = f^L o ... o f^1, with the reading of cells and the scaling
    of inputs and targets, in float64. A .py file is a module that needs NumPy alone; beside it lies a .npz file with
    its arrays unless they are few. A .xlsx file is a workbook with a sheet a layer and member, whose cells compute
    the prediction for the row on the first; of models of up to 5,000 parameters. A .tex file has the equations with
    six digits, as `latex_formula`; of up to 200 parameters. A .onnx file is that of `export_onnx` without intervals, of
    images too. Files of these names are replaced.

    Parameters
    ----------
    model : NetworkRegressor or NetworkClassifier
        A model that was fitted to a table.
    path : str or Path
        The file; its ending says the kind: .py, .xlsx, .tex or .onnx.

    Returns
    -------
    tuple of Path
        The file, and those beside it that belong to it.

    Raises
    ------
    TypeError
        For models of images, other kinds of object, and layers or activations of a user's own.
    ValueError
        For an unknown ending, a missing folder, a .py file that would be imported in place of NumPy or a module of
        Python, and what a file of this kind cannot express; it says what to type.

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, export
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0).fit(X, y)
    >>> with TemporaryDirectory() as folder:
    ...     [path.name for path in export(model, Path(folder, "formula.py"))]
    ['formula.py', 'formula.npz']
    """
    files = exported_files(model, Path(path))
    write_files(files)
    return tuple(sorted(files, key=lambda file: file != Path(path)))


def exported_files(model: Estimator, path: Path) -> Files:
    """Return the files that `export` writes, by path, with their content."""
    check_ending(path)
    if not path.parent.is_dir():
        raise ValueError(f"there is no folder {str(path.parent)!r} to write {path.name!r} to; make it first")
    if not isinstance(model, Estimator):
        raise TypeError(
            f"export takes a fitted NetworkRegressor or NetworkClassifier, and this is a {type(model).__name__}"
        )
    check_is_fitted(model)
    if model.schema_.kind != "table" and path.suffix.lower() != ".onnx":
        raise TypeError(
            "the model was fitted to images, and formulas are written of models of tables alone; write a .onnx file, "
            "or predict with the model file itself: glassnet predict MODEL.glass IMAGES"
        )
    return KINDS[path.suffix.lower()](model, path)


def check_ending(path: Path) -> None:
    """Raise `ValueError` that lists the kinds of files where the ending is of none."""
    if path.suffix.lower() not in KINDS:
        raise ValueError(f"{path.name!r} has no ending of a formula; choose from {', '.join(KINDS)}")


def write_files(files: Files) -> None:
    """Write every file whole or not at all."""
    for path, content in files.items():
        try:
            write_bytes(path, content)
        except OSError as error:
            raise ValueError(f"{str(path)!r} cannot be written: {why_not(error)}") from error


def _python(model: Estimator, path: Path) -> Files:
    if path.stem in SHADOWED:
        raise ValueError(
            f"{path.name!r} would be imported in place of the module {path.stem!r} that Python has already; write to "
            f"{str(path.with_stem(f'{path.stem}_model'))!r} or another name"
        )
    module = python_module(model, path.stem)
    beside: Files = {} if module.arrays is None else {path.with_suffix(".npz"): module.arrays}
    return beside | {path: module.source.encode()}


def _workbook(model: Estimator, path: Path) -> Files:
    return {path: workbook(model)}


def _latex(model: Estimator, path: Path) -> Files:
    if not isinstance(model, NetworkRegressor):
        raise TypeError(f"a .tex file is of a NetworkRegressor, and this is a {type(model).__name__}; write a .py file")
    return {path: latex_formula(model).encode()}


def _onnx(model: Estimator, path: Path) -> Files:
    return {path: onnx_model(model, path)[0]}


# The writers by ending; each returns the content of the file and of those beside it.
KINDS: Mapping[str, Callable[[Estimator, Path], Files]] = {
    ".py": _python,
    ".xlsx": _workbook,
    ".tex": _latex,
    ".onnx": _onnx,
}
