"""Text of more values than can be embedded: its frequent values and words are inputs, others count as unknown."""

from collections import Counter

import numpy as np
import polars as pl
import pytest

from glassnet import NetworkRegressor, Recipe, extrapolation, load, save
from glassnet.data.columns import from_frame
from glassnet.data.table_schema import read_schema
from glassnet.data.tokens import frequent_levels, frequent_tokens, rare_levels, token_flags, tokens_of

BRANDS, BODIES = ("Oak", "Elm", "Ash", "Fir"), ("Estate", "Coupé", "Van")


def names(rows: int, seed: int = 0) -> tuple[list[str], np.ndarray]:
    """Return names such as "Elm Van 417", of which hardly one comes again, and what brand and body are worth."""
    random = np.random.default_rng(seed)
    brand, body, number = (random.integers(0, most, rows) for most in (4, 3, 10_000))
    texts = [f"{BRANDS[b]} {BODIES[o]} {n}" for b, o, n in zip(brand, body, number, strict=True)]
    return texts, 3.0 * brand - 5.0 * body


def test_tokens_are_of_letters_and_digits_in_any_case():
    flags = token_flags(("i20", "élan", "1"), ["Hyundai i20 1.2", "ÉLAN", "x1", None])
    assert flags.tolist() == [[1, 0, 1], [0, 1, 0], [0, 0, 0], [0, 0, 0]]


def test_frequent_tokens_are_counted_by_rows():
    cells = [*[f"red red {n}" for n in range(30)], *[f"blue {n}" for n in range(20)], *["green"] * 15, "rare", "rare 2"]
    assert frequent_tokens(Counter(cells)) == ("red", "blue")  # green is a value of its own, rare is of two rows
    assert frequent_tokens(Counter([*cells, "green tea"])) == ("red", "blue", "green")


def test_a_token_of_all_rows_tells_nothing():
    assert frequent_tokens(Counter([f"flat {n} {'north' if n % 2 else 'south'}" for n in range(40)])) == (
        "north",
        "south",
    )


def test_equal_counts_stand_in_the_order_of_the_alphabet():
    """What is chosen must not depend on the order of sets, which differs between processes."""
    cells = [f"{word} {n}" for n in range(12) for word in ("pear", "fig", "lime")]
    assert frequent_tokens(Counter(cells)) == ("fig", "lime", "pear")
    assert frequent_levels(Counter(["b", "a", "b", "a"]), 1) == ("a",)


def test_rare_values_are_kept_where_all_frequent_ones_are_half_of_the_cells():
    cells = ["b", "b", "a", "a", "a", "c", "d"]
    assert frequent_levels(Counter(cells), 2) == ("a", "b")
    assert frequent_levels(Counter([*cells, "e", "f", "g", "h"]), 2) == ()


def test_a_value_of_many_rows_among_rare_ones_is_kept():
    cells = ["unknown"] * 45 + [f"n{number}" for number in range(55)] + ["twice"] * 2
    assert frequent_levels(Counter(cells), 256) == ("unknown",)


def test_words_of_every_script_are_words_however_they_are_composed():
    assert tokens_of("हिन्दी भाषा") == {"हिन्दी", "भाषा"}
    assert tokens_of("Citroe\u0308n, S\u030ckoda (2.0)") == {"citroën", "škoda", "2", "0"}


def test_a_token_of_less_than_a_hundredth_of_the_rows_is_too_rare():
    cells = [f"red {n}" for n in range(1_980)] + [f"blue {n}" for n in range(20)]
    assert frequent_tokens(Counter(cells)) == ("red", "blue")
    assert frequent_tokens(Counter([*cells, "red x"])) == ()


