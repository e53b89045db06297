"""`glassnet attack`: rows moved a little so that a model errs most."""

from pathlib import Path
from typing import Literal

import click

from glassnet.cli.app import DATA, FIGURE, FILE, as_json, command, seeded
from glassnet.cli.arguments import is_images, load_model, read_samples
from glassnet.cli.missing_targets import drops_missing
from glassnet.cli.reading import reads_tables
from glassnet.cli.terminal import show, show_json


@command
@click.argument("model", type=FILE)
@click.argument("data", type=DATA)
@click.option("--epsilon", required=True, type=click.FloatRange(0),
              help="Size of the moves: a fraction of white, or of the scale of each column.")  # fmt: skip
@click.option("--method", default="fgsm", show_default=True, type=click.Choice(["fgsm", "pgd", "square"]),
              help="One step along dE/dx^0, many from random starts, or queries without a gradient.")  # fmt: skip
@click.option(
    "--steps", type=click.IntRange(1), help="Steps of pgd (default: 20), or queries of square (default: 1000)."
)
@click.option("--step-size", type=click.FloatRange(0, min_open=True),
              help="Length of the steps of pgd (default: 2.5 epsilon / steps).")  # fmt: skip
@click.option("--starts", default=1, show_default=True, type=click.IntRange(1), help="Random starts of pgd.")
@seeded
@click.option(
    "--norm",
    default="inf",
    show_default=True,
    type=click.Choice(["inf", "2"]),
    help="What is at most epsilon; of square inf alone.",
)
@click.option("--rows", type=click.IntRange(1), help="Rows, from the first (default: all).")
@click.option("-o", "--output", type=FILE, help="Moved rows: .npz for images, a table's ending for tables.")
@click.option("--figure", type=FIGURE, help="Figure of originals, differences and results, for images.")
@drops_missing
@reads_tables
@as_json
def attack(
    model: Path, data: Path, epsilon: float, method: Literal["fgsm", "pgd", "square"], norm: Literal["inf", "2"],
    steps: int | None, step_size: float | None, starts: int, seed: int, rows: int | None, output: Path | None,
    figure: Path | None, drop_missing_target: bool, in_json: bool,
) -> None:  # fmt: skip
    """Move the rows of DATA by at most EPSILON so that MODEL errs most, and measure by how much.

    MODEL is a model file or an ONNX file.
    """
    import numpy as np
    import polars as pl

    from glassnet.data.read import write_table
    from glassnet.insight.adversary import attack as attacked

    estimator = load_model(model)
    of_images = is_images(data)
    if figure is not None and not of_images:
        raise click.UsageError("--figure draws images, and a table has none")
    if output is not None and of_images and output.suffix.lower() != ".npz":
        raise click.UsageError(f"--output {str(output)!r} must end in .npz for images")
    X, y = (part[:rows] for part in read_samples(data, estimator, drop_missing_target))
    result = attacked(
        estimator, X, y, epsilon, method=method, norm=norm, steps=steps, step_size=step_size, starts=starts, seed=seed
    )
    files: list[str] = []
    if output is not None and isinstance(result.X, np.ndarray):
        np.savez_compressed(output, X=result.X, y=result.y)
        files.append(str(output))
    elif output is not None and isinstance(result.X, pl.DataFrame) and not isinstance(y, np.ndarray):
        write_table(result.X.hstack(y if isinstance(y, pl.DataFrame) else [y]), output)
        files.append(str(output))
    if figure is not None:
        from glassnet.insight.figures.display import save_figure
        from glassnet.insight.figures.images import attack_figure

        save_figure(attack_figure(result, X), figure)
        files.append(str(figure))
    if in_json:
        errors = {"error_before": result.error_before, "error_after": result.error_after}
        moves = {name: getattr(result, name) for name in ("method", "norm", "steps", "step_size", "starts", "seed")}
        show_json({"rows": len(result.y), "epsilon": epsilon, **moves, **errors, "files": files})
    else:
        show(result.table(), *([f"wrote: {', '.join(files)}"] if files else []))
