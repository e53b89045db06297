"""Fits to files: in memory as a frame, in windows as an ensemble of members that never saw their folds."""

import errno
import os
import signal
import warnings

import joblib
import numpy as np
import polars as pl
import pytest
from sklearn.metrics import d2_tweedie_score

from glassnet import CustomLoss, NetworkRegressor, Recipe, load, open_files, save
from glassnet.data.read_columns import Reading
from glassnet.ensemble.block_folds import block_folds
from glassnet.estimators import encoded_files
from glassnet.estimators.encoded_files import FoldRule, Roles, encode_files, read_files
from glassnet.estimators.encoded_rows import reserve
from glassnet.estimators.file_sources import bytes_of, choose
from glassnet.training.checkpoint import CheckpointError
from glassnet.training.note import Note
from glassnet.training.ravel import raveled

ROWS = 12_000
SMALL = {"max_iter": 3, "n_members": 2, "hidden_layer_sizes": (16,), "random_state": 0, "max_memory": "1 MB"}


def made(rows=ROWS, seed=0):
    random = np.random.default_rng(seed)
    x = random.normal(size=(rows, 3))
    level = random.choice(list("abc"), rows)
    y = np.sin(2 * x[:, 0]) + x[:, 1] * x[:, 2] + (level == "a") + 0.1 * random.normal(size=rows)
    return pl.DataFrame(
        {"u": x[:, 0], "v": x[:, 1], "w": x[:, 2], "level": level, "y": y, "size": random.uniform(1, 2, rows)}
    )


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("files")
    frame = made()
    for number, part in enumerate(frame.iter_slices(5_000)):
        part.write_parquet(folder / f"part{number}.parquet")
    return folder / "*.parquet"


def fitted(X, y="y", *, options=None, **parameters):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Note)
        return NetworkRegressor(**{**SMALL, **parameters}).fit(X, y, **(options or {}))


@pytest.fixture(scope="module")
def model(files):
    return fitted(files, options={"sample_weight": None})


def parquet(frame, folder):
    frame.write_parquet(folder / "f.parquet")
    return folder / "f.parquet"


def silent(doing, done, total):
    pass


def weighted(frame, first):
    return frame["y"].to_numpy(), frame["size"].to_numpy()


def parameters_of(model):
    return [
        np.concatenate([a.ravel() for layer in m.parameters for _, a in sorted(layer.items())]) for m in model.members_
    ]


def test_files_that_fit_are_the_fit_to_a_frame(files):
    frame = made()
    ours = fitted(str(files), max_memory=None, max_iter=1)
    theirs = NetworkRegressor(**{**SMALL, "max_memory": None, "max_iter": 1}).fit(frame.drop("y"), frame["y"])
    np.testing.assert_array_equal(parameters_of(ours), parameters_of(theirs))
    assert "may take" in ours.reading_reason_


def test_windows_are_said(files):
    with pytest.warns(Note, match=r"12,000 rows need .* more than 977 KiB|12,000 rows need .* more than 0.954 MiB"):
        NetworkRegressor(**{**SMALL, "max_iter": 1}).fit(files, "y")


def test_windows_learn_what_memory_learns(files):
    new, options = made(4_000, seed=1), {"max_iter": 12, "n_members": 4, "hidden_layer_sizes": (32,)}
    truth = new["y"].to_numpy()
    errors = [
        np.sqrt(np.mean((fitted(files, **options, max_memory=limit).predict(new.drop("y")) - truth) ** 2))
        for limit in (None, "1 MB")
    ]
    # Both are near the noise of 0.1; the standard deviation between seeds is 2% of the error.
    assert errors[1] < 1.1 * errors[0]
    assert errors[0] < 0.2


def test_a_member_never_sees_its_fold(files, model, tmp_path):
    """Other values in fold 1 change what member 0 learns, and not a bit of member 1."""
    frame, fold = made(), block_folds(0, ROWS, 2, model.seed_)
    held_out = pl.Series(fold == 1)
    poisoned = frame.with_columns(
        u=pl.when(held_out).then(pl.col("u") * -3 + 1).otherwise(pl.col("u")),
        y=pl.when(held_out).then(pl.col("y") * 5 - 2).otherwise(pl.col("y")),
    )
    poisoned.write_parquet(tmp_path / "poisoned.parquet")
    other = fitted(tmp_path / "poisoned.parquet")
    before, after = parameters_of(model), parameters_of(other)
    np.testing.assert_array_equal(before[1], after[1])
    assert np.any(before[0] != after[0])
    for part in ("inputs", "targets"):
        ours, theirs = (getattr(m.members_[1].preprocessing, part) for m in (model, other))
        np.testing.assert_array_equal(ours.scale, theirs.scale)
    np.testing.assert_array_equal(model.members_[1].preprocessing.limits, other.members_[1].preprocessing.limits)


