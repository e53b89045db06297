"""`glassnet demo`: a fit of a real table, and what it is worth beside simple models."""

from dataclasses import asdict
from pathlib import Path
from typing import cast

import click

from glassnet.cli.app import as_json, command, seeded
from glassnet.cli.terminal import show, show_json

TEST_FRACTION = 0.25


@command
@click.option(
    "-o", "--output", default="glassnet-demo", show_default=True, type=click.Path(file_okay=False, path_type=Path)
)
@seeded
@as_json
def demo(output: Path, seed: int, in_json: bool) -> None:
    """Train on the diabetes table that scikit-learn ships, and report honestly.

    Leaves the model, the test rows' predictions and a figure in the folder OUTPUT.
    """
    import polars as pl
    from sklearn.datasets import load_diabetes
    from sklearn.model_selection import train_test_split
    from sklearn.utils import Bunch

    from glassnet.data.read import write_table
    from glassnet.estimators.progress import ProgressBar
    from glassnet.estimators.regressor import NetworkRegressor
    from glassnet.exchange.model_file import save
    from glassnet.insight.comparison import compare
    from glassnet.insight.evaluation import evaluate
    from glassnet.insight.figures.display import save_figure
    from glassnet.insight.figures.overview import evaluation_figure
    from glassnet.insight.summary import summarise

    table = cast(Bunch, load_diabetes(scaled=False))
    X, y = pl.DataFrame(table.data, schema=table.feature_names), pl.Series("target", table.target)
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=TEST_FRACTION, random_state=seed)
    with ProgressBar() as bar:
        model = NetworkRegressor(random_state=seed, callback=bar).fit(X_train, y_train)
    about = f"diabetes: {len(X)} patients, {len(X_train)} to learn from, {len(X_test)} to test on, seed {seed}"
    summary, evaluation = summarise(model, X_train, y_train), evaluate(model, X_test, y_test)
    comparison = compare(model, X_train, y_train, X_test=X_test, y_test=y_test, seed=seed)
    output.mkdir(parents=True, exist_ok=True)
    files = [str(save(model, output / "diabetes.glass"))]
    files += [str(output / name) for name in ("predictions.csv", "predictions.png")]
    write_table(pl.DataFrame({"actual": y_test, "predicted": model.predict(X_test)}), Path(files[1]))
    save_figure(evaluation_figure(model, X_test, y_test), Path(files[2]), about)
    if in_json:
        test = {name: asdict(errors) for name, errors in evaluation.errors.items()}
        found = {"about": about, "test": test, "comparison": comparison.to_dict(), "summary": asdict(summary)}
        show_json({**found, "files": files})
    else:
        show(about, summary.table(), evaluation.table(), comparison.table(), comparison.describe())
        show("wrote: " + ", ".join(files))
