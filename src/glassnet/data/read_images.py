"""Images in files: one, a folder of them, or arrays in an .npz file, to arrays and back."""

import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from zipfile import BadZipFile

import numpy as np
from PIL import Image, ImageOps, UnidentifiedImageError

from glassnet.data.read import TableError, read_table

IMAGE_ENDINGS = (".png", ".jpg", ".jpeg", ".bmp", ".gif", ".tif", ".tiff", ".webp")
LABELS = "labels.csv"
INPUTS = {"train": ("X", "x", "x_train", "X_train", "images"), "test": ("x_test", "X_test", "X", "x", "images")}
TARGETS = ("y", "target", "labels")  # beside X; beside X_test it is y_test

Part = Literal["train", "test"]


@dataclass(frozen=True)
class ImageFile:
    """Images or other inputs as they are in files.

    Parameters
    ----------
    X : array (rows, height, width, channels) or (rows, ...)
        The images, or other inputs of an .npz file.
    y : array (rows,) or None
        What they show, where that is known.
    names : tuple of str
        The names of the files; empty where all rows are from one file.
    """

    X: np.ndarray
    y: np.ndarray | None
    names: tuple[str, ...] = ()


def read_images(path: Path, part: Part = "train", size: tuple[int, int] | None = None) -> ImageFile:
    """Return the images of a folder or an .npz file; `TableError` says what is wrong with it.

    A folder holds a folder of images for every class; or images and `labels.csv`, with a column `file` and one for
    what they show; or images alone. An .npz file holds X and y, or x_train, y_train, x_test and y_test. `size`
    (height, width) is what the images of a folder are resized to.
    """
    return _read_folder(path, size) if path.is_dir() else _read_arrays(path, part)


def read_image(path: Path) -> np.ndarray:
    """Return an image, uint8, (height, width) if it is grey and (height, width, 3) if it is not."""
    with _opened(path) as image:
        if image.mode in ("I;16", "I;16B", "I;16L"):
            return (np.asarray(image) >> 8).astype(np.uint8)
        if image.mode in ("I", "F"):
            raise TableError(f"{str(path)!r} has pixels of 32 bits; store it with 8 or 16, or all of them as .npz")
        grey = image.mode in ("1", "L", "LA")
        return np.asarray(image.convert("L" if grey else "RGB"))


def write_image(pixels: np.ndarray, path: Path) -> None:
    """Write uint8 pixels in the format that the name's ending says."""
    if path.suffix.lower() not in IMAGE_ENDINGS:
        raise TableError(f"{str(path)!r} ends in {path.suffix!r}; the formats are {', '.join(IMAGE_ENDINGS)}")
    Image.fromarray(pixels).save(path)


def _read_arrays(path: Path, part: Part) -> ImageFile:
    if not path.is_file():
        raise TableError(f"there is no file {str(path)!r}")
    try:
        with np.load(path, allow_pickle=False) as file:
            names = set(file.files)
            name = next((n for n in INPUTS[part] if n in names), None)
            if name is None:
                raise TableError(f"{str(path)!r} holds {', '.join(sorted(names)) or 'nothing'}; expected X and y")
            of_part = name.partition("_")[2]
            target = next((n for n in ([f"y_{of_part}"] if of_part else TARGETS) if n in names), None)
            data = ImageFile(file[name], None if target is None else file[target])
    except (ValueError, OSError, BadZipFile, KeyError, EOFError, TypeError, zlib.error) as error:
        if isinstance(error, TableError):
            raise
        raise TableError(f"{str(path)!r} could not be read as .npz: {error}") from error
    if data.y is not None and len(data.y) != len(data.X):
        raise TableError(f"{str(path)!r} has {len(data.X)} inputs but {len(data.y)} targets; they must be as many")
    return data


def _read_folder(path: Path, size: tuple[int, int] | None) -> ImageFile:
    folders = sorted(entry for entry in path.iterdir() if entry.is_dir() and not entry.name.startswith("."))
    if folders and not (path / LABELS).is_file():
        files = [file for folder in folders for file in _images_in(folder)]
        return _stacked(path, files, np.array([file.parent.name for file in files]), size)
    if (path / LABELS).is_file():
        table = read_table(path / LABELS).frame
        if "file" not in table.columns or table.width != 2:
            raise TableError(
                f"{str(path / LABELS)!r} has the columns {', '.join(table.columns)}; expected file and one more"
            )
        (other,) = [name for name in table.columns if name != "file"]
        return _stacked(path, [path / name for name in table["file"].to_list()], table[other].to_numpy(), size)
    return _stacked(path, _images_in(path), None, size)


def _images_in(folder: Path) -> list[Path]:
    return sorted(file for file in folder.iterdir() if file.suffix.lower() in IMAGE_ENDINGS)


def _stacked(path: Path, files: list[Path], y: np.ndarray | None, size: tuple[int, int] | None) -> ImageFile:
    if not files:
        raise TableError(
            f"{str(path)!r} holds no images ({', '.join(IMAGE_ENDINGS)}), neither in it nor in folders of classes"
        )
    images = [_resized(read_image(file), size) for file in files]
    colour = any(image.ndim == 3 for image in images)
    images = [np.repeat(p[..., None], 3, axis=2) if colour and p.ndim == 2 else p for p in images]
    shapes = {image.shape[:2] for image in images}
    if len(shapes) > 1:
        odd = next(file for file, p in zip(files, images, strict=True) if p.shape != images[0].shape)
        raise TableError(
            f"the images differ in size: {files[0].name} has {images[0].shape[:2]} pixels, {odd.name} another "
            "number; resize them all with --size HEIGHT,WIDTH"
        )
    stack = np.stack(images)
    names = tuple(str(file.relative_to(path)) for file in files)
    return ImageFile(stack if colour else stack[..., None], y, names)


def _resized(image: np.ndarray, size: tuple[int, int] | None) -> np.ndarray:
    if size is None or image.shape[:2] == size:
        return image
    return np.asarray(Image.fromarray(image).resize((size[1], size[0])))


def _opened(path: Path) -> Image.Image:
    if not path.is_file():
        raise TableError(f"there is no image {str(path)!r}")
    try:
        image = Image.open(path)
        image.load()
        ImageOps.exif_transpose(image, in_place=True)  # cameras write which side is up beside the pixels
    except (UnidentifiedImageError, OSError, ValueError, Image.DecompressionBombError) as error:
        raise TableError(f"{str(path)!r} could not be read as an image: {error}") from error
    return image
