"""Fits to tables that do not fit into memory: bytes, rows a second, and the error beside a fit in memory.

    python benchmarks/beyond_memory.py flat [--rows 2000000 --rows 8000000] [--preset plain]
    python benchmarks/beyond_memory.py one --rows 20000000 --compare [--preset plain] [--folder FOLDER]
    python benchmarks/beyond_memory.py speed [--rows 60000]
    python benchmarks/beyond_memory.py sorted [--rows 400000]
    python benchmarks/beyond_memory.py killed [--rows 20000000] [--preset plain]

`flat` fits in windows to tables of two sizes and prints the most memory of the process that is its own (RssAnon of
Linux: memory maps, which the system takes back, count elsewhere). `one` fits to one table and, with --compare,
with the preset's own number of epochs to 1 million of its rows in memory, and prints both errors on rows of neither;
with --folder a fit that was stopped goes on. `speed` fits the same table in memory and in
windows, `sorted` does so for tables that are sorted by the target and by a column. `killed` fits once without a break,
and once with kill -9 while rows are encoded and again in an epoch, and says whether the bits are the same. Tables are
made from a seed, in a temporary folder.
"""

import hashlib
import os
import signal
import subprocess
import sys
import warnings
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import perf_counter
from typing import Any

import click
import numpy as np
import polars as pl

COLUMNS = 20
NOISE = 0.1
ROWS_A_FILE = 250_000
TEST_ROWS = 100_000
WEIGHTS = np.random.default_rng(7).normal(size=(COLUMNS, 3)) / COLUMNS**0.5


def rows_of(rows: int, seed: int) -> pl.DataFrame:
    """Return rows of 20 inputs and a target, a smooth function of them with noise of standard deviation 0.1."""
    random = np.random.default_rng(seed)
    x = random.normal(size=(rows, COLUMNS))
    z = x @ WEIGHTS
    y = np.sin(2 * z[:, 0]) + z[:, 1] * z[:, 2] + 0.5 * x[:, 0] + NOISE * random.normal(size=rows)
    return pl.DataFrame({f"x{place}": column for place, column in enumerate(x.T)} | {"y": y})


def write(folder: Path, rows: int) -> Path:
    """Write a table of so many rows to a folder of files, but for those that are there, and return their pattern."""
    folder.mkdir(exist_ok=True)
    for number, start in enumerate(range(0, rows, ROWS_A_FILE)):
        path = folder / f"{number:05d}.parquet"
        if not path.exists():
            rows_of(min(ROWS_A_FILE, rows - start), number).write_parquet(path.with_suffix(".part"))
            path.with_suffix(".part").rename(path)
    return folder / "*.parquet"


