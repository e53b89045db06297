"""`glassnet convolve` and `glassnet attack`: pictures through a kernel, and models led astray."""

from pathlib import Path
from typing import Literal

import click

from glassnet.cli.app import DATA, FILE, as_json, command
from glassnet.cli.arguments import is_pictures, load_model, read_samples
from glassnet.cli.terminal import show, show_json

# Written out, because asking the module that defines them would import JAX; a test compares.
KERNELS = ["laplacian", "sobel", "sobel_down", "sharpen", "blur", "box", "emboss"]


@command
@click.argument("picture", type=FILE)
@click.option("--kernel", default="laplacian", show_default=True, metavar="NAME|MATRIX",
              help=f"{', '.join(KERNELS)}, or rows of numbers as in '0,-1,0;-1,4,-1;0,-1,0'.")  # fmt: skip
@click.option("-o", "--output", type=FILE, help="Picture to write (default: NAME-KERNEL.png in this folder).")
@click.option("--flip", is_flag=True, help="Turn the kernel by 180 degrees: the convolution of the textbooks.")
@click.option("--show-as", default="auto", show_default=True,
              type=click.Choice(["auto", "size", "clipped", "stretched"]),
              help="|z|; z cut off at black and white; z stretched. auto: |z| if the kernel sums to 0.")  # fmt: skip
def convolve(picture: Path, kernel: str, output: Path | None, flip: bool, show_as: str) -> None:
    """See PICTURE through a KERNEL, every channel by itself, and write what comes out."""
    from glassnet.data.read_images import read_picture, write_picture
    from glassnet.network.image_filters import as_pixels, kernel_of
    from glassnet.network.image_filters import convolve as seen

    matrix = kernel_of(kernel if kernel in KERNELS else _as_matrix(kernel))
    name = kernel if kernel in KERNELS else "kernel"
    path = output or Path(f"{picture.stem}-{name}.png")
    z = seen(read_picture(picture), matrix, flip=flip)
    write_picture(as_pixels(z, matrix, show_as), path)
    click.echo(f"{path}: {' x '.join(map(str, z.shape))}, from {z.min():g} to {z.max():g}")


@command
@click.argument("model", type=FILE)
@click.argument("data", type=DATA)
@click.option("--epsilon", required=True, type=click.FloatRange(0),
              help="Size of the moves: a fraction of white, or of the scale of each column.")  # fmt: skip
@click.option("--method", default="fgsm", show_default=True, type=click.Choice(["fgsm", "pgd"]),
              help="One step along the sign of dE/dx^0, or many.")  # fmt: skip
@click.option(
    "--norm", default="inf", show_default=True, type=click.Choice(["inf", "2"]), help="What is at most epsilon."
)
@click.option("--rows", type=click.IntRange(1), help="Rows, from the first (default: all).")
@click.option("-o", "--output", type=FILE, help="Moved rows: .npz for pictures, a table's ending for tables.")
@click.option("--figure", type=FILE, help="Figure of originals, differences and results, for pictures.")
@as_json
def attack(
    model: Path, data: Path, epsilon: float, method: Literal["fgsm", "pgd"], norm: Literal["inf", "2"],
    rows: int | None, output: Path | None,
    figure: Path | None, in_json: bool,
) -> None:  # fmt: skip
    """Move the rows of DATA by at most EPSILON so that MODEL errs most, and measure by how much."""
    import numpy as np
    import polars as pl

    from glassnet.data.read import write_table
    from glassnet.insight.adversary import attack as attacked

    estimator = load_model(model)
    pictures = is_pictures(data)
    if figure is not None and not pictures:
        raise click.UsageError("--figure draws pictures, and a table has none")
    if output is not None and pictures and output.suffix.lower() != ".npz":
        raise click.UsageError(f"--output {str(output)!r} must end in .npz for pictures")
    X, y = (part[:rows] for part in read_samples(data, estimator))
    result = attacked(estimator, X, y, epsilon, method=method, norm=norm)
    files: list[str] = []
    if output is not None and isinstance(result.X, np.ndarray):
        np.savez_compressed(output, X=result.X, y=result.y)
        files.append(str(output))
    elif output is not None and isinstance(result.X, pl.DataFrame) and not isinstance(y, np.ndarray):
        write_table(result.X.hstack(y if isinstance(y, pl.DataFrame) else [y]), output)
        files.append(str(output))
    if figure is not None:
        from glassnet.insight.image_plots import attack_figure
        from glassnet.insight.plots import save_figure

        save_figure(attack_figure(result, X), figure)
        files.append(str(figure))
    if in_json:
        errors = {"error_before": result.error_before, "error_after": result.error_after}
        show_json({"rows": len(result.y), "epsilon": epsilon, "method": method, "norm": norm, **errors, "files": files})
    else:
        show(result.table(), *([f"left: {', '.join(files)}"] if files else []))


def _as_matrix(text: str) -> list[list[float]]:
    try:
        rows = [[float(cell) for cell in row.split(",")] for row in text.split(";")]
    except ValueError:
        rows = [[]]
    if not rows[0] or any(len(row) != len(rows[0]) for row in rows):
        raise click.UsageError(
            f"--kernel {text!r} must be one of {', '.join(KERNELS)}, or rows of numbers as in '0,1;1,0'"
        )
    return rows
