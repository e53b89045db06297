"""How the recipe for tables changes with the number of rows."""

import pytest

from glassnet import Adam
from glassnet.ensemble.recipe import Recipe
from glassnet.estimators.presets import for_classes_of_tables, for_tables, resolve


@pytest.mark.parametrize(
    ("rows", "epochs"),
    [(50_000, 64), (65_536, 64), (100_000, 42), (131_072, 32), (400_000, 10), (2_000_000, 4), (20_000_000, 4)],
)
def test_the_steps_of_large_tables_stay_as_rows_grow(rows, epochs):
    recipe = resolve(Recipe(), Recipe(), rows, for_tables)
    assert recipe.max_iter == epochs
    assert resolve(Recipe(), Recipe(), rows, for_classes_of_tables).max_iter == epochs
    if 4 < epochs < 64:
        assert epochs * rows == pytest.approx(64 * 65_536, rel=0.05)


def test_epochs_that_are_given_stay_for_any_number_of_rows():
    assert resolve(Recipe(), Recipe(max_iter=64), 400_000, for_tables).max_iter == 64


def test_half_of_the_epochs_are_those_of_the_fast_preset():
    assert resolve(Recipe("fast"), Recipe(), 131_072, for_tables).max_iter == 16


@pytest.mark.parametrize(
    ("recipe", "text"),
    [
        (Recipe(), "Recipe('balanced')"),
        (Recipe("fast", alpha=0.0, hidden_layer_sizes=(8,)), "Recipe('fast', hidden_layer_sizes=(8,), alpha=0.0)"),
        (Recipe("plain", solver=Adam(0.01), early_stopping=False), None),
    ],
)
def test_a_recipe_is_written_as_the_call_that_makes_it(recipe, text):
    assert text in (None, repr(recipe))
    assert "None" not in repr(recipe).replace(repr(recipe.solver), "")
    assert eval(repr(recipe), {"Recipe": Recipe, "Adam": Adam}) == recipe