class Watch:
    """The most memory that this process has of its own while it is entered."""

    def __init__(self) -> None:
        self.most, self.before, self._over = 0, anonymous_bytes(), Event()

    def __enter__(self) -> "Watch":
        Thread(target=self._look, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._over.set()
        self._note()

    def _look(self) -> None:
        while not self._over.wait(0.02):
            self._note()

    def _note(self) -> None:
        self.most = max(self.most, anonymous_bytes())


def anonymous_bytes() -> int:
    """Return the bytes of memory that this process has of its own."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("RssAnon"))


class Stages:
    """A callback that notes when each pass over the rows began and ended; it can kill the process within one."""

    def __init__(self, kill_in: str | None = None) -> None:
        self.passes: dict[str, list[float]] = {}
        self.kill_in = kill_in

    def rows(self, doing: str, done: int, total: int) -> None:
        self.passes.setdefault(doing, [perf_counter(), 0.0])[1] = perf_counter()
        if doing == self.kill_in and done >= total / 2:
            os.kill(os.getpid(), signal.SIGKILL)

    def __call__(self, progress: Any) -> None:
        self.rows("training", progress.epoch + progress.fraction, progress.max_epochs)


def estimator(max_memory: str | None, **options: Any) -> Any:
    from glassnet import NetworkRegressor

    return NetworkRegressor(random_state=0, max_memory=max_memory, **options)


def timed(call: Any) -> tuple[Any, float]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        start = perf_counter()
        return call(), perf_counter() - start


def rmse(model: Any, frame: pl.DataFrame) -> float:
    return float(np.sqrt(np.mean((model.predict(frame.drop("y")) - frame["y"].to_numpy()) ** 2)))


def options_of(preset: str, epochs: int | None) -> dict[str, Any]:
    """Return parameters of a fit; the plain preset's is a single network."""
    return {"preset": preset, "max_iter": epochs}


@click.group()
def main() -> None:
    """Measure fits to files."""


ROWS = click.option("--rows", "sizes", type=int, multiple=True)
PRESET = click.option("--preset", default="plain")
EPOCHS = click.option("--epochs", default=3)


@main.command()
@ROWS
@PRESET
@EPOCHS
def flat(sizes: tuple[int, ...], preset: str, epochs: int) -> None:
    """Print the memory of fits to tables of several sizes, each in a process of its own."""
    for rows in sizes or (2_000_000, 8_000_000):
        asked = ["one", "--rows", str(rows), "--preset", preset, "--epochs", str(epochs)]
        subprocess.run([sys.executable, __file__, *asked], check=True)


@main.command()
@click.option("--rows", type=int, required=True)
@PRESET
@EPOCHS
@click.option("--compare/--alone", default=False, help="Fit to 1 million of the rows in memory too.")
@click.option("--folder", type=Path, help="Where the table and checkpoints are kept, so that a stopped fit goes on.")
def one(rows: int, preset: str, epochs: int, compare: bool, folder: Path | None) -> None:
    """Fit to a table in windows, and print seconds and memory."""
    with TemporaryDirectory() as temporary:
        kept = folder or Path(temporary)
        kept.mkdir(exist_ok=True)
        made, seconds = timed(lambda: write(kept / "table", rows))
        click.echo(f"{rows:,} rows x {COLUMNS + 1}: made in {seconds:.0f} s")
        test = rows_of(TEST_ROWS, 10**6)
        small = rows_of(1_000, 1)
        timed(lambda: estimator(None, **options_of(preset, 1)).fit(small.drop("y"), small["y"]))  # imports
        stages = Stages()
        model = estimator("256 MiB", callback=stages, **options_of(preset, epochs))
        with Watch() as watch:
            _, seconds = timed(lambda: model.fit(made, "y", checkpoint=kept / "checkpoint"))
        click.echo(f"fit: {seconds:.1f} s, {model.reading_reason_}")
        for doing, (start, end) in stages.passes.items():
            click.echo(f"  {doing}: {end - start:.1f} s, {rows / max(end - start, 1e-9):,.0f} rows a second")
        click.echo(f"  memory of its own: {watch.most / 2**20:,.0f} MiB, {watch.before / 2**20:,.0f} MiB before")
        click.echo(f"  test RMSE {rmse(model, test):.5f}, noise {NOISE}")
        if compare:
            part = pl.concat([rows_of(ROWS_A_FILE, number) for number in range(4)])
            other = estimator(None, **options_of(preset, None))
            _, seconds = timed(lambda: other.fit(part.drop("y"), part["y"]))
            click.echo(f"1 million rows in memory: {seconds:.1f} s, test RMSE {rmse(other, test):.5f}")


@main.command()
@click.option("--rows", default=60_000)
@click.option("--repeats", default=3)
@EPOCHS
def speed(rows: int, repeats: int, epochs: int) -> None:
    """Print seconds of the recipe in memory and in windows, in turn."""
    with TemporaryDirectory() as temporary:
        made = write(Path(temporary) / "table", rows)
        seconds: dict[str, list[float]] = {"in memory": [], "in windows": []}
        for repeat in range(repeats + 1):
            for name, limit in (("in memory", None), ("in windows", "16 MB")):
                _, took = timed(partial(estimator(limit, max_iter=epochs).fit, made, "y"))
                seconds[name] += [took] if repeat else []  # the first compiles
        for name, took in seconds.items():
            click.echo(f"{name}: {np.median(took):.1f} s (least {min(took):.1f})")
        click.echo(f"ratio of the least: {min(seconds['in windows']) / min(seconds['in memory']):.2f}")


@main.command(name="sorted")
@click.option("--rows", default=400_000)
@PRESET
@click.option("--epochs", default=6)
def sorted_tables(rows: int, preset: str, epochs: int) -> None:
    """Print errors of fits to sorted tables, in windows and in memory."""
    frame, test = rows_of(rows, 3), rows_of(TEST_ROWS, 4)
    for by in ("y", "x0"):
        table = frame.sort(by)
        with TemporaryDirectory() as temporary:
            path = Path(temporary) / "table.parquet"
            table.write_parquet(path)
            errors = {}
            for name, limit in (("memory", None), ("windows", "32 MB")):
                model = estimator(limit, **options_of(preset, epochs))
                timed(partial(model.fit, path, "y"))
                errors[name] = rmse(model, test)
        both = ", ".join(f"{name} {error:.4f}" for name, error in errors.items())
        click.echo(f"sorted by {by}: {both}, ratio {errors['windows'] / errors['memory']:.3f}")


@main.command()
@click.option("--rows", default=20_000_000)
@PRESET
@EPOCHS
def killed(rows: int, preset: str, epochs: int) -> None:
    """Print whether a fit that was killed twice has the bits of one that was not."""
    with TemporaryDirectory() as temporary:
        made = write(Path(temporary) / "table", rows)
        asked = ["--preset", preset, "--epochs", str(epochs)]
        for name, kills in (("unbroken", ()), ("killed", ("encoding rows", "training"))):
            for kill_in in (*kills, None):
                start, command = perf_counter(), [sys.executable, __file__, "digest", str(made), f"{temporary}/{name}"]
                command += [*asked, *(["--kill-in", kill_in] if kill_in else [])]
                done = subprocess.run(command, capture_output=True, text=True, check=False)
                printed = done.stdout.strip() or f"ended by signal {-done.returncode} in {kill_in}"
                click.echo(f"{name}: {perf_counter() - start:.0f} s, {printed}")


@main.command(hidden=True)
@click.argument("pattern")
@click.argument("folder")
@PRESET
@EPOCHS
@click.option("--kill-in")
def digest(pattern: str, folder: str, preset: str, epochs: int, kill_in: str | None) -> None:
    """Fit to files with checkpoints in a folder, and print a digest of parameters and out-of-fold predictions."""
    from glassnet.training.ravel import raveled

    model = estimator("256 MiB", callback=Stages(kill_in), **options_of(preset, epochs))
    timed(lambda: model.fit(pattern, "y", checkpoint=folder))
    bits = hashlib.sha256()
    for member in model.members_:
        bits.update(np.concatenate(raveled(member.parameters)).tobytes())
    bits.update(np.ascontiguousarray(model.predict(rows_of(TEST_ROWS, 10**6).drop("y"))).tobytes())
    click.echo(f"digest {bits.hexdigest()[:16]}")


if __name__ == "__main__":
    main()
