"""What estimators make of inputs that are not plain numbers, or other at prediction than in training."""

from datetime import datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from glassnet import NetworkRegressor
from glassnet.network.custom_loss import CustomLoss
from glassnet.training.note import Note

PLAIN = NetworkRegressor((8,), preset="plain", solver="lbfgs", n_members=1, max_iter=100, random_state=0)


@pytest.fixture
def years():
    random = np.random.default_rng(0)
    X = np.column_stack([random.uniform(2000, 2010, 80), random.normal(size=80)])
    return X, np.sin(X[:, 0]) + X[:, 1]


def test_a_gap_stays_near_what_was_seen(years):
    """Years lie around 2005 with a deviation of 3: counted as 0, a missing one would be 700 deviations out."""
    X, y = years
    model = clone(PLAIN).fit(X, y)
    with pytest.warns(UserWarning, match=r"column 'x0' was never missing in training, but is in 1 row\(s\)"):
        found = model.predict([[np.nan, 0.0]])
    middle = np.quantile(X[:, 0], 0.5, method="inverted_cdf")
    np.testing.assert_allclose(found, model.predict([[middle, 0.0]]), rtol=1e-6)


def test_one_gap_is_no_outlier_for_the_member_blind_to_it(years):
    X, y = years
    X[3, 0] = np.nan
    model = clone(PLAIN).set_params(n_members=2, cv=2).fit(X, y)
    assert np.abs(model.oof_prediction_ - y).max() < 5 * np.std(y)


@pytest.mark.filterwarnings("ignore:X has feature names")
def test_moments_in_arrays_are_dates_whatever_their_unit():
    days = np.datetime64("2024-01-01") + np.arange(60)
    y = np.arange(60) % 7.0
    model = clone(PLAIN).fit(days[:, None], y)
    assert model.schema_.columns[0].kind == "date"
    expected = model.predict(days[:5, None])
    for unit in ("s", "ms", "ns"):
        np.testing.assert_array_equal(model.predict(days[:5, None].astype(f"datetime64[{unit}]")), expected)
    spans = (days - days[0])[:, None]
    lasting = clone(PLAIN).fit(spans, y)
    np.testing.assert_array_equal(
        lasting.predict(spans.astype("timedelta64[s]")), lasting.predict(pd.DataFrame({"x0": spans[:, 0]}))
    )


@pytest.mark.filterwarnings("ignore:X has feature names")
def test_a_frame_of_dates_for_a_model_of_an_array():
    days = [datetime(2024, 1, 1) + timedelta(days=day) for day in range(60)]
    y = np.arange(60) % 7.0
    frame = pd.DataFrame({"when": days})
    model = clone(PLAIN).fit(np.array([[day.isoformat()] for day in days], dtype=object), y)
    np.testing.assert_array_equal(model.predict(frame), model.predict(frame.to_numpy()))
    of_numbers = clone(PLAIN).fit(np.arange(60.0)[:, None], y)
    with pytest.raises(ValueError, match="column 'x0' held numbers in training, but now holds dates"):
        of_numbers.predict(frame)


def test_a_monitor_judges_members_while_they_train(years):
    X, y = years
    model = NetworkRegressor(
        (8,), n_members=4, max_iter=200, n_iter_no_change=3, random_state=0, learning_rate_init=0.02,
        monitor=lambda truth, prediction: float(np.mean(np.abs(truth - prediction))),
    ).fit(X, y)  # fmt: skip
    histories = [member.history for member in model.members_]
    assert len({history.epochs for history in histories}) > 1
    assert [len(history.validation_loss) for history in histories] == [history.epochs for history in histories]


def test_a_loss_of_ones_own_goes_on_from_a_checkpoint(years, tmp_path):
    """A function lies elsewhere in memory when the program starts again."""

    def loss():
        return CustomLoss(lambda x, y: 0.5 * (x - y) ** 2, lambda x, y: x - y)

    model = NetworkRegressor((4,), n_members=1, max_iter=20, random_state=0)
    first = clone(model).set_params(loss=loss()).fit(*years, checkpoint=tmp_path)
    with pytest.warns(Note, match="going on from epoch 20 of 20"):
        second = clone(model).set_params(loss=loss()).fit(*years, checkpoint=tmp_path)
    np.testing.assert_array_equal(first.predict(years[0]), second.predict(years[0]))
