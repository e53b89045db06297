"""Findings: of every check a case that it must see and one that it must not, and few false ones on clean tables."""

import json
import warnings
from copy import copy
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest

from glassnet import NetworkClassifier, NetworkRegressor
from glassnet.conformal.evaluation import measure
from glassnet.data.column import Column
from glassnet.ensemble.member import Split
from glassnet.estimators.provenance import Provenance
from glassnet.insight.column_statistics import column_statistics
from glassnet.insight.coverage_curve import coverage_curve
from glassnet.insight.evidence import gather
from glassnet.insight.extrapolation import extrapolation
from glassnet.insight.findings.certainty import errors_grow, intervals_too_narrow
from glassnet.insight.findings.checks import CHECKS, findings, findings_of
from glassnet.insight.findings.columns import target_is_integers
from glassnet.insight.findings.finding import NotApplicable
from glassnet.insight.findings.rows import folds_flatter
from glassnet.insight.findings.simple_models import gain_by_all
from glassnet.insight.importance import Importance
from glassnet.insight.table_statistics import TargetStatistics
from glassnet.storage.json_value import finite
from glassnet.training.history import History
from glassnet.training.stopping import StopReason

ROWS = 160
SMALL = {"hidden_layer_sizes": (8,), "preset": "plain", "n_members": 4, "random_state": 0}
TRAINED = {**SMALL, "max_iter": 150, "learning_rate_init": 0.02}


def inputs(seed, rows=ROWS):
    return pd.DataFrame(np.random.default_rng(seed).normal(size=(rows, 3)), columns=["a", "b", "c"])


def made(seed, rows=ROWS):
    """Return a table that a small network learns well and a line does not."""
    X, random = inputs(seed, rows), np.random.default_rng(seed + 100)
    return X, 5 + X["a"] ** 2 + X["b"] + 0.5 * X["c"] + 0.2 * random.normal(size=rows)


