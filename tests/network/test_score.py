"""What a loss scores by is what scikit-learn computes, whatever the unit."""

from functools import partial

import numpy as np
import pytest
from sklearn.metrics import d2_pinball_score, d2_tweedie_score, r2_score

from glassnet.estimators.metrics import score
from glassnet.network.loss import (
    AbsoluteError,
    CrossEntropy,
    Gamma,
    HalfSquaredError,
    Huber,
    Poisson,
    Quantile,
    Tweedie,
)

CASES = [
    (HalfSquaredError(), [r2_score]),
    (AbsoluteError(), [r2_score]),
    (Huber(), [r2_score]),
    (Poisson(), [partial(d2_tweedie_score, power=1)]),
    (Gamma(), [partial(d2_tweedie_score, power=2)]),
    (Tweedie(1.3), [partial(d2_tweedie_score, power=1.3)]),
    (Quantile((0.1, 0.6)), [partial(d2_pinball_score, alpha=0.1), partial(d2_pinball_score, alpha=0.6)]),
]


@pytest.mark.parametrize(("loss", "expected"), CASES, ids=lambda case: str(case)[:20])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("unit", [1.0, 1e-200, 1e200])
def test_scores_are_those_of_scikit_learn(loss, expected, weighted, unit):
    random = np.random.default_rng(0)
    y = random.uniform(0.5, 3, size=(60, 2))
    prediction = np.repeat(y, len(expected), axis=1) + random.uniform(-0.4, 0.4, size=(60, 2 * len(expected)))
    weights = random.uniform(size=60) if weighted else None
    each = [
        rule(y[:, target], prediction[:, target * len(expected) + place], sample_weight=weights)
        for target in range(2)
        for place, rule in enumerate(expected)
    ]
    assert score(loss, unit * y, unit * prediction, weights) == pytest.approx(np.mean(each), rel=1e-13)


@pytest.mark.parametrize(("loss", "expected"), CASES, ids=lambda case: str(case)[:20])
def test_missing_targets_count_for_no_score(loss, expected):
    random = np.random.default_rng(1)
    y, weights = random.uniform(0.5, 3, size=(40, 1)), random.uniform(size=40)
    prediction = np.repeat(y, len(expected), axis=1) * random.uniform(0.8, 1.2, size=(40, len(expected)))
    whole = score(loss, y[5:], prediction[5:], weights[5:])
    y[:5] = np.nan
    assert score(loss, y, prediction, weights) == whole


def test_only_the_loss_of_classes_classifies():
    assert CrossEntropy().classifies
    assert not any(loss.classifies for loss, _ in CASES)
