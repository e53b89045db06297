"""Estimators of images: what they take, keep and refuse, and what they learn."""

import numpy as np
import pytest
from sklearn.datasets import load_digits

import glassnet
from glassnet import (
    AveragePool,
    Convolution,
    Crop,
    Dense,
    Dropout,
    Flatten,
    Flip,
    MaxPool,
    NetworkClassifier,
    NetworkRegressor,
    Shift,
)  # fmt: skip
from glassnet.data.images import as_images, channel_scaler
from glassnet.ensemble.recipe import Recipe

SMALL = {"n_members": 1, "max_iter": 5, "random_state": 0}


@pytest.fixture(scope="module")
def digits():
    data = load_digits()
    return (15 * data.images).astype(np.uint8), data.target


@pytest.fixture(scope="module")
def squares():
    """60 images of 6 x 6: how bright the brighter half is."""
    random = np.random.default_rng(0)
    X = random.uniform(size=(60, 6, 6, 2)).astype(np.float32)
    return X, X[:, :, :3, 0].mean(axis=(1, 2)).astype(np.float64)


@pytest.fixture(scope="module")
def fitted(digits):
    X, y = digits
    return NetworkClassifier(max_iter=12, n_members=2, random_state=0).fit(X[:1000], y[:1000])


def test_digits_are_learned_and_judged_out_of_fold(fitted, digits):
    X, y = digits
    assert fitted.score(X[1000:1400], y[1000:1400]) > 0.95
    assert fitted.oof_score_ > 0.93
    assert str(fitted.schema_) == "images of 8 x 8, grey"
    np.testing.assert_allclose(fitted.predict_proba(X[:5]).sum(axis=1), 1, rtol=1e-12)


def test_bytes_and_the_same_numbers_as_floats_are_one(fitted, digits):
    X, _ = digits
    np.testing.assert_array_equal(fitted.predict_proba(X[:9]), fitted.predict_proba(X[:9].astype(np.float64)))
    np.testing.assert_array_equal(fitted.predict_proba(X[:9]), fitted.predict_proba(X[:9, :, :, None]))


def test_a_image_has_the_same_bits_alone_and_among_others(fitted, digits):
    X, _ = digits
    together = fitted.predict_proba(X[:30])
    np.testing.assert_array_equal(together[[7]], fitted.predict_proba(X[[7]]))


def test_bytes_stay_bytes():
    pixels = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
    assert as_images(pixels).pixels.dtype == np.uint8
    assert as_images(pixels.astype(np.int64)).pixels.dtype == np.float32


@pytest.mark.parametrize("kind", [np.uint8, np.float32])
def test_the_scale_is_that_of_the_members_own_images(kind):
    random = np.random.default_rng(1)
    pixels = random.integers(0, 256, size=(9, 4, 5, 3)).astype(kind)
    rows = np.array([0, 3, 4, 8])
    scaler = channel_scaler(pixels, rows)
    own = pixels[rows].astype(np.float64)
    np.testing.assert_allclose(scaler.center, own.mean(axis=(0, 1, 2)), rtol=1e-6)
    np.testing.assert_allclose(scaler.scale, own.std(axis=(0, 1, 2)), rtol=1e-6)


def test_changing_the_images_of_a_fold_leaves_the_member_that_is_blind_to_it(digits):
    X, y = digits[0][:120], digits[1][:120]
    model = NetworkClassifier(n_members=2, max_iter=2, random_state=0, layers=[Convolution(4), Flatten()]).fit(X, y)
    poisoned = X.copy()
    blind = model.fold_rows_[0]
    poisoned[blind] = 255 - poisoned[blind]
    again = NetworkClassifier(n_members=2, max_iter=2, random_state=0, layers=[Convolution(4), Flatten()])
    again.fit(poisoned, y)
    for one, other in zip(model.members_[0].parameters, again.members_[0].parameters, strict=True):
        for name in one:
            np.testing.assert_array_equal(one[name], other[name])
    assert not np.array_equal(model.members_[1].parameters[0]["W"], again.members_[1].parameters[0]["W"])


def test_a_regressor_of_images(squares):
    X, y = squares
    model = NetworkRegressor(max_iter=150, n_members=1, random_state=0, dropout=0.0, batch_size=16).fit(X, y)
    assert model.score(X, y) > 0.8
    assert model.network_.inputs == (6, 6, 2)
    assert model.predict(X).min() >= y.min()


@pytest.mark.parametrize("solver", ["adam", "sgd", "gd", "lbfgs"])
def test_solvers_take_images(squares, solver):
    X, y = squares
    layers = [Convolution(3, 3, "tanh"), Flatten()]
    step_size = None if solver == "lbfgs" else 0.01
    model = NetworkRegressor(solver=solver, layers=layers, learning_rate_init=step_size, **SMALL).fit(X, y)
    assert model.loss_curve_[-1] < model.loss_curve_[0]


def test_augmentation_acts_in_training_alone(squares):
    X, y = squares
    layers = [Shift(1), Flip(), Crop(5, 5), Convolution(2), Dropout(0.2, channels=True), AveragePool(None), Flatten()]
    one, other = (NetworkRegressor(layers=layers, **SMALL).fit(X, y) for _ in range(2))
    np.testing.assert_array_equal(one.predict(X), one.predict(X))
    np.testing.assert_array_equal(one.predict(X), other.predict(X))


