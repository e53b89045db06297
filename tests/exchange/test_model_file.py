import subprocess
import sys

import numpy as np
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LinearRegression

import glassnet
from glassnet import Dense, Network, NetworkClassifier, NetworkRegressor, Perceptron
from glassnet.exchange.codec import from_json, to_json
from glassnet.exchange.model_file import FITTED, FORMAT, MAY_LACK, ModelFileError
from glassnet.exchange.validation import ATTRIBUTES
from glassnet.network.activation import ELU
from glassnet.network.augmentation import Crop
from glassnet.network.convolution import Convolution
from glassnet.network.flatten import Flatten
from glassnet.network.loss import Huber
from glassnet.network.pooling import MaxPool
from glassnet.storage.container import read_container, write_container
from glassnet.training.optimizers import Adam

FAST = NetworkRegressor((8, 4), max_iter=5, random_state=0, n_members=2)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"activation": ELU(0.5), "loss": Huber(2.0), "solver": Adam(0.9, 0.95), "hidden_layer_sizes": [3]},
        {"callback": print, "random_state": np.random.RandomState(3), "hidden_layer_sizes": np.array([4, 4])},
    ],
)
def test_a_regressor_comes_back(small, tmp_path, changes):
    X, y = small
    model = clone(FAST).set_params(**changes).fit(X, y)
    again = glassnet.load(glassnet.save(model, tmp_path / "model"))
    np.testing.assert_array_equal(again.predict(X), model.predict(X))
    kept = {
        name: value for name, value in model.get_params().items() if name not in ("random_state", "callback", "monitor")
    }
    found = again.get_params()
    assert {name: str(found[name]) for name in kept} == {name: str(value) for name, value in kept.items()}
    assert (again.seed_, again.loss_curve_, again.network_) == (model.seed_, model.loss_curve_, model.network_)


def test_text_columns_come_back(tmp_path):
    frame = pl.DataFrame({"kind": ["a", "b"] * 20, "size": range(40)})
    model = clone(FAST).fit(frame, pl.Series("price", range(40)))
    again = glassnet.load(glassnet.save(model, tmp_path / "m.glass"))
    np.testing.assert_array_equal(again.predict(frame), model.predict(frame))
    assert again.feature_names_in_.tolist() == ["kind", "size"]
    assert again.target_names_ == ["price"]


def test_a_perceptron_comes_back(tmp_path):
    X = np.eye(3)
    model = Perceptron(random_state=0).fit(X, ["no", "yes", "no"])
    assert glassnet.load(glassnet.save(model, tmp_path / "p.v2")).classes_.dtype == model.classes_.dtype
    assert (tmp_path / "p.v2.glass").is_file()
    assert glassnet.load(glassnet.save(model, tmp_path / "p")).predict(X).tolist() == ["no", "yes", "no"]


def test_a_classifier_comes_back(tmp_path):
    X = np.random.default_rng(0).normal(size=(60, 2))
    model = NetworkClassifier((4,), max_iter=5, n_members=2, random_state=0).fit(X, X[:, 0] > 0)
    again = glassnet.load(glassnet.save(model, tmp_path / "c"))
    np.testing.assert_array_equal(again.predict_proba(X), model.predict_proba(X))
    assert again.predict(X).dtype == bool


def test_images_come_back(tmp_path):
    X = np.random.default_rng(0).integers(0, 256, (40, 6, 6, 2)).astype(np.uint8)
    layers = [
        Crop(5, 5),
        Convolution(2, 3, "relu", stride=2, padding=((1, 0), (0, 1))),
        MaxPool(2),
        Flatten(),
        Dense(1),
    ]
    model = NetworkRegressor(layers=layers, max_iter=1, n_members=2, random_state=0).fit(X, X.mean(axis=(1, 2, 3)))
    again = glassnet.load(glassnet.save(model, tmp_path / "m"))
    np.testing.assert_array_equal(again.predict(X), model.predict(X))


def test_what_cannot_be_saved(tmp_path):
    with pytest.raises(ModelFileError, match=r"there is no folder .*nowhere' to write 'm.glass'"):
        glassnet.save(clone(FAST).fit([[0], [1]], [0, 1]), tmp_path / "nowhere" / "m")
    with pytest.raises(NotFittedError):
        glassnet.save(clone(FAST), tmp_path / "m")
    with pytest.raises(TypeError, match="LinearRegression cannot be saved; a model file holds one of NetworkRegressor"):
        glassnet.save(LinearRegression().fit([[1], [2]], [1, 2]), tmp_path / "m")


def wrong_shape(arrays):
    name = next(name for name, array in arrays.items() if array.shape == (21, 8))
    return {name: np.zeros((21, 9), np.float32)}


def of_parameters(arrays, change):
    """Return a changed weight matrix of one of the members."""
    name = next(name for name, array in arrays.items() if array.shape == (21, 8))
    return {name: change(arrays[name])}


def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value