def fitted(X, y, **options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return NetworkRegressor(**{**TRAINED, **options}).fit(X, y)


@pytest.fixture(scope="module")
def model():
    return fitted(*made(0))


@pytest.fixture(scope="module")
def evidence(model):
    return gather(model, *made(0))


@pytest.fixture(scope="module")
def good(evidence):
    """Return the findings of a good fit, but for what a fit of scikit-learn's network warns of."""
    return findings_of(evidence)


@pytest.fixture(scope="module")
def on_new_rows(model):
    return gather(model, *made(0), X_test=made(1)[0], y_test=made(1)[1])


def messy(seed=0):
    """Return visits: several of a patient, dates, rows recorded twice, a unit twice, and a count to predict."""
    X, random = inputs(seed), np.random.default_rng(seed)
    X["patient_id"] = random.permutation(ROWS) // 4
    X["day"] = pd.Timestamp("2024-01-01") + pd.to_timedelta(random.integers(0, 300, ROWS), "D")
    X["a in inches"] = X["a"] / 2.54
    X["town"] = random.choice(["Bath", "Ely"], ROWS)
    X.loc[X.index[-16:]] = X.iloc[:16].to_numpy()
    X = X.astype({"a": float, "b": float, "c": float, "a in inches": float, "patient_id": int, "day": "datetime64[ns]"})
    y = pd.Series(random.poisson(np.exp(0.5 + 0.5 * X["a"].to_numpy())), name="visits").astype(float)
    y.iloc[-16:] = y.iloc[:16].to_numpy()
    y.iloc[-4:] += 2
    return X, y


@pytest.fixture(scope="module")
def messy_model():
    return fitted(*messy(), max_iter=20)


@pytest.fixture(scope="module")
def messy_evidence(messy_model):
    return gather(messy_model, *messy())


@pytest.fixture(scope="module")
def of_messy(messy_evidence):
    return findings_of(messy_evidence)


def found(result, code):
    return next((one for one in result.findings if one.code == code), None)


def nothing(result, code):
    return any(one.split()[0] == code for one in result.nothing)


def not_made(result, code):
    return next((why for name, why in result.not_made.items() if name.split()[0] == code), None)


def with_histories(evidence, change):
    """Return evidence of the same model with other histories."""
    model = copy(evidence.model)
    members = [replace(member, history=change(place)) for place, member in enumerate(model.members_)]
    model.ensemble_ = replace(model.ensemble_, members=tuple(members))
    return replace(evidence, model=model)


def with_difference(evidence, name, difference, low, high):
    """Return evidence in which a simple model's error is so much above the network's."""
    models = tuple(
        replace(one, difference=difference, difference_lower=low, difference_upper=high) if one.name == name else one
        for one in evidence.comparison.models
    )
    return replace(evidence, comparison=replace(evidence.comparison, models=models))


def with_importance(evidence, columns, increase, half):
    increase = np.array(increase, float)
    return replace(
        evidence,
        importance=Importance(columns, increase, increase - half, increase + half, 1.0, "RMSE", "", ROWS, 5),
    )


def test_every_check_is_told_once(good):
    codes = [one.code for one in good.findings] + [one.split()[0] for one in (*good.nothing, *good.not_made)]
    assert sorted(codes) == sorted(check.code for check in CHECKS)
    assert sorted(codes, key=lambda code: int(code[1:])) == [f"G{number}" for number in range(1, 22)]


def test_a_good_fit_has_no_finding_that_needs_attention(good):
    assert [one.code for one in good.findings if one.severity == "look"] == []
    for code in ("G1", "G2", "G3", "G7", "G8", "G9", "G10", "G11", "G12", "G14", "G17", "G18", "G20"):
        assert nothing(good, code), code
    for code in ("G15", "G16", "G19"):
        assert not_made(good, code)


def test_findings_that_need_attention_come_first_and_all_say_what_to_do(of_messy):
    severities = [one.severity for one in of_messy.findings]
    assert severities == sorted(severities, key=("look", "note").index)
    assert {"look", "note"} == set(severities)
    for one in of_messy.findings:
        assert one.sentence.endswith((".", "?", '"'))
        assert one.limit
        assert one.remedy
    assert f"{severities.count('look')} finding" in of_messy.describe()
    assert replace(of_messy, findings=()).describe().startswith("No findings need attention. Good to know: 0 notes.")
    assert json.loads(json.dumps(finite(of_messy.to_dict())))["findings"][0]["code"] == of_messy.findings[0].code
    assert len(of_messy.table().rows) == len(of_messy.findings)
    assert of_messy.findings[0].remedy in str(of_messy)


def test_noise_is_predicted_no_better_than_by_its_mean():
    X, _ = made(0)
    result = findings(model := fitted(X, np.random.default_rng(5).normal(size=ROWS)), *_of(model, X))
    assert found(result, "G1").severity == "look"
    assert found(result, "G1").numbers["mean"] == pytest.approx(1.0, abs=0.15)


def _of(model, X):
    return X, np.random.default_rng(5).normal(size=ROWS)


def test_a_network_that_was_hardly_trained_is_worse_than_line_and_boosting_and_biased():
    X, random = inputs(3), np.random.default_rng(3)
    y = 10 * X["b"] + 8 * (X["a"] > 0.5) + 0.3 * random.normal(size=ROWS)
    result = findings(fitted(X, y, max_iter=3, learning_rate_init=0.001), X, y)
    line, trees, biased = (found(result, code) for code in ("G2", "G3", "G18"))
    assert line.severity == trees.severity == biased.severity == "look"
    assert line.numbers["difference at most"] < 0
    assert trees.numbers["gradient boosting"] < trees.numbers["network"]
    assert "'b'" in biased.sentence


def test_a_line_that_is_as_good_is_a_note(evidence):
    gain = gain_by_all(evidence)
    result = findings_of(with_difference(evidence, "straight line", 0.001 - gain, -0.01 - gain, 0.02))
    assert found(result, "G2").severity == "note"
    assert "may be chance" in found(result, "G2").sentence


def test_a_difference_that_does_not_matter_needs_no_attention(evidence):
    small, gain = 0.01 * evidence.error, gain_by_all(evidence)
    limits = -small - gain, -2 * small - gain, -small / 2 - gain
    assert nothing(findings_of(with_difference(evidence, "gradient boosting", *limits)), "G3")
    result = findings_of(with_difference(evidence, "straight line", *limits))
    assert found(result, "G2").severity == "note"


def test_the_mean_of_all_members_errs_less_by_how_far_they_disagree(evidence, on_new_rows):
    variance = evidence.model.predict_members(made(0)[0]).var(axis=0, ddof=1).mean()
    of_all = np.sqrt(evidence.error**2 - (1 - 1 / 4) * variance)
    assert gain_by_all(evidence) == pytest.approx(evidence.error - of_all, rel=1e-4)
    assert gain_by_all(on_new_rows) == 0


def test_boosting_that_is_better_than_one_member_only_is_not_better(evidence):
    gain = gain_by_all(evidence)
    for difference, seen in ((-0.5 * gain, False), (-1.5 * gain - 0.1, True)):
        better = with_difference(evidence, "gradient boosting", difference, difference - 0.01, difference + 0.01)
        assert (found(findings_of(better), "G3") is not None) == seen


def test_errors_that_grow_with_the_prediction():
    X, random = inputs(4), np.random.default_rng(4)
    X["a"] = random.uniform(0, 4, ROWS)
    y = 1 + 3 * X["a"] + X["a"] * random.normal(size=ROWS)
    result = findings(fitted(X, y), X, y)
    grows = found(result, "G13")
    assert grows.numbers["rank correlation"] > 0.3
    assert grows.severity == "look"
    assert grows.numbers["larger half"] > 2 * grows.numbers["smaller half"]


def test_halves_keep_equal_predictions_together(evidence):
    predicted = np.repeat([1.0, 2.0], (100, 60))
    record = replace(evidence.predictions[0], predicted=predicted, actual=predicted + np.repeat([1.0, 3.0], (100, 60)))
    numbers = errors_grow(replace(evidence, predictions=(record,))).numbers
    assert (numbers["smaller half"], numbers["larger half"]) == (1, 3)


def test_errors_of_one_size_do_not_grow(evidence):
    record = evidence.predictions[0]
    actual = record.predicted + np.random.default_rng(0).normal(size=len(record.predicted))
    assert nothing(findings_of(replace(evidence, predictions=(replace(record, actual=actual),))), "G13")


def test_a_training_error_far_below_the_others(evidence):
    assert found(findings_of(replace(evidence, training_error=evidence.error / 3)), "G4").severity == "note"
    no_better = with_difference(evidence, "straight line", 0.0, -0.1, 0.1)
    assert found(findings_of(replace(no_better, training_error=evidence.error / 6)), "G4").severity == "look"
    assert nothing(findings_of(replace(evidence, training_error=evidence.error / 1.5)), "G4")
    assert "not given" in not_made(findings_of(replace(evidence, training_error=None)), "G4")


def test_folds_disagree_where_one_of_them_errs_more(evidence, good):
    errors, folds = evidence.row_errors.copy(), evidence.judged.basis.folds
    errors[folds[2]] *= 100
    seen = found(findings_of(replace(evidence, row_errors=errors)), "G5")
    assert seen.severity == "look"
    assert "fold_rows_[2]" in seen.remedy
    assert seen.numbers["largest"] == pytest.approx(np.sqrt(errors[folds[2]].mean()))
    assert nothing(good, "G5")


def falling(rate, reason=StopReason.MAX_ITER, kept=100):
    loss = tuple(np.exp(-rate * np.arange(100)).tolist())
    return lambda place: History(loss, loss, kept, reason)


def test_training_that_ended_while_the_loss_fell(evidence):
    seen = found(findings_of(with_histories(evidence, falling(0.01))), "G6")
    assert seen.severity == "look"
    assert seen.remedy == "NetworkRegressor(max_iter=200)"
    loss = np.exp(-0.01 * np.arange(100))
    assert seen.numbers["fall"] == pytest.approx((loss[89] - loss[99]) / (loss[0] - loss[99]))
    for history in (falling(0.1), falling(0.01, StopReason.NO_IMPROVEMENT), falling(0.01, kept=0)):
        assert nothing(findings_of(with_histories(evidence, history)), "G6")


def test_members_that_diverged(evidence, good):
    diverged = with_histories(evidence, lambda place: replace(falling(0.1)(place), retries=2 * (place == 1)))
    seen = found(findings_of(diverged), "G7")
    assert seen.numbers == {"members": 1.0, "retries": 2.0}
    assert seen.remedy == "NetworkRegressor(learning_rate_init=0.002)"
    assert nothing(good, "G7")


def test_parameters_count_only_where_they_bring_nothing(evidence):
    model = copy(evidence.model)
    few = replace(model.members_[0].split, train=np.arange(5))
    members = (replace(model.members_[0], split=few), *model.members_[1:])
    model.ensemble_ = replace(model.ensemble_, members=members)
    many = replace(evidence, model=model)
    assert nothing(findings_of(many), "G8")
    seen = found(findings_of(with_difference(many, "straight line", 0.0, -0.1, 0.1)), "G8")
    assert seen.numbers == {"parameters": float((3 + 1) * 8 + 8 + 1), "numbers": 5.0 * 4}
    assert nothing(findings_of(with_difference(evidence, "straight line", 0.0, -0.1, 0.1)), "G8")


def test_folds_at_random_flatter_where_rows_belong_together(of_messy, messy_model):
    seen = found(of_messy, "G9")
    assert "'patient_id'" in seen.sentence
    assert "'day'" in seen.sentence
    assert seen.numbers["repeated"] == 12 / ROWS
    assert "--time day" in seen.remedy
    assert "groups=X['patient_id']" in seen.remedy


def test_folds_of_groups_are_not_at_random(evidence):
    model = copy(evidence.model)
    model._provenance = Provenance(1.0, "", {}, (), ("groups",))
    assert "groups" in not_made(findings_of(replace(evidence, model=model)), "G9")


@pytest.mark.parametrize(
    ("ends", "learned_from", "why"),
    [
        ((32, 64, 96, 128, 160), lambda start, end: np.arange(start), "after those that its members learned from"),
        ((0, 40, 80, 120, 160), lambda start, end: np.r_[:start, end:160], "rows that follow each other"),
    ],
)
def test_folds_of_a_splitter_are_known_by_their_rows(messy_evidence, ends, learned_from, why):
    """A file does not hold the splitter."""
    model = copy(messy_evidence.model)
    model._provenance = None
    members = tuple(
        replace(member, split=Split(learned_from(start, end), np.arange(0), np.arange(start, end)))
        for member, (start, end) in zip(model.members_, pairwise(ends), strict=True)
    )
    model.ensemble_ = replace(model.ensemble_, members=members)
    with pytest.raises(NotApplicable, match=why):
        folds_flatter(replace(messy_evidence, model=model))


def test_one_column_with_all_importance_is_a_leak_only_where_the_error_is_tiny(evidence):
    one = with_importance(evidence, (("a",), ("b",), ("c",)), [9.0, 0.2, 0.1], 0.05)
    assert found(findings_of(one), "G10").severity == "note"
    seen = found(findings_of(replace(one, error=evidence.error / 100)), "G10")
    assert seen.severity == "look"
    assert seen.numbers["importance"] == pytest.approx(9 / 9.3)
    two = with_importance(evidence, (("a",), ("b",), ("c",)), [5.0, 4.0, 0.1], 0.05)
    assert nothing(findings_of(two), "G10")


def test_columns_of_no_use(evidence):
    seen = found(findings_of(with_importance(evidence, (("a",), ("b",), ("c",)), [1.0, 0.0, -0.01], 0.005)), "G11")
    assert seen.numbers["columns"] == 2
    assert seen.remedy.endswith("X.drop(columns=['b', 'c']), or glassnet fit --exclude b --exclude c")
    none = found(findings_of(with_importance(evidence, (("a",), ("b",)), [0.0, 0.0], 0.005)), "G11")
    assert "No column is of use" in none.sentence


def test_columns_that_say_the_same(of_messy):
    seen = found(of_messy, "G12")
    assert "'a', 'a in inches'" in seen.sentence
    assert "'a in inches'" in seen.remedy


def test_a_count_is_told_from_a_number(of_messy):
    seen = found(of_messy, "G14")
    assert "'visits' holds integers only" in seen.sentence
    assert 'loss="poisson"' in seen.remedy
    assert seen.numbers["distinct"] == messy()[1].nunique()


def test_each_of_several_targets_has_its_own_count(evidence):
    def target(name, low, high):
        return TargetStatistics(column_statistics(Column(name, "number"), np.arange(ROWS) % (high - low) + low), True)

    targets = (target("rooms", 0.0, 7.0), target("score", -1.0, 3.0), target("year", 1900.0, 2000.0))
    seen = target_is_integers(replace(evidence, statistics=replace(evidence.statistics, targets=targets)))
    assert "'rooms' holds integers only, 7 different ones, none below 0: counts or classes?" in seen.sentence
    assert "'score' holds integers only, 4 different ones: grades or classes?" in seen.sentence
    assert "'year'" not in seen.sentence
    assert seen.numbers == {"distinct 'rooms'": 7, "distinct 'score'": 4}
    assert "poisson" not in seen.remedy


def test_rows_that_repeat_say_the_least_error(of_messy):
    seen = found(of_messy, "G20")
    X, y = messy()
    assert seen.numbers["repeated"] == 12
    assert seen.numbers["conflicting"] == 8
    groups = y.groupby([X[name] for name in X.columns])
    squares = np.square(y - groups.transform("mean")).sum()
    assert seen.numbers["noise"] == pytest.approx(np.sqrt(squares / (ROWS - groups.ngroups)))


def test_warnings_of_the_fit_are_told(of_messy, evidence):
    assert "The fit warned" in found(of_messy, "G21").sentence
    model = copy(evidence.model)
    model._provenance = Provenance(1.0, "", {})
    assert nothing(findings_of(replace(evidence, model=model)), "G21")
    model._provenance = None
    assert not_made(findings_of(replace(evidence, model=model)), "G21")


def test_new_rows_like_the_fitted_ones_are_not_unlike(on_new_rows):
    result = findings_of(on_new_rows)
    for code in ("G15", "G16", "G19"):
        assert nothing(result, code), code
    assert not_made(result, "G9") == "errors are not of folds"
    assert not_made(result, "G5")


def test_new_rows_that_are_unlike(messy_model):
    X, y = messy(1)
    X.loc[:39, "b"] += 20
    X.loc[:4, "town"] = "York"
    X.loc[100:139, "c"] = np.nan
    X.loc[:39, "day"] += pd.Timedelta(3000, "D")
    with pytest.warns(UserWarning, match="does not know|missing|unknown|training"):
        result = findings(messy_model, *messy(), X_test=X, y_test=y)
    with pytest.warns(UserWarning, match="missing"):
        table = extrapolation(messy_model, X).table()
    seen = found(result, "G15")
    assert seen.severity == "look"
    assert "'b' lies outside" in seen.sentence
    assert "'York' (5 rows)" in seen.sentence
    assert "'c' is missing in 25.0%" in seen.sentence
    assert seen.numbers["rows outside"] == pytest.approx(40 / ROWS)
    days = messy()[0]["day"]
    assert f"'day' lies outside {days.min()} to {days.max()} in 40 rows" in seen.sentence
    assert next(row for row in table.rows if row[0] == "day")[1:4] == (str(days.min()), str(days.max()), 40)


def test_rows_of_the_fit_among_new_ones_are_told(model):
    X, y = (pd.concat([new, old[:20]], ignore_index=True) for new, old in zip(made(1), made(0), strict=True))
    result = findings(model, *made(0), X_test=X, y_test=y)
    assert found(result, "G19").numbers == {"rows of the fit": 20.0, "rows": ROWS + 20.0}


def test_intervals_that_hold_too_seldom(on_new_rows):
    y = np.concatenate([np.zeros(100), np.ones(60)])
    curve = replace(on_new_rows.coverage[0], levels=(measure(y, y - 2 * y, y - y, 0.9),))
    seen = found(findings_of(replace(on_new_rows, coverage=(curve,))), "G16")
    assert seen.severity == "look"
    assert seen.numbers["found"] == 100 / 160


def covering(curve, hits, rows, name="y0"):
    """Return a curve of a target whose intervals of 90% hold so many of some rows."""
    y = (np.arange(rows) < hits).astype(float)
    return replace(curve, target=name, levels=(measure(y, np.full(rows, 0.5), np.full(rows, 2.0), 0.9),))


def test_a_target_of_few_rows_does_not_hide_one_of_many(on_new_rows):
    (curve,) = on_new_rows.coverage
    few, many = covering(curve, 16, 20, "few"), covering(curve, 4250, 5000, "many")
    assert intervals_too_narrow(replace(on_new_rows, coverage=(few,))) is None
    seen = intervals_too_narrow(replace(on_new_rows, coverage=(few, many)))
    assert "'many'" in seen.sentence
    assert (seen.numbers["found"], seen.numbers["rows"]) == (0.85, 5000)


def test_limits_are_of_all_targets_together(on_new_rows):
    (curve,) = on_new_rows.coverage
    chance = covering(curve, 83, 100)
    assert binomtest(83, 100).proportion_ci(0.95).high < 0.9 < binomtest(83, 100).proportion_ci(0.995).high
    assert intervals_too_narrow(replace(on_new_rows, coverage=(chance,))) is not None
    others = tuple(covering(curve, 90, 100, f"y{place}") for place in range(1, 10))
    assert intervals_too_narrow(replace(on_new_rows, coverage=(chance, *others))) is None


def test_rows_that_are_predicted_alike_are_not_parted(model):
    X = pd.concat([made(1)[0][:1]] * 30 + [made(1)[0][1:2]] * 20, ignore_index=True)
    found = coverage_curve(model, X, np.arange(50.0)).parts
    assert sorted(coverage.rows for _, _, coverage in found) == [20, 30]
    assert all(low == high for low, high, _ in found)


def test_a_low_floor_or_none(evidence):
    low = replace(evidence, interval=replace(evidence.interval, floor=0.4))
    assert found(findings_of(low), "G17").numbers["floor"] == 0.4
    none = replace(evidence, interval=replace(evidence.interval, floor=None))
    assert "nothing is proved" in found(findings_of(none), "G17").sentence


def test_classes_have_the_checks_that_apply_to_them():
    X, random = inputs(6), np.random.default_rng(6)
    y = np.where(X["a"] + 0.3 * random.normal(size=ROWS) > 0, "yes", "no")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        model = NetworkClassifier(**TRAINED).fit(X, y)
    result = findings(model, X, y)
    for code in ("G13", "G14", "G18", "G16"):
        assert not_made(result, code), code
    assert nothing(result, "G1")


def test_several_targets_have_findings_too(of_messy):
    X, y = made(0)
    Y = pd.DataFrame({"one": y, "two": y + X["a"]})
    result = findings(fitted(X, Y, max_iter=20), X, Y)
    assert not_made(result, "G10") is None
    assert "standard deviations of each target" in found(result, "G2").sentence


COLUMNS = ((200, 3), (350, 5), (450, 8), (600, 10))  # rows and columns


def clean_table(number):
    """Return a table without faults: normal columns and at times a category, and a noisy target with some structure."""
    random, kind = np.random.default_rng(1_000 + number), number // 4 % 3
    rows, columns = COLUMNS[number % 4]
    frame = pd.DataFrame(random.normal(size=(rows, columns)), columns=[f"x{place}" for place in range(columns)])
    x = frame.to_numpy()
    signal = x @ random.normal(size=columns)
    if kind == 1:
        signal = np.sin(1.5 * x[:, 0]) + np.tanh(x[:, 1]) + 0.5 * x[:, 2]
    elif kind == 2:
        signal = x[:, 0] * x[:, 1] + x[:, 2]
    if number % 3 == 0:
        levels = random.integers(0, 4, rows)
        frame["kind"] = np.array(["a", "b", "c", "d"])[levels]
        signal = signal + 0.5 * np.std(signal) * np.array([-1.0, 0.0, 0.5, 1.0])[levels]
    return frame, 10 + signal + random.choice([0.3, 0.6, 1.0]) * np.std(signal) * random.normal(size=rows)


@pytest.mark.slow
def test_clean_tables_have_few_findings_that_need_attention():
    false = []
    for number in range(40):
        X, y = clean_table(number)
        model = NetworkRegressor((16,), preset="fast", n_members=8, max_iter=64, random_state=number).fit(X, y)
        result = findings(model, X, y)
        false += [f"table {number}: {one}" for one in result.findings if one.severity == "look"]
    assert len(false) <= 2, "\n".join(false)