def test_the_schema_says_what_became_of_the_text():
    texts, _ = names(400)
    frame = pl.DataFrame({"name": [*texts, *["unknown"] * 500, None], "x": range(901)})
    column = read_schema(from_frame(frame)).columns[0]
    assert set(column.tokens) == {"oak", "elm", "ash", "fir", "estate", "coupé", "van"}
    assert column.more_levels
    assert "unknown" in column.levels
    assert str(column).startswith("text by 7 words, an input each, and its ")
    assert column.flags[-8:-1] == tuple(f"name has {token!r}" for token in column.tokens)
    assert column.flags[-1] == "name is missing"


@pytest.mark.parametrize("declared", [False, True])
def test_tokens_are_learned_and_hold_for_new_text(declared, tmp_path):
    texts, y = names(600)
    new, truth = names(200, seed=1)
    x = np.random.default_rng(2).normal(size=800)
    frame = pl.DataFrame({"name": texts + new, "x": x})
    if declared:
        frame = frame.with_columns(pl.col("name").cast(pl.Categorical))
    train, test = frame.head(600), frame.tail(200)
    model = NetworkRegressor(random_state=0, max_iter=60, n_members=2).fit(train, y + 0.1 * x[:600])
    predicted = model.predict(test)  # whose names are all new: no warning
    assert np.abs(predicted - truth - 0.1 * x[600:]).max() < 1.0
    save(model, tmp_path / "model.glass")
    assert np.array_equal(load(tmp_path / "model.glass").predict(test), predicted)


def test_text_without_a_known_word_is_said():
    texts, y = names(600)
    model = NetworkRegressor(random_state=0, max_iter=2, n_members=2).fit(pl.DataFrame({"name": texts, "x": y % 7}), y)
    with pytest.warns(UserWarning, match="3 of 3 cells of column 'name' have no value and no word that was frequent"):
        model.predict(pl.DataFrame({"name": ["zzz"] * 3, "x": [1.0] * 3}))


def test_levels_in_too_few_rows_count_as_unknown():
    """Of 1,000 rows a level needs 10 of them, of fewer than 100 rows a single one."""
    cells = ["often"] * 981 + ["ten"] * 10 + ["nine"] * 9
    assert rare_levels(Counter(cells)) == ("nine",)
    assert rare_levels(Counter([*cells[:90], "once"])) == ()
    assert rare_levels(Counter([f"{n // 2}" for n in range(400)])) == ()  # all of them are
    (column,) = read_schema(from_frame(pl.DataFrame({"c": cells}))).columns
    assert (column.levels, column.rare_levels) == (("often", "ten"), ("nine",))
    assert str(column) == "category of 2 levels, an input each; 1 more, too rare, as unknown"


@pytest.mark.parametrize("others", [8, 30])  # as inputs, and embedded
def test_a_level_seen_twice_moves_little(others, tmp_path):
    """Of two levels with the same mean, one in 1,000 rows and one in two, after a short fit of cosines alone.

    Longer ones learn the two rows by heart (docs/reference/recipe.md).
    """
    random = np.random.default_rng(0)
    level = np.concatenate([np.zeros(1000, int), np.ones(2, int), random.integers(2, 2 + others, 800)])
    x = random.normal(size=len(level))
    y = 2.0 * (level < 2) + 0.5 * x + 0.5 * random.normal(size=len(level))
    y[1000:1002] = 2 + 0.5 * x[1000:1002]
    frame = pl.DataFrame({"level": [f"level {number}" for number in level], "x": x})
    model = NetworkRegressor(preset=Recipe(embedding="periodic"), n_members=2, max_iter=20, random_state=0).fit(
        frame, y
    )
    model = load(save(model, tmp_path / "m.glass"))

    at = np.linspace(-1, 1, 9)
    usual = np.mean(model.predict(frame))
    often, twice = (np.mean(model.predict(pl.DataFrame({"level": [name] * 9, "x": at}))) - usual
                    for name in ("level 0", "level 1"))  # fmt: skip
    assert often > 0.7
    assert abs(twice) <= often / 4
    seen = extrapolation(model, pl.DataFrame({"level": ["level 0", "level 1", "new"], "x": [0.0] * 3}))
    assert seen.outside[:, 0].tolist() == [False, False, True]  # rare is not new
