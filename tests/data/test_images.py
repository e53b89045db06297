"""Images from files: folders of classes, folders with labels, arrays; and what is wrong with them."""

import numpy as np
import pytest
from PIL import Image

from glassnet.data.images import ImageSchema, channel_scaler
from glassnet.data.read import TableError
from glassnet.data.read_images import read_image, read_images, write_image

GREY = np.arange(12, dtype=np.uint8).reshape(3, 4) * 20


@pytest.fixture
def folder(tmp_path):
    for name, shift in (("cat", 0), ("dog", 10)):
        (tmp_path / name).mkdir()
        for number in range(2):
            write_image(GREY + shift + number, tmp_path / name / f"{number}.png")
    return tmp_path


def test_a_folder_for_every_class(folder):
    images = read_images(folder)
    assert images.X.shape == (4, 3, 4, 1)
    assert images.X.dtype == np.uint8
    assert images.y.tolist() == ["cat", "cat", "dog", "dog"]
    assert images.names == ("cat/0.png", "cat/1.png", "dog/0.png", "dog/1.png")
    np.testing.assert_array_equal(images.X[3, :, :, 0], GREY + 11)


def test_one_colour_image_makes_all_of_them_colour(folder):
    Image.fromarray(np.stack([GREY, GREY, 0 * GREY], axis=-1)).save(folder / "cat" / "2.png")
    images = read_images(folder)
    assert images.X.shape == (5, 3, 4, 3)
    np.testing.assert_array_equal(images.X[0], np.repeat(GREY[..., None], 3, axis=2))


def test_a_folder_with_labels(folder):
    (folder / "cat" / "labels.csv").write_text("file,age\n1.png,3.5\n0.png,7\n")
    images = read_images(folder / "cat")
    assert images.y.tolist() == [3.5, 7.0]
    np.testing.assert_array_equal(images.X[1, :, :, 0], GREY)


def test_a_folder_of_images_alone_and_another_size(folder):
    images = read_images(folder / "dog", size=(6, 8))
    assert images.y is None
    assert images.X.shape == (2, 6, 8, 1)


def test_arrays(tmp_path):
    path = tmp_path / "own.npz"
    np.savez(path, x_train=np.zeros((3, 2, 2)), y_train=[1, 2, 3], x_test=np.ones((1, 2, 2)), y_test=[4])
    assert read_images(path).y.tolist() == [1, 2, 3]
    assert read_images(path, "test").y.tolist() == [4]
    np.savez(path, X=np.zeros((3, 2, 2)))
    assert read_images(path, "test").y is None
    np.savez(path, X=np.zeros((3, 2, 2)), y=[1, 2, 3], X_test=np.ones((3, 2, 2)))
    assert read_images(path).y.tolist() == [1, 2, 3]
    assert read_images(path, "test").y is None  # y belongs to X


def test_nothing_is_unpickled(tmp_path):
    path = tmp_path / "evil.npz"
    np.savez(path, X=np.array([{"a": 1}], dtype=object))
    with pytest.raises(TableError, match=r"could not be read as \.npz"):
        read_images(path)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda folder: folder / "none.npz", "there is no file"),
        (lambda folder: _saved(folder, z=[1]), "holds z; expected X and y"),
        (lambda folder: _saved(folder, X=np.zeros((3, 2, 2)), y=[1, 2]), "has 3 inputs but 2 targets"),
        (lambda folder: _touched(folder / "text.npz"), r"could not be read as \.npz"),
        (lambda folder: _made(folder / "empty"), "holds no images"),
        (lambda folder: _touched(folder / "cat" / "bad.png").parent, "bad.png' could not be read as an image"),
        (
            lambda folder: _labelled(folder / "cat", "name,age\nx,1\n"),
            "has the columns name, age; expected file and one more",
        ),
        (lambda folder: _labelled(folder / "cat", "file,age\nx.png,1\n"), "there is no image"),
        (
            lambda folder: _larger(folder / "cat"),
            "the images differ in size: 0.png has .*resize them all with --size",
        ),
    ],
)
def test_what_is_wrong(folder, make, message):
    with pytest.raises(TableError, match=message):
        read_images(make(folder))


def test_a_image_there_and_back(tmp_path):
    write_image(GREY, tmp_path / "a.png")
    np.testing.assert_array_equal(read_image(tmp_path / "a.png"), GREY)
    with pytest.raises(TableError, match=r"ends in '\.txt'; the formats are \.png"):
        write_image(GREY, tmp_path / "a.txt")


def test_a_camera_says_which_side_is_up(tmp_path):
    lying = Image.fromarray(GREY)
    told = Image.Exif()
    told[0x0112] = 6  # turn a quarter to the right
    lying.save(tmp_path / "a.png", exif=told)
    np.testing.assert_array_equal(read_image(tmp_path / "a.png"), np.rot90(GREY, -1))


def _saved(folder, **arrays):
    np.savez(folder / "own.npz", **arrays)
    return folder / "own.npz"


def _touched(path):
    path.write_text("no image")
    return path


def _made(path):
    path.mkdir()
    return path


def _labelled(path, text):
    (path / "labels.csv").write_text(text)
    return path


def _larger(path):
    write_image(np.zeros((9, 9), np.uint8), path / "9.png")
    return path


def test_pixels_of_eight_bits_move_and_end_alike_in_whatever_type_they_come():
    """Ends are scaled black and white; a constant channel stays where it is; other pixels have no ends."""
    pixels = np.random.default_rng(0).integers(0, 256, (20, 3, 4, 2), dtype=np.uint8)
    pixels[..., 1] = 7
    scaler = channel_scaler(pixels, np.arange(20))
    eight = ImageSchema((3, 4, 2), eight_bits=True)
    for x in (pixels, pixels.astype(np.float32)):
        np.testing.assert_allclose(eight.scaled_perturbation(scaler, x), [255 / scaler.scale[0], 0])
        ends = eight.scaled_ends(scaler, x)
        for end, value in zip(ends, (0, 255), strict=True):
            np.testing.assert_allclose(end[0], scaler.transform(np.full((1, 3, 4, 2), float(value)))[0, 0, 0, 0])
            assert end[1] == 0
    others = ImageSchema((3, 4, 2)).scaled_ends(scaler, pixels / 255)
    np.testing.assert_array_equal(others, [[-np.inf, -np.inf], [np.inf, np.inf]])
