"""What reading costs: test errors of default fits on a table read from a clean file and from a dirtied one.

    python benchmarks/reading.py FOLDER [--tables used_cars,ames_housing] [--rows 2000] [--seed 0]

Four tables are made (made_tables.py), two are taken from FOLDER, NAME.parquet with a last column `target`. Each is
written clean, as Parquet, and dirtied (dirty_tables.py) without odd cells and with 5% of them in the numeric columns
of the features. All files are read by `glassnet.read_table` without options, and `NetworkRegressor(random_state=0)` is
fitted to the same three quarters of the rows. `clean` is the RMSE of the clean file on the rest; `read` that of the
dirtied one; `same gaps` that of the clean file without the cells which are lost in the dirtied one, for what is lost no
reader brings back. `cells` counts those that were read otherwise than they were meant, without the index. Without odd
cells, `read` has to equal `clean`; with them it may be 1.03 of `same gaps`.
"""

import tempfile
from pathlib import Path
from time import perf_counter

import click
import numpy as np
import polars as pl
from dirty_tables import Dress, dirtied
from made_tables import MADE
from rich.console import Console
from rich.table import Table
from sklearn.metrics import root_mean_squared_error

import glassnet
from glassnet import NetworkRegressor

FLOOR = 1.03
ODD_CELLS = 0.05
REAL_ROWS = 3_000  # the most of a table from the folder
DRESS = {
    "used_cars": Dress({"km": "km", "power": "PS"}, ("list_price", "target")),
    "listings": Dress({"size": "m²", "distance": "km"}, ("fees", "target")),
    "players": Dress({"height": "cm", "weight": "kg"}, ("wage",)),
    "sensor_log": Dress({"temperature": "°C", "pressure": "hPa"}, ("tariff",)),
    "ames_housing": Dress({"Lot Area": "sqft", "Gr Liv Area": "sqft"}, ("Misc Val", "target")),
    "nyc_taxis": Dress({"distance": "mi", "passengers": "Pers."}, ("tolls", "target")),
}


def clean_table(name: str, folder: Path, rows: int, seed: int) -> pl.DataFrame | None:
    """Return a made table, or one of the folder, of which rows are drawn where it has many; None where it is absent."""
    if name in MADE:
        return MADE[name](rows, seed)
    path = folder / f"{name}.parquet"
    if not path.is_file():
        return None
    frame = pl.read_parquet(path)
    return frame.sample(min(frame.height, REAL_ROWS), seed=seed)


def test_rows(height: int, seed: int) -> np.ndarray:
    mask = np.zeros(height, dtype=bool)
    mask[np.random.default_rng(seed).permutation(height)[: height // 4]] = True
    return mask


def error_of_fit(frame: pl.DataFrame, test: np.ndarray) -> float:
    frame, y = frame.drop("target"), frame["target"].to_numpy()
    model = NetworkRegressor(random_state=0).fit(frame.filter(~test), y[~test])
    return root_mean_squared_error(y[test], model.predict(frame.filter(test)))


def cells_read_otherwise(frame: pl.DataFrame, meant: pl.DataFrame) -> int:
    """Return how many cells differ from what was meant; a lost column counts whole, other columns not at all."""
    wrong = 0
    for column in meant.iter_columns():
        if column.name not in frame.columns:
            wrong += len(column)
            continue
        read = frame[column.name].to_list()
        wrong += sum(cell != other for cell, other in zip(column.to_list(), read, strict=True))
    return wrong


def written(content: bytes, path: Path) -> Path:
    path.write_bytes(content)
    return path


def compared(name: str, frame: pl.DataFrame, folder: Path, seed: int) -> list[tuple[str, ...]]:
    """Return a line of the report for each variant of a table."""
    frame.write_parquet(folder / "clean.parquet")
    clean = glassnet.read_table(folder / "clean.parquet").frame
    test = test_rows(clean.height, seed)
    clean_error, lines = error_of_fit(clean, test), []
    for variant, fraction in (("no odd cells", 0.0), (f"{ODD_CELLS:.0%} odd cells", ODD_CELLS)):
        content, meant = dirtied(frame, DRESS[name], fraction, seed)
        read = glassnet.read_table(written(content, folder / "dirty.csv")).frame
        if read.height != meant.height or "target" not in read.columns or not read.schema["target"].is_numeric():
            lines.append((name, variant, f"{read.height} rows", *[""] * 5, "rows or the target are lost"))
            continue
        error = error_of_fit(read, test)
        gaps_error = error_of_fit(meant, test) if fraction else clean_error
        if fraction:
            verdict = "ok" if error <= FLOOR * gaps_error else f"above {FLOOR:g}"
        else:
            verdict = "ok" if error == clean_error else "not equal"
        cells = str(cells_read_otherwise(read, meant))
        errors = (f"{clean_error:.4g}", f"{gaps_error:.4g}", f"{error:.4g}")
        lines.append(
            (name, variant, cells, *errors, f"{error / clean_error:.4f}", f"{error / gaps_error:.4f}", verdict)
        )
    return lines


@click.command(help=__doc__, context_settings={"max_content_width": 120})
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option("--tables", default=",".join(DRESS), show_default=True, help="With commas.")
@click.option("--rows", default=2_000, show_default=True, help="Rows of the made tables.")
@click.option("--seed", default=0, show_default=True, help="Of the tables, the odd cells and the split.")
def main(folder: Path, tables: str, rows: int, seed: int) -> None:
    console = Console(width=130)
    shown = Table(title="RMSE on test rows")
    heads = ("table", "file", "cells", "clean", "same gaps", "read", "read / clean", "read / same gaps", "")
    for head in heads:
        shown.add_column(head, justify="left" if head in ("table", "file", "") else "right")
    with tempfile.TemporaryDirectory() as place:
        for name in tables.split(","):
            started = perf_counter()
            if (frame := clean_table(name, folder, rows, seed)) is None:
                console.print(f"{name}: no {folder / name}.parquet, left out")
                continue
            for line in compared(name, frame, Path(place), seed):
                shown.add_row(*line)
            console.print(f"{name}: {perf_counter() - started:.0f} s", highlight=False)
    console.print(shown)


if __name__ == "__main__":
    main()