def altered(path, change):
    description, arrays = read_container(path)
    change(description, arrays)
    write_container(path, description, arrays)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (
            lambda d, a: d.update(format=FORMAT + 1),
            f"it has format {FORMAT + 1}, written by glassnet .*: upgrade glassnet",
        ),
        (lambda d, a: d.update(format=1), "it has format 1, written by glassnet .*; this version reads .*: fit again"),
        (lambda d, a: d.update(format="1"), "its format is '1', not a number such as 4"),
        (lambda d, a: d.update(estimator="os.system"), "it holds 'os.system', which is none of NetworkRegressor"),
        (lambda d, a: d["fitted"]["dict"].update(predict=1), "fitted attribute 'predict' is none of"),
        (lambda d, a: d["fitted"]["dict"].update(__class__=1), "fitted attribute '__class__' is none of"),
        (lambda d, a: d["parameters"]["dict"].update(colour=1), "unexpected keyword argument 'colour'"),
        (
            lambda d, a: d["fitted"]["dict"].update(seed_={"record": "Popen", "fields": {}}),
            "something that this version",
        ),
        (lambda d, a: d["fitted"]["dict"].update(seed_={"array": "nowhere"}), "nowhere"),
        (lambda d, a: d["fitted"]["dict"].update(__sklearn_is_fitted__=1), "__sklearn_is_fitted__' is none of"),
        (lambda d, a: d.pop("fitted"), "its description lacks 'fitted'; take another copy, or fit and save again"),
        (lambda d, a: d["fitted"]["dict"].pop("ensemble_"), "fitted attribute 'ensemble_' is missing"),
        (lambda d, a: a.update(wrong_shape(a)), "its parameters have shapes"),
        (lambda d, a: a.update(of_parameters(a, lambda own: own.astype(np.float64))), "its parameters are of types"),
        (lambda d, a: a.update(of_parameters(a, lambda own: own * np.nan)), "its parameters are not all finite"),
        (lambda d, a: a.update(more=np.zeros(3)), "it holds the array 'more', which belongs to nothing"),
        (lambda d, a: d["fitted"]["dict"].update(n_iter_=True), "its fitted attribute 'n_iter_' is no int"),
        (lambda d, a: d["fitted"]["dict"].update(n_features_in_=4), "its schema has another number of columns"),
        (lambda d, a: d["fitted"]["dict"].update(target_names_=["a", "b"]), r"it names 2 class\(es\) or target\(s\)"),
        (
            lambda d, a: d["fitted"]["dict"]["ensemble_"]["fields"].update(
                link={"record": "Increasing", "fields": {"size": 0}}
            ),
            r"cannot be loaded: .* it is not as save wrote it: take another copy, or fit and save again",
        ),
        (
            lambda d, a: d["parameters"]["dict"].update(cv={"text": ["x" * 10**4, *"y" * 10**4], "kind": "U"}),
            "it holds a vector of text of more than 16777216 letters",
        ),
        (lambda d, a: d["fitted"]["dict"].update(seed_=nested(700)), "cannot be loaded"),
        (
            lambda d, a: d["parameters"]["dict"].update(solver={"record": "Dense", "fields": {"outputs": 1e999}}),
            "cannot",
        ),
    ],
)
def test_altered_files_are_refused(small, tmp_path, change, message):
    path = glassnet.save(clone(FAST).fit(*small), tmp_path / "m.glass")
    altered(path, change)
    with pytest.raises(ModelFileError, match=message):
        glassnet.load(path)


def test_absent_and_foreign_files(tmp_path):
    with pytest.raises(ModelFileError, match="there is no model file"):
        glassnet.load(tmp_path / "no.glass")
    (tmp_path / "pickle.glass").write_bytes(b"\x80\x04\x95cos\nsystem\n(S'true'\ntR.")
    with pytest.raises(ModelFileError, match="nor a safetensors file"):
        glassnet.load(tmp_path / "pickle.glass")


def test_an_error_of_load_does_not_wait_for_jax(tmp_path):
    code = (
        "import sys, glassnet\n"
        "try:\n    glassnet.load('no.glass')\n"
        "except ValueError as error:\n    print(type(error).__name__, 'jax' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=tmp_path, check=True)
    assert found.stdout.strip() == "ModelFileError False"


def test_every_attribute_of_a_file_has_a_type():
    assert set(ATTRIBUTES) == set.union(MAY_LACK, *FITTED.values())


def test_records_come_back():
    arrays = {}
    value = {"a": (1, [Network(2, [Dense(1, "mish", bias=[3.0])])]), "b": None}
    assert from_json(to_json(value, arrays), arrays) == value
    with pytest.raises(TypeError, match="cannot be stored in a model file"):
        to_json({1, 2}, {})


def test_a_file_from_before_intervals_says_that_it_has_none(small, tmp_path):
    X, y = small
    before = clone(FAST).fit(X, y)
    del before.calibration_, before.error_scales_
    model = glassnet.load(glassnet.save(before, tmp_path / "m.glass"))
    assert np.isfinite(model.predict(X)).all()
    with pytest.raises(
        ValueError, match="from a file without the residuals that intervals need; fit again, or call cal"
    ):
        model.predict_interval(X)
    assert model.calibrate(X[:50], y[:50] + 1).predict_interval(X).rows == 50


def test_a_file_says_why_a_fit_has_no_intervals(small, tmp_path):
    X, y = small
    model = clone(FAST).fit(X, y, sample_weight=np.arange(len(y)) + 1.0)
    again = glassnet.load(glassnet.save(model, tmp_path / "m"))
    with pytest.raises(ValueError, match="fitted with sample weights that differ"):
        again.predict_interval(X)
    again.calibrate(X[:50], y[:50] + 1)
    kept = glassnet.load(glassnet.save(again, tmp_path / "m"))
    np.testing.assert_array_equal(kept.predict_interval(X).upper, again.predict_interval(X).upper)


def test_a_calibration_that_does_not_fit_is_refused(small, tmp_path):
    path = glassnet.save(clone(FAST).fit(*small), tmp_path / "m.glass")

    def far(description, arrays):
        name = description["fitted"]["dict"]["calibration_"]["fields"]["fold"]["array"]
        arrays[name] = np.full(120, 2**60)

    altered(path, far)
    with pytest.raises(ModelFileError, match="a calibration needs one residual, one error scale and one fold a row"):
        glassnet.load(path)