def test_layers_of_a_table(squares):
    X, y = squares
    flat = X.reshape(60, -1)
    model = NetworkRegressor(layers=[Dense(5, "tanh"), Dropout(0.1)], **SMALL).fit(flat, y)
    assert model.network_.layers[0] == Dense(5, "tanh")


def test_an_adversary_in_training_makes_the_network_harder_to_fool(digits):
    X, y = digits[0][:600], digits[1][:600]
    plain = NetworkClassifier(n_members=1, max_iter=15, random_state=0).fit(X, y)
    hard = NetworkClassifier(n_members=1, max_iter=15, random_state=0, preset=Recipe(adversarial=0.1)).fit(X, y)
    fooled = [glassnet.attack(model, X, y, 0.1).error_after for model in (plain, hard)]
    assert fooled[1] < 0.7 * fooled[0]
    several = Recipe(adversarial=0.1, adversarial_steps=4)
    harder = NetworkClassifier(n_members=1, max_iter=15, random_state=0, preset=several).fit(X, y)
    by_steps = [glassnet.attack(m, X, y, 0.1, method="pgd", starts=2).error_after for m in (plain, hard, harder)]
    assert by_steps[2] < by_steps[1] < 0.7 * by_steps[0]


def test_several_steps_are_those_of_an_adversary(digits):
    X, y = digits[0][:60], digits[1][:60]
    with pytest.raises(ValueError, match="adversarial_steps=3 are those of an adversary; give adversarial=epsilon too"):
        NetworkClassifier(n_members=1, max_iter=1, preset=Recipe(adversarial_steps=3)).fit(X, y)


def test_save_and_load(fitted, digits, tmp_path):
    X, _ = digits
    again = glassnet.load(glassnet.save(fitted, tmp_path / "digits"))
    np.testing.assert_array_equal(again.predict_proba(X[:9]), fitted.predict_proba(X[:9]))
    assert again.schema_ == fitted.schema_


def test_partial_fit_and_going_on(digits):
    X, y = digits[0][:200], digits[1][:200]
    model = NetworkClassifier(n_members=1, random_state=0, layers=[Convolution(4), MaxPool(), Flatten()])
    for _ in range(30):
        model.partial_fit(X, y)
    assert model.score(X, y) > 0.8


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (
            lambda X: X[:, :7],
            r"the images have 7 x 8 x 1 \(height, width, channels\), but in training 8 x 8 x 1; resize",
        ),
        (lambda X: X.reshape(len(X), -1), r"fitted to images of 8 x 8, grey, but X is a table"),
        (lambda X: X.astype(str), "images must be numbers, but the array holds <U"),
        (lambda X: X[:0], r"Found array with 0 sample\(s\) or no pixels"),
        (lambda X: np.where(np.arange(len(X))[:, None, None] == 3, np.nan, X), "image 3 holds a pixel that is NaN"),
        (lambda X: np.where(np.arange(len(X))[:, None, None] == 2, 1e39, X), "image 2 holds a pixel that is NaN"),
    ],
)
def test_refusals_in_prediction(fitted, digits, change, words):
    with pytest.raises(ValueError, match=words):
        fitted.predict(change(digits[0][:5]))


def test_pixels_on_another_scale_are_refused(digits):
    X, y = digits[0][:60], digits[1][:60]
    model = NetworkClassifier(layers=[Flatten()], **SMALL).fit(X / 255, y)
    with pytest.raises(ValueError, match="between 0 and 255, but in training between 0 and 1; divide by 255"):
        model.predict(X)
    model = NetworkClassifier(layers=[Flatten()], **SMALL).fit(X, y)
    with pytest.raises(ValueError, match="between 0 and 1, but in training between 0 and 255; multiply by 255"):
        model.predict(X / 255)


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"layers": ["convolution"]}, r"layers must be a list of layers, as in \[Convolution\(32\), MaxPool\(\)"),
        ({"layers": [Convolution(3)]}, r"layer 2 does not follow: Dense\(10\) takes a vector.*Flatten\(\)"),
        ({"layers": [Dense(3)]}, r"layer 1 does not follow: Dense\(3\) takes a vector"),
        ({"layers": [Convolution(3, 9), Flatten()]}, r"a window of \(9, 9\) is larger than what comes in, \(8, 8\)"),
        ({"layers": [Flatten()], "hidden_layer_sizes": (3,)}, "layers and hidden_layer_sizes both say"),
        ({"preset": Recipe(adversarial=-1.0)}, r"Recipe\(adversarial=-1.0\): adversarial must be a number above 0"),
        ({"preset": Recipe(adversarial=0.1), "solver": "lbfgs"}, "adversarial=0.1 acts in batches"),
    ],
)
def test_refusals_in_fitting(digits, parameters, words):
    X, y = digits
    with pytest.raises(ValueError, match=words):
        NetworkClassifier(**{**SMALL, **parameters}).fit(X[:50], y[:50])


def test_a_table_model_refuses_images(squares):
    X, y = squares
    model = NetworkRegressor(**SMALL).fit(X.reshape(60, -1), y)
    with pytest.raises(ValueError, match="the model was fitted to a table, but X holds images"):
        model.predict(X)