def test_out_of_fold_predictions_are_those_of_the_member_that_never_saw_the_row(model):
    members, fold = model.predict_members(made().drop("y")), block_folds(0, ROWS, 2, model.seed_)
    np.testing.assert_array_equal(model.oof_prediction_, members[fold, np.arange(ROWS)])
    y = made()["y"].to_numpy()
    expected = 1 - np.sum((y - model.oof_prediction_) ** 2) / np.sum((y - y.mean()) ** 2)
    assert model.oof_score_ == pytest.approx(expected, rel=1e-12)
    assert model.target_mean_ == pytest.approx(y.mean())


def test_limits_are_those_of_all_rows_outside_the_fold(model):
    y, fold = made()["y"].to_numpy(), block_folds(0, ROWS, 2, model.seed_)
    for member, of in enumerate(model.members_):
        own = y[fold != member]
        limits = of.preprocessing.limits
        assert np.isinf(limits).all() or limits.ravel().tolist() == [own.min(), own.max()]


def test_the_layout_of_files_changes_nothing(model, tmp_path):
    for number, part in enumerate(made().iter_slices(3_333)):
        part.write_parquet(tmp_path / f"{number}.parquet", row_group_size=100)
    np.testing.assert_array_equal(parameters_of(fitted(tmp_path / "*.parquet")), parameters_of(model))


def test_a_query_is_a_table(model):
    np.testing.assert_array_equal(parameters_of(fitted(made().lazy())), parameters_of(model))


def test_a_fit_that_was_stopped_within_an_epoch_goes_on_to_the_same_bits(files, model, tmp_path):
    class Stop(Exception):
        pass

    def stop(progress):
        if progress.epoch == 1 and progress.fraction > 0:
            raise Stop

    with pytest.raises(Stop):
        fitted(files, options={"checkpoint": tmp_path}, callback=stop)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        again = NetworkRegressor(**SMALL).fit(files, "y", checkpoint=tmp_path)
    assert any("going on from epoch" in str(warning.message) for warning in told)
    np.testing.assert_array_equal(parameters_of(again), parameters_of(model))


def test_windows_go_out_as_tasks(files, model):
    """Two members are two parts, each a task that opens the encoded rows itself."""
    with joblib.parallel_config("loky", n_jobs=2):
        np.testing.assert_array_equal(parameters_of(fitted(files)), parameters_of(model))


def test_a_model_file_leaves_out_what_is_as_long_as_the_table(model, tmp_path):
    new = made(100, seed=2).drop("y")
    again = load(save(model, tmp_path / "m.glass"))
    np.testing.assert_array_equal(again.predict(new), model.predict(new))
    interval, before = again.predict_interval(new), model.predict_interval(new)
    np.testing.assert_array_equal(interval.lower, before.lower)
    assert not hasattr(again, "oof_prediction_")
    assert again.oof_score_ == model.oof_score_


def test_intervals_state_the_rows_of_the_sample(model):
    new = made(2_000, seed=3)
    interval = model.predict_interval(new.drop("y"), coverage=0.9)
    y = new["y"].to_numpy()
    assert interval.rows == len(model.used_rows_)
    # CV+ promises 0.8 - 2/n; of 2,000 rows the standard deviation of the covered fraction is below 0.01.
    assert np.mean((interval.lower <= y) & (y <= interval.upper)) > 0.8 - 5 * 0.01


