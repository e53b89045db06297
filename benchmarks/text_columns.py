"""What text of many values is worth: test errors of default fits that leave it out or use it, beside skrub's encoders.

    python benchmarks/text_columns.py [FILE TARGET]... [--rows 3000] [--seeds 0,1] [--log]

Without a FILE, a made table of used cars is taken, whose names hold brand, model and trim. In turn `NetworkRegressor()`
is fitted without the columns of text that have more levels than can be embedded, with them, and with skrub's
`StringEncoder` in their place; last is its `TableVectorizer` before HistGradientBoostingRegressor. All learn from the
same three quarters of the rows, and the RMSE is of the rest. `--log` takes the logarithm of 1 + target.
"""

from collections.abc import Callable
from pathlib import Path
from time import perf_counter

import click
import numpy as np
import polars as pl
from made_tables import named_cars
from rich.console import Console
from rich.table import Table
from sklearn.ensemble import HistGradientBoostingRegressor
from sklearn.metrics import root_mean_squared_error

import glassnet
from glassnet import NetworkRegressor
from glassnet.data.columns import from_frame
from glassnet.data.table_schema import read_schema

Predict = Callable[[pl.DataFrame, np.ndarray, pl.DataFrame], np.ndarray]
MADE = "made: used cars by name"


def text_columns(frame: pl.DataFrame) -> list[str]:
    return [column.name for column in read_schema(from_frame(frame)).columns if column.more_levels]


def without_text(train: pl.DataFrame, y: np.ndarray, test: pl.DataFrame) -> np.ndarray:
    names = text_columns(train)
    return with_text(train.drop(names), y, test.drop(names))


def with_text(train: pl.DataFrame, y: np.ndarray, test: pl.DataFrame) -> np.ndarray:
    return NetworkRegressor(random_state=0).fit(train, y).predict(test)


def with_string_encoder(train: pl.DataFrame, y: np.ndarray, test: pl.DataFrame) -> np.ndarray:
    from skrub import StringEncoder

    for name in text_columns(train):
        encoder = StringEncoder(random_state=0).fit(train[name].fill_null(""))
        train, test = (part.drop(name).hstack(encoder.transform(part[name].fill_null(""))) for part in (train, test))
    return with_text(train, y, test)


def boosted(train: pl.DataFrame, y: np.ndarray, test: pl.DataFrame) -> np.ndarray:
    from skrub import TableVectorizer

    vectorizer = TableVectorizer()
    x = vectorizer.fit_transform(train.to_pandas())
    return HistGradientBoostingRegressor(random_state=0).fit(x, y).predict(vectorizer.transform(test.to_pandas()))


WAYS: dict[str, Predict] = {
    "without text": without_text,
    "glassnet": with_text,
    "skrub, glassnet": with_string_encoder,
    "skrub, trees": boosted,
}


def read(path: Path, target: str) -> pl.DataFrame:
    """Return a file's rows with a number as target, which becomes the column `target`."""
    frame = glassnet.read_table(path).frame.rename({target: "target"}).filter(pl.col("target").is_not_null())
    return frame.with_columns(pl.col("target").cast(pl.Float64)).filter(pl.col("target").is_finite())


def errors(frame: pl.DataFrame, rows: int, seed: int, log: bool) -> dict[str, tuple[float, float]]:
    """Return the test error of every way, and its seconds."""
    frame = frame.sample(min(rows, frame.height), seed=seed, shuffle=True)
    y = frame["target"].to_numpy()
    y = np.log1p(np.maximum(y, 0)) if log else y
    x, height = frame.drop("target"), frame.height * 3 // 4
    found = {}
    for name, predict in WAYS.items():
        started = perf_counter()
        error = root_mean_squared_error(y[height:], predict(x.head(height), y[:height], x.tail(-height)))
        found[name] = (error, perf_counter() - started)
    return found


@click.command(help=__doc__, context_settings={"max_content_width": 120})
@click.argument("files", nargs=-1)
@click.option("--rows", default=3_000, show_default=True, help="The most rows of a table.")
@click.option("--seeds", default="0", show_default=True, help="Of the rows and the split, with commas.")
@click.option("--log", is_flag=True, help="Take the logarithm of 1 + target.")
def main(files: tuple[str, ...], rows: int, seeds: str, log: bool) -> None:
    if len(files) % 2:
        raise click.UsageError("give a TARGET after every FILE")
    tables = dict(zip(files[::2], files[1::2], strict=True)) or {MADE: "target"}
    console = Console(width=120)
    shown = Table(title="RMSE on test rows, over that without text (seconds)")
    for head in ("table", "seed", "text", "without text", *list(WAYS)[1:]):
        shown.add_column(head, justify="left" if head == "table" else "right")
    for file, target in tables.items():
        for seed in map(int, seeds.split(",")):
            frame = named_cars(rows, seed) if file == MADE else read(Path(file), target)
            found = errors(frame, rows, seed, log or file == MADE)
            base = found["without text"][0]
            cells = [f"{error / base:.3f} ({seconds:.0f})" for error, seconds in list(found.values())[1:]]
            count = len(text_columns(frame.drop("target")))
            shown.add_row(Path(file).name, str(seed), str(count), f"{base:.4g}", *cells)
            console.print(f"{Path(file).name}: {sum(seconds for _, seconds in found.values()):.0f} s", highlight=False)
    console.print(shown)


if __name__ == "__main__":
    main()
