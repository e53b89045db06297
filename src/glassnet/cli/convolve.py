"""`glassnet convolve`: an image through a kernel."""

from pathlib import Path

import click

from glassnet.cli.app import FILE, command

# Written out, because asking the module that defines them would import JAX; a test compares.
KERNELS = ["laplacian", "sobel", "sobel_down", "sharpen", "blur", "box", "emboss"]


@command
@click.argument("image", type=FILE)
@click.option("--kernel", default="laplacian", show_default=True, metavar="NAME|MATRIX",
              help=f"{', '.join(KERNELS)}, or rows of numbers as in '0,-1,0;-1,4,-1;0,-1,0'.")  # fmt: skip
@click.option("-o", "--output", type=FILE, help="Image to write (default: NAME-KERNEL.png in this folder).")
@click.option("--flip", is_flag=True, help="Turn the kernel by 180 degrees: the convolution of the textbooks.")
@click.option("--show-as", default="auto", show_default=True,
              type=click.Choice(["auto", "size", "clipped", "stretched"]),
              help="|z|; z cut off at black and white; z stretched. auto: |z| if the kernel sums to 0.")  # fmt: skip
def convolve(image: Path, kernel: str, output: Path | None, flip: bool, show_as: str) -> None:
    """See IMAGE through a KERNEL, every channel by itself, and write what comes out."""
    from glassnet.data.read_images import read_image, write_image
    from glassnet.network.image_filters import as_pixels, kernel_of
    from glassnet.network.image_filters import convolve as seen

    matrix = kernel_of(kernel if kernel in KERNELS else _as_matrix(kernel))
    name = kernel if kernel in KERNELS else "kernel"
    path = output or Path(f"{image.stem}-{name}.png")
    z = seen(read_image(image), matrix, flip=flip)
    write_image(as_pixels(z, matrix, show_as), path)
    click.echo(f"{path}: {' x '.join(map(str, z.shape))}, from {z.min():g} to {z.max():g}")


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