def test_weights_groups_and_several_targets_are_columns(tmp_path):
    frame = made().with_columns(z=pl.col("u") * pl.col("v"), site=pl.Series(np.arange(ROWS) // 40 % 60))
    frame.write_parquet(tmp_path / "f.parquet")
    options = {"sample_weight": "size", "groups": "site"}
    model = fitted(tmp_path / "f.parquet", ["y", "z"], options=options, max_iter=1)
    assert model.oof_prediction_.shape == (ROWS, 2)
    assert model.feature_names_in_.tolist() == ["u", "v", "w", "level"]
    with pytest.raises(ValueError, match="weights that differ"):
        model.predict_interval(frame.drop("y", "z", "size", "site"))


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"solver": "lbfgs"}, "solver='lbfgs' takes steps over all rows"),
        ({"solver": "lm"}, "give solver='adam', or a larger max_memory"),
        ({"solver": "gd"}, "takes steps over all rows"),
        ({"solver": "auto"}, "solver='auto' takes steps over all rows"),
        ({"warm_start": True}, "warm_start=True goes on with rows in memory"),
        ({"preset": Recipe(final_epochs=0.5)}, "final_epochs=0.5 learns from validation rows"),
        ({"n_members": 3, "cv": 2}, "n_members=3 must be a multiple of the 2 folds"),
        ({"cv": [(np.arange(5), np.arange(5, 9))]}, "numbers all rows"),
    ],
)
def test_what_needs_all_rows_is_refused(files, parameters, message):
    with pytest.raises(ValueError, match=message):
        fitted(files, **parameters)


class Passes:
    """A callback that notes the passes over the rows."""

    def __init__(self) -> None:
        self.seen: set[str] = set()

    def rows(self, doing: str, done: int, total: int) -> None:
        self.seen.add(doing)

    def __call__(self, progress: object) -> None:
        pass


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"preset": Recipe(adversarial_steps=3)}, "adversarial_steps"),
        ({"loss": CustomLoss(lambda x, y: (x - y) ** 2, lambda x, y: x - y)}, "derivative"),
    ],
)
def test_what_does_not_depend_on_the_rows_is_refused_before_they_are_read(files, parameters, message):
    passes = Passes()
    with pytest.raises(ValueError, match=message):
        fitted(files, callback=passes, **parameters)
    assert passes.seen == set()


def test_names_are_checked(files):
    with pytest.raises(ValueError, match="no column 'Y' to take as target"):
        fitted(files, "Y")
    with pytest.raises(TypeError, match="X names files or is a query, and y is ndarray; give the name"):
        fitted(files, np.zeros(ROWS))
    with pytest.raises(TypeError, match="sample_weight is ndarray; give the name of its column"):
        fitted(files, options={"sample_weight": np.ones(ROWS)})
    with pytest.raises(ValueError, match="leave X_val and y_val out"):
        fitted(files, options={"X_val": made(10).drop("y"), "y_val": np.zeros(10)})


@pytest.mark.parametrize(
    ("column", "value", "message"),
    [
        ("y", None, "in the rows from 0 on, counted from 0 there: Input y contains NaN or infinity: .* row 7000"),
        ("y", 1e30, "the target has 1e\\+30 in row 7000, .* times as far out"),
        ("u", np.inf, "column 'u' is infinite \\(inf\\) in row 7000"),
        ("v", -1e30, "column 'v' has -1e\\+30 in row 7000"),
    ],
)
def test_cells_that_cannot_be_learned_from_are_named(tmp_path, column, value, message):
    frame = made()
    values = frame[column].to_list()
    values[7000] = value
    frame.with_columns(pl.Series(column, values)).write_parquet(tmp_path / "f.parquet")
    with pytest.raises(ValueError, match=message):
        fitted(tmp_path / "f.parquet")


def test_a_size_is_a_number_of_bytes_or_text():
    assert [bytes_of(size) for size in (1000, "1000", "2 KiB", "1.5 MB", "2GiB")] == [
        1000,
        1000,
        2048,
        1_500_000,
        2**31,
    ]
    for wrong in ("many", "-1 MB", "1 PB x", "0"):
        with pytest.raises(ValueError, match="must be a number of bytes"):
            bytes_of(wrong)


def test_windows_are_as_large_as_room_allows():
    assert choose(10**8, 20, "1 GiB").rows_a_window == 2**18
    assert choose(10**8, 20, "100 MB").rows_a_window == 2**16
    assert choose(10**8, 20, "1 MB").rows_a_window == 2**12
    assert choose(4_000, 20, "1 MB").rows_a_window is None


