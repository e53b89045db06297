"""ONNX files beside the models that they were written from: differences, and how long one row takes.

    python benchmarks/onnx_export.py [--tables FOLDER] [--classes FOLDER] [--images FOLDER] [--epochs 3]

FOLDER holds tables (NAME.parquet, the last column `target`), or `mnist.npz`. Models learn for a few epochs from a part
of the rows: how good they are does not matter here. Differences are on rows of the file with gaps, unseen levels and
far values among them, in standard deviations of the target, or of its distance from the mean where that is larger; of
classes in probability. Milliseconds of one row are medians, beside scikit-learn's network on the numbers alone.
"""

import tempfile
import warnings
from pathlib import Path
from statistics import median
from time import perf_counter

import click
import numpy as np
import onnxruntime
import polars as pl
from rich.console import Console
from rich.table import Table
from sklearn.neural_network import MLPRegressor

from glassnet import NetworkClassifier, NetworkRegressor, export_onnx
from glassnet.data.columns import Table as Columns
from glassnet.data.columns import from_frame
from glassnet.data.images import Images, as_images
from glassnet.exchange.onnx.onnx_inputs import onnx_inputs
from glassnet.exchange.onnx.parity import expected_outputs, largest_difference, run_reference, run_runtime

MOST_ROWS = 3_000  # that a model learns from
COMPARED = 200
RARE = 0.05  # of gaps, and of values that are far or unseen
FAR = 1e3  # standard deviations
REPEATS = 50
COVERAGE = 0.9
HEAD = ("data", "inputs", "members", "MB", "made-up rows", "onnx.reference", "onnxruntime", "export s",
        "ms onnxruntime", "ms glassnet", "ms scikit-learn")  # fmt: skip


def dirtied(table, seed=0):
    """Return a table with gaps, far values and unseen levels."""
    random = np.random.default_rng(seed)
    columns = []
    for name, cells in zip(table.names, table.columns, strict=True):
        new, kind = cells.copy(), random.random(table.rows)
        if cells.dtype == object:
            new[kind > 1 - RARE] = "a level that is new"
            new[kind < RARE] = None
        else:
            present = cells[~np.isnan(cells)]
            two = len(np.unique(present)) <= 2
            far = 0.0 if two else np.round(FAR * np.std(present)) if name in table.dates else FAR * np.std(present)
            new = np.where(kind > 1 - RARE, cells + far, cells)
            new[kind < RARE] = np.nan
        columns.append(new)
    return Columns(table.names, tuple(columns), dates=table.dates, booleans=table.booleans, zoned=table.zoned)


def milliseconds(call):
    times = []
    for _ in range(REPEATS):
        started = perf_counter()
        call()
        times.append(perf_counter() - started)
    return f"{1e3 * median(times[1:]):.3g}"


def peer(frame, y):
    """Return scikit-learn's network of the same width on the numbers, as a function that predicts one row."""
    X = frame.select(pl.selectors.numeric()).fill_null(0).to_numpy().astype(float)
    X = (X - X.mean(axis=0)) / np.where(X.std(axis=0) > 0, X.std(axis=0), 1)
    network = MLPRegressor(hidden_layer_sizes=(128, 128, 128), max_iter=2).fit(X, y)
    return lambda: network.predict(X[:1])


def compared(name, model, samples, one, folder, timed):
    """Export a model, compare it on samples, and return a line of figures."""
    coverage = None if isinstance(model, NetworkClassifier) else COVERAGE
    started = perf_counter()
    written = export_onnx(model, folder / "model.onnx", coverage=coverage)
    seconds = perf_counter() - started
    content = written.path.read_bytes()
    feeds, expected = onnx_inputs(model.schema_, samples), expected_outputs(model, samples, coverage)
    found = [largest_difference(model, expected, run(content, feeds)) for run in (run_reference, run_runtime)]
    session = onnxruntime.InferenceSession(content)
    feed, answer = onnx_inputs(model.schema_, one), model.predict_proba if coverage is None else model.predict
    row = one.pixels if isinstance(one, Images) else one
    output = ["probabilities" if coverage is None else "prediction"]
    return (
        name, str(len(written.inputs)), str(len(model.members_)), f"{len(content) / 1e6:.1f}",
        f"{written.largest_difference:.1e}", *(f"{difference:.1e}" for difference in found), f"{seconds:.1f}",
        milliseconds(lambda: session.run(output, feed)), milliseconds(lambda: answer(row)),
        "-" if timed is None else milliseconds(timed),
    )  # fmt: skip


def of_table(path, epochs, folder, classes):
    data = pl.read_parquet(path)
    rows = np.random.default_rng(0).permutation(data.height)
    part, test = data[rows[:MOST_ROWS].tolist()], data[rows[-COMPARED:].tolist()]
    frame, y = part.drop("target"), part["target"]
    kind = NetworkClassifier if classes else NetworkRegressor
    model = kind(max_iter=epochs, random_state=0).fit(frame, y)
    clean = from_frame(test.drop("target"))
    timed = None if classes else peer(frame, y.to_numpy())
    return compared(path.stem, model, dirtied(clean), clean.take(np.arange(1)), folder, timed)


def of_images(path, epochs, folder):
    with np.load(path, allow_pickle=False) as file:
        X, y, X_test = file["x_train"][:MOST_ROWS], file["y_train"][:MOST_ROWS], file["x_test"][:COMPARED]
    model = NetworkClassifier(max_iter=epochs, random_state=0).fit(X, y)
    return compared(path.stem, model, as_images(X_test), as_images(X_test[:1]), folder, None)


@click.command()
@click.option("--tables", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Folder of tables.")
@click.option("--classes", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Folder with classes.")
@click.option("--images", type=click.Path(exists=True, file_okay=False, path_type=Path), help="Folder with mnist.npz.")
@click.option("--epochs", default=3, show_default=True, help="Epochs of every fit.")
def main(tables, classes, images, epochs):
    """Print a line a data set."""
    console = Console(width=160)
    shown = Table(title=f"largest differences of ONNX models, of {COMPARED} rows, and milliseconds of one row")
    for head in HEAD:
        shown.add_column(head, justify="left" if head == "data" else "right")
    with tempfile.TemporaryDirectory() as name, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tasks = [(of_table, path, (False,)) for path in sorted(tables.glob("*.parquet") if tables else ())]
        tasks += [(of_table, path, (True,)) for path in sorted(classes.glob("*.parquet") if classes else ())]
        tasks += [(of_images, images / "mnist.npz", ())] if images else []
        for make, path, options in tasks:
            figures = make(path, epochs, Path(name), *options)
            console.print("  ".join(figures))
            shown.add_row(*figures)
    console.print(shown)


if __name__ == "__main__":
    main()
