"""Images and classes on the command line, from the file to the figure."""

import json
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import sklearn.datasets
from click.testing import CliRunner
from PIL import Image

from glassnet.cli.command_line import cli
from glassnet.cli.convolve import KERNELS
from glassnet.network import image_filters

PHOTOGRAPH = Path(sklearn.datasets.__file__).parent / "images" / "china.jpg"


def run(*arguments, code=0):
    result = CliRunner().invoke(cli, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == code, result.output
    return result


@pytest.fixture(scope="module")
def digits(tmp_path_factory):
    data, path = sklearn.datasets.load_digits(), tmp_path_factory.mktemp("digits") / "digits.npz"
    X = (15 * data.images).astype(np.uint8)
    np.savez(path, x_train=X[:400], y_train=data.target[:400], x_test=X[400:440], y_test=data.target[400:440])
    run("fit", path, "--classify", "-o", path.with_name("digits.glass"), "--max-iter", 12, "--members", 2)
    return path


def test_digits_end_to_end(digits, tmp_path):
    model = digits.with_name("digits.glass")
    found = json.loads(run("evaluate", model, digits, "--json").output)["errors"]
    assert found["rows"] == 40
    assert found["error_rate"] < 0.3  # of 200 images a member, and always one class would be wrong in 0.9
    table = pl.read_csv(run("predict", model, digits).stdout.encode())
    assert table.columns == ["predicted_y0", *(f"probability_{digit}" for digit in range(10))]
    truth = np.load(digits)["y_test"]
    assert np.mean(table["predicted_y0"].to_numpy() != truth) == pytest.approx(found["error_rate"])
    attacked = json.loads(
        run("attack", model, digits, "--epsilon", 0.2, "--json", "--rows", 20, "--figure", tmp_path / "a.png",
            "-o", tmp_path / "a.npz").output
    )  # fmt: skip
    assert attacked["error_after"] >= attacked["error_before"]
    assert np.load(tmp_path / "a.npz")["X"].shape == (20, 8, 8, 1)
    page = tmp_path / "page.html"
    shown = run("trace", model, digits, "--row", 0, "--figure", tmp_path / "maps.png", "--html", page).output
    assert '"shape":[8,8,1]' in page.read_text(encoding="utf-8")
    assert "images of 8 x 8, grey" in shown
    assert {(tmp_path / name).read_bytes()[:4] for name in ("a.png", "maps.png")} == {b"\x89PNG"}
    sets = run("predict", model, digits, "--interval", 0.8)
    assert "set" in sets.stdout.splitlines()[0]


def test_a_folder_of_classes(tmp_path):
    random, folder = np.random.default_rng(0), tmp_path / "images"
    for name, level in (("dark", 40), ("light", 200)):
        (folder / name).mkdir(parents=True)
        for number in range(15):
            pixels = (level + random.integers(-30, 30, size=(6, 6))).astype(np.uint8)
            Image.fromarray(pixels).save(folder / name / f"{number}.png")
    model = tmp_path / "m.glass"
    summary = json.loads(run("fit", folder, "-o", model, "--max-iter", 5, "--members", 1, "--json").output)
    assert summary["samples"] == "images of 6 x 6, grey"
    table = pl.read_csv(run("predict", model, folder / "light").stdout.encode())
    assert table.columns == ["file", "predicted_y0", "probability_dark", "probability_light"]
    assert table["file"][0] == "0.png"
    assert set(table["predicted_y0"]) == {"light"}


def test_classes_of_a_table(tmp_path):
    X, y = sklearn.datasets.load_iris(return_X_y=True, as_frame=True)
    pl.from_pandas(X.assign(kind=np.array(["a", "b", "c"])[y])).write_csv(tmp_path / "iris.csv")
    run("fit", tmp_path / "iris.csv", "--target", "kind", "--classify", "-o", tmp_path / "m.glass", "--max-iter", 40)
    found = run("evaluate", tmp_path / "m.glass", tmp_path / "iris.csv").output
    assert "most frequent class" in found
    assert "precision" in found
    run("predict", tmp_path / "m.glass", tmp_path / "iris.csv", "--append", "-o", tmp_path / "out.csv")
    assert "predicted_kind" in pl.read_csv(tmp_path / "out.csv").columns


@pytest.mark.parametrize("kernel", [*KERNELS, "0,1,0;1,-4,1;0,1,0"])
def test_convolve_a_photograph(tmp_path, kernel):
    out = tmp_path / "out.png"
    told = run("convolve", PHOTOGRAPH, "--kernel", kernel, "-o", out).output
    assert "427 x 640 x 3" in told
    pixels = np.asarray(Image.open(out)).astype(float)
    given = np.asarray(Image.open(PHOTOGRAPH)).astype(float)
    if kernel == "laplacian":  # written another way: four times the pixel, less its neighbours
        inner = 4 * given[1:-1, 1:-1] - given[:-2, 1:-1] - given[2:, 1:-1] - given[1:-1, :-2] - given[1:-1, 2:]
        np.testing.assert_array_equal(pixels[1:-1, 1:-1], np.clip(np.abs(inner), 0, 255))
    assert pixels.std() > 5


def test_the_kernels_are_all_of_them():
    assert list(image_filters.KERNELS) == KERNELS


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["fit", "DIGITS", "--classify", "--target", "y"], "has no columns to name with --target"),
        (["fit", "DIGITS", "--classify", "--loss", "huber"], "--loss is for numbers, not for classes"),
        (["fit", "FOLDER/none"], "there is no file or folder"),
        (["fit", "FOLDER/table.csv"], "Missing option '--target'"),
        (["fit", "DIGITS", "--classify", "--size", "3"], "must be a height and a width with a comma between"),
        (["predict", "MODEL", "DIGITS", "--append"], "images have none"),
        (["convolve", PHOTOGRAPH, "--kernel", "magic"], "must be one of laplacian, sobel"),
    ],
)
def test_wrong_use(digits, tmp_path, arguments, words):
    (tmp_path / "table.csv").write_text("a,b\n1,2\n")
    names = {"DIGITS": digits, "MODEL": digits.with_name("digits.glass")}
    given = [str(names.get(a, a)).replace("FOLDER", str(tmp_path)) for a in arguments]
    assert words in " ".join(run(*given, code=2).output.split())


def test_attacks_of_the_command_line_take_options(digits):
    model = digits.with_name("digits.glass")

    def attacked(*options):
        return json.loads(run("attack", model, digits, "--epsilon", 0.2, "--rows", 10, "--json", *options).output)

    by_steps = attacked("--method", "pgd", "--steps", 5, "--step-size", 0.06, "--starts", 2, "--seed", 3)
    chosen = {name: by_steps[name] for name in ("method", "steps", "step_size", "starts", "seed")}
    assert chosen == {"method": "pgd", "steps": 5, "step_size": 0.06, "starts": 2, "seed": 3}
    assert attacked("--method", "square", "--steps", 20)["error_after"] >= by_steps["error_before"]
    refused = run("attack", model, digits, "--epsilon", 0.2, "--steps", 5, code=1)
    assert "--steps 5 has no effect with --method fgsm" in refused.output


def test_steps_of_an_adversary_need_one(digits):
    refused = run("fit", digits, "--classify", "--adversarial-steps", 3, code=2)
    assert "--adversarial-steps are those of --adversarial EPSILON; give both" in refused.output