def test_rows_of_weight_0_say_nothing(tmp_path):
    """Neither limits nor scores, and an extreme among them is no reason to refuse the table."""
    random, frame = np.random.default_rng(5), made()
    out = random.random(ROWS) < 0.1
    y = np.where(out, 1e30, random.poisson(np.exp(0.5 * frame["u"].to_numpy())))
    given = frame.drop("size").with_columns(y=pl.Series(y), counts=pl.Series((~out).astype(float)))
    given.write_parquet(tmp_path / "f.parquet")
    options = {"loss": "poisson", "preset": "plain", "n_members": 2, "max_iter": 1, "output_range": "seen"}
    model = fitted(tmp_path / "f.parquet", options={"sample_weight": "counts"}, **options)
    assert max(member.preprocessing.limits.max() for member in model.members_) == y[~out].max()
    expected = d2_tweedie_score(y[~out], model.oof_prediction_[~out], power=1)
    assert model.oof_score_ == pytest.approx(expected, rel=1e-9)


def test_every_window_has_a_batch_of_a_member(files):
    """Half of the rows are of the other fold, and a fifth of the rest are validation rows: 1,600 a window."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        model = NetworkRegressor(**{**SMALL, "max_iter": 1, "batch_size": 2_000, "n_members": 2}).fit(files, "y")
    assert model.recipe_.batch_size == 800
    assert any("batch_size=2000 is more than half of a member's rows of a window, 800" in str(w.message) for w in told)
    assert model.loss_curve_[0] > 0


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"n_members": 1}, "since n_members=1; leave groups out"),
        ({"cv": None}, "since cv=None; leave groups out"),
        ({"n_members": 8}, "of 8 folds have none of the 12000 rows .* the groups are too few"),
    ],
)
def test_groups_need_folds_and_folds_need_groups(tmp_path, parameters, message):
    made().with_columns(site=pl.Series(np.arange(ROWS) % 5)).write_parquet(tmp_path / "f.parquet")
    with pytest.raises(ValueError, match=message):
        fitted(tmp_path / "f.parquet", options={"groups": "site"}, **parameters)


def test_what_has_no_effect_is_said(files):
    with pytest.raises(ValueError, match="monitor needs rows to judge on"):
        fitted(files, preset="plain", monitor=lambda y, prediction: 0.0)
    with pytest.warns(UserWarning, match="cv has no effect"):
        fitted(files, preset="plain", n_members=1, cv=2, max_iter=1)


@pytest.mark.parametrize(
    ("known", "message"),
    [(0, "target 'z' is missing in every row; drop it"), (1, "target 'z' has values in 1 of 12000 rows")],
)
def test_a_target_without_values_is_refused(tmp_path, known, message):
    cells = [1.0] * known + [None] * (ROWS - known)
    made().with_columns(z=pl.Series(cells, dtype=pl.Float64)).write_parquet(tmp_path / "f.parquet")
    with pytest.raises(ValueError, match=message):
        fitted(tmp_path / "f.parquet", ["y", "z"])


def test_no_row_that_counts_is_refused(tmp_path):
    frame = made().with_columns(size=pl.Series(np.eye(1, ROWS, 7)[0]))
    read = read_files(open_files(parquet(frame, tmp_path), tmp_path), Roles(("y",)), Reading(), silent)
    rule = FoldRule(1, 0)
    with pytest.raises(ValueError, match="1 of 12000 rows that were drawn of the files have a positive weight"):
        encode_files(
            open_files(tmp_path / "f.parquet", tmp_path), Roles(("y",)), read, rule, weighted, 0, tmp_path, silent
        )


def test_a_query_goes_on_from_a_checkpoint(model, tmp_path):
    """It is written anew, under another name; its cells are the same."""
    checkpoint = {"checkpoint": tmp_path}
    np.testing.assert_array_equal(parameters_of(fitted(made().lazy(), options=checkpoint)), parameters_of(model))
    before = (tmp_path / "table" / "rows.spool").stat().st_mtime_ns
    np.testing.assert_array_equal(parameters_of(fitted(made().lazy(), options=checkpoint)), parameters_of(model))
    assert (tmp_path / "table" / "rows.spool").stat().st_mtime_ns == before


def test_files_that_change_between_the_passes_are_refused(tmp_path):
    files = open_files(parquet(made(), tmp_path), tmp_path)
    read = read_files(files, Roles(("y",)), Reading(), silent)
    parquet(made(seed=1), tmp_path)
    with pytest.raises(
        ValueError, match="the rows from 0 on, counted from 0, have changed since the columns were read"
    ):
        encode_files(files, Roles(("y",)), read, FoldRule(1, 0), weighted, 0, tmp_path, silent)


def test_encoded_rows_are_those_of_one_way_of_checking_them(tmp_path):
    """Weights of exposures depend on the loss: rows encoded for another one are not used."""
    files = open_files(parquet(made(), tmp_path), tmp_path)
    read = read_files(files, Roles(("y",)), Reading(), silent)

    def encoded(checked, weight):
        def targets_of(frame, first):
            return frame["y"].to_numpy(), np.full(frame.height, weight)

        return encode_files(files, Roles(("y",)), read, FoldRule(1, 0), targets_of, checked, tmp_path, silent)

    assert np.all(encoded(1, 1.0).sample.weights == 1.0)
    assert np.all(encoded(1, 5.0).sample.weights == 1.0)  # which are there already
    with pytest.raises(CheckpointError, match=r"holds the encoded rows of another fit"):
        encoded(2, 2.0)


def test_ctrl_c_ends_the_passes_over_files(files):

    class Press:
        def __call__(self, progress):
            raise AssertionError(f"training began: {progress}")

        def rows(self, doing, done, total):
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        fitted(files, callback=Press())


def test_columns_that_become_many_numbers_have_smaller_windows(tmp_path):
    random, rows = np.random.default_rng(0), 40_000
    levels = [f"level {number}" for number in random.integers(0, 200, rows)]
    frame = pl.DataFrame({"level": levels, "u": random.normal(size=rows), "y": random.normal(size=rows)})
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        NetworkRegressor(preset="plain", max_memory="4 MB", max_iter=1).fit(parquet(frame, tmp_path), "y")
    said = [str(warning.message) for warning in told]
    assert "the columns become 204 numbers a row, so that windows have 4,096 rows" in said, said


def test_a_disk_without_room_for_predictions_is_an_error(monkeypatch):
    def full(handle, start, size):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "posix_fallocate", full, raising=False)
    with pytest.raises(OSError, match=r"the out-of-fold predictions need 8e-07 GB .* no space left on the disk"):
        reserve(0, 800)


def test_a_fit_that_is_stopped_within_its_first_epoch_keeps_what_it_has_learned(files):
    model = fitted(files, callback=lambda progress: True)
    assert model.n_iter_ == 0
    assert model.best_loss_ == np.inf
    untrained = [model.network_.initialize(member.seed) for member in model.members_]
    before = [np.concatenate(raveled([{k: np.asarray(v) for k, v in layer.items()} for layer in p])) for p in untrained]
    assert all(np.any(own != first) for own, first in zip(parameters_of(model), before, strict=True))


def test_many_rows_in_turn_may_weigh_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr(encoded_files, "ROWS_A_PASS", 1_000)
    frame = made().with_columns(weight=pl.Series(np.where(np.arange(ROWS) < 2_000, 0.0, 1.0)))
    frame.write_parquet(tmp_path / "f.parquet")
    model = fitted(tmp_path / "f.parquet", options={"sample_weight": "weight"}, max_iter=1)
    assert model.used_rows_.min() >= 2_000


def test_a_folder_with_the_rows_of_another_fit_is_refused_and_kept(files, tmp_path):
    fitted(files, options={"checkpoint": tmp_path}, max_iter=1)
    before = (tmp_path / "table" / "rows.spool").stat()
    with pytest.raises(CheckpointError, match=r"holds the encoded rows of another fit .*give an empty folder"):
        fitted(files, options={"checkpoint": tmp_path}, max_iter=1, random_state=1)
    assert (tmp_path / "table" / "rows.spool").stat().st_mtime_ns == before.st_mtime_ns


def test_rows_of_the_fit_are_no_new_rows_though_few_of_them_are_known(files, monkeypatch):
    monkeypatch.setattr(encoded_files, "MOST_IN_SAMPLE", 600)
    model, frame = fitted(files, max_iter=1), made()
    assert len(model.used_rows_) == 600
    with pytest.raises(ValueError, match="are among those that the model was fitted to"):
        model.calibrate(frame.drop("y").head(6_000), frame["y"].head(6_000))
    new = made(2_000, seed=5)
    model.calibrate(new.drop("y"), new["y"])
