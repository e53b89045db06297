"""How much memory and time predictions from file to file take: two sizes of a table of 21 columns, in child processes.

    python benchmarks/large_files.py [--rows 1000000 4000000]

The memory is RssAnon of /proc/self/status, what a process has allocated: RSS would count pages of files too, which the
system takes back when it needs them. "model" is what the process has before the first slice, with the model loaded and
one row predicted.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import polars as pl

COLUMNS = 20  # inputs
ROWS_A_FILE = 250_000
MOST_DIFFERENCE, MOST_ABOVE_MODEL = 64, 256  # MiB


def rss_anon() -> float:
    """Return the memory that this process has allocated, in MiB."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) / 1024
    raise OSError("this system does not say RssAnon in /proc/self/status")


class Peak:
    """The largest RssAnon while it is entered, looked at every 10 ms."""

    def __enter__(self) -> "Peak":
        self.most, self._over = rss_anon(), threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.01):
            self.most = max(self.most, rss_anon())


def write_table(folder: Path, rows: int) -> None:
    """Write a table of inputs and a target in several Parquet files."""
    rng = np.random.default_rng(0)
    for number, first in enumerate(range(0, rows, ROWS_A_FILE)):
        count = min(ROWS_A_FILE, rows - first)
        x = rng.normal(size=(count, COLUMNS))
        y = x[:, 0] + np.sin(x[:, 1]) + 0.1 * rng.normal(size=count)
        frame = pl.DataFrame({**{f"x{place}": x[:, place] for place in range(COLUMNS)}, "y": y})
        frame.write_parquet(folder / f"{number:04d}.parquet", row_group_size=65_536)


def write_model(folder: Path) -> Path:
    """Fit a plain small network to the first rows, and return its file."""
    import glassnet

    frame = pl.read_parquet(folder / "0000.parquet")[:2000]
    model = glassnet.NetworkRegressor((32,), preset="plain", max_iter=3, random_state=0)
    model.fit(frame.drop("y"), frame["y"])
    return glassnet.save(model, folder / "model.glass")


def predict(model_file: str, pattern: str, output: str) -> dict[str, float]:
    """Predict from file to file in this process, and return memory in MiB and seconds."""
    import glassnet
    from glassnet.estimators.predict_files import predict_files

    model = glassnet.load(model_file)
    model.predict(pl.read_parquet(sorted(Path(pattern).parent.glob("*.parquet"))[0], n_rows=1).drop("y"))
    before = rss_anon()
    with Peak() as peak:
        begin = time.monotonic()
        done = predict_files(model, pattern, output)
        seconds = time.monotonic() - begin
    return {"rows": done.rows, "seconds": seconds, "model": before, "peak": peak.most}


def in_child(*arguments: str) -> dict[str, float]:
    """Return what `predict` measures in a process of its own."""
    command = [sys.executable, __file__, "--child", *arguments]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])


def main(sizes: list[int]) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        measured: list[dict[str, float]] = []
        for rows in sizes:
            tables = folder / str(rows)
            tables.mkdir()
            write_table(tables, rows)
            model = write_model(tables)
            found = in_child(str(model), str(tables / "0*.parquet"), str(tables / "out.parquet"))
            measured.append(found)
            print(
                f"{rows:>10,} rows: {rows / found['seconds']:>9,.0f} rows/s, model {found['model']:.0f} MiB, peak "
                f"{found['peak']:.0f} MiB, {found['peak'] - found['model']:.0f} MiB above the model"
            )
    difference = measured[-1]["peak"] - measured[0]["peak"]
    above = max(found["peak"] - found["model"] for found in measured)
    print(f"difference of the peaks {difference:.0f} MiB (at most {MOST_DIFFERENCE}), above the model {above:.0f} MiB "
          f"(at most {MOST_ABOVE_MODEL})")  # fmt: skip


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[1_000_000, 4_000_000])
    parser.add_argument("--child", nargs=3)
    options = parser.parse_args()
    if options.child:
        print(json.dumps(predict(*options.child)))
    else:
        main(options.rows)
