"""Made tables of 100,000 and more rows with known noise: errors over the noise, beside LightGBM, with seconds.

    python benchmarks/large_tables.py [--rows 100000 --rows 400000] [--names friedman] [--max-iter N] [--peer/--no-peer]

Each table is made from a seed. `waves` is a smooth function of 20 numbers, `friedman` that of Friedman (1991) with five
numbers that matter of ten, `categories` has effects of levels with interactions of numbers. LightGBM has up to 5,000
trees with a step size of 0.05 and stops by a tenth of the rows.
"""

import warnings
from collections.abc import Callable
from time import perf_counter

import click
import numpy as np
import polars as pl

TEST_ROWS = 50_000
Made = tuple[pl.DataFrame, np.ndarray, float]


def waves(rows: int, seed: int) -> Made:
    random = np.random.default_rng(seed)
    x, directions = random.normal(size=(rows, 20)), np.random.default_rng(7).normal(size=(20, 3)) / 20**0.5
    z = x @ directions
    y = np.sin(2 * z[:, 0]) + z[:, 1] * z[:, 2] + 0.5 * x[:, 0]
    return _with_noise({f"x{place}": column for place, column in enumerate(x.T)}, y, 0.2, random)


def friedman(rows: int, seed: int) -> Made:
    random = np.random.default_rng(seed)
    x = random.uniform(size=(rows, 10))
    y = 10 * np.sin(np.pi * x[:, 0] * x[:, 1]) + 20 * (x[:, 2] - 0.5) ** 2 + 10 * x[:, 3] + 5 * x[:, 4]
    return _with_noise({f"x{place}": column for place, column in enumerate(x.T)}, y, 1.0, random)


def categories(rows: int, seed: int) -> Made:
    random, fixed = np.random.default_rng(seed), np.random.default_rng(11)
    shop, kind = random.integers(0, 60, rows), random.integers(0, 6, rows)
    x = random.lognormal(size=(rows, 4))
    effect, slope = fixed.normal(size=60), fixed.normal(size=6)
    y = effect[shop] + slope[kind] * np.log(x[:, 0]) + np.abs(np.log(x[:, 1])) + (x[:, 2] > 1) * np.log(x[:, 3])
    columns = {f"x{place}": column for place, column in enumerate(x.T)}
    columns |= {"shop": np.char.add("s", shop.astype(str)), "kind": np.char.add("k", kind.astype(str))}
    return _with_noise(columns, y, 0.3, random)


TABLES: dict[str, Callable[[int, int], Made]] = {"waves": waves, "friedman": friedman, "categories": categories}


def _with_noise(columns: dict[str, np.ndarray], y: np.ndarray, noise: float, random: np.random.Generator) -> Made:
    return pl.DataFrame(columns), y + noise * random.normal(size=len(y)), noise


def ours(X: pl.DataFrame, y: np.ndarray, new: pl.DataFrame, epochs: int | None) -> np.ndarray:
    from glassnet import NetworkRegressor

    model = NetworkRegressor(random_state=0, max_iter=epochs).fit(X, y)
    click.echo(f"    {model.recipe_.hidden_layer_sizes}, {model.n_iter_} epochs, batches of {model.recipe_.batch_size}")
    return model.predict(new)


def boosted_trees(X: pl.DataFrame, y: np.ndarray, new: pl.DataFrame, epochs: int | None) -> np.ndarray:
    from lightgbm import LGBMRegressor, early_stopping

    def prepared(frame: pl.DataFrame) -> object:
        text = [name for name in frame.columns if frame[name].dtype == pl.String]
        return frame.to_pandas().astype(dict.fromkeys(text, "category"))

    held_out = np.random.default_rng(0).random(len(y)) < 0.1
    rows = prepared(X)
    model = LGBMRegressor(n_estimators=5_000, learning_rate=0.05, random_state=0, verbose=-1)
    told = {"eval_set": [(rows[held_out], y[held_out])], "callbacks": [early_stopping(50, verbose=False)]}
    model.fit(rows[~held_out], y[~held_out], **told)
    return np.asarray(model.predict(prepared(new)))


@click.command()
@click.option("--rows", "sizes", type=int, multiple=True)
@click.option("--names", type=click.Choice(list(TABLES)), multiple=True)
@click.option("--max-iter", type=int)
@click.option("--peer/--no-peer", default=True)
def main(sizes: tuple[int, ...], names: tuple[str, ...], max_iter: int | None, peer: bool) -> None:
    """Print root mean square errors on new rows over the standard deviation of the noise, and seconds."""
    warnings.simplefilter("ignore")
    for rows in sizes or (100_000, 400_000):
        for name in names or TABLES:
            (X, y, noise), (new, known, _) = TABLES[name](rows, 1), TABLES[name](TEST_ROWS, 2)
            for title, predict in (("glassnet", ours), ("LightGBM", boosted_trees))[: 1 + peer]:
                start = perf_counter()
                error = np.sqrt(np.mean((predict(X, y, new, max_iter) - known) ** 2))
                click.echo(
                    f"{rows:>9,} {name:<10} {title}: {error / noise:.4f} of the noise, {perf_counter() - start:.0f} s"
                )


if __name__ == "__main__":
    main()
