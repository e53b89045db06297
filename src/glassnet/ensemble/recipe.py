"""A recipe: everything that a fit is made of, each part with a name and a value."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Literal

from glassnet.network.activation import Activation
from glassnet.network.layer import Layer
from glassnet.training.settable import Settable
from glassnet.training.solver import Solver

LEARNING_RATE = 0.001  # where neither user nor preset says one

OutputRange = tuple[float | None, float | None] | Literal["seen"]
Activations = str | Activation | Sequence[str | Activation]
RecipeValue = bool | float | str | Solver | Activations | OutputRange | Sequence[int] | Sequence[Layer]


@dataclass(frozen=True)
class Recipe(Settable):
    """What a preset settles; a field left at None is that of the preset named by `base`.

    Parameters
    ----------
    base : "balanced", "fast", "best" or "plain"
        The preset that settles what is not given here.
    embedding : "periodic", "piecewise", "both", "none" or None
        What a column of numbers becomes besides itself: cosines, piecewise-linear functions, or both. Of both, each
        member tries cosines alone too, for an eighth of the epochs, and leaves the piecewise-linear functions out
        unless its validation rows say that they help.
    adversarial : float or None
        Train half of every step on inputs moved by this much along the sign of dE/dx^0, in the units of `attack`;
        pixels of 8 bits stay between black and white.
    adversarial_steps : int or None
        Steps of these moves, from a random start; one unless given. Each takes about as long as a step of training
        without an adversary.
    label_smoothing : float or None
        Of classes: the fraction of every row's indicator that is given to all classes alike in training, which keeps
        networks from being too sure; four fifths of it are taken out of the probabilities again.
    scaler : "robust", "standard" or None
        Inputs are scaled by median and quartiles, or by mean and standard deviation.
    clip_inputs : bool or None
        Whether numbers far out are clipped smoothly.
    input_scaling : bool or None
        Whether every input has a learned scale.
    parametric_activation : bool or None
        Whether every neuron learns the shape of its activation.
    linear_path : bool or None
        Whether each member chooses, by its validation rows, between a network alone, one beside a straight line from
        the inputs to the output, and the line alone; with a loss for the mean or median of a target of any size.
    initializers : "lecun", "glorot", "scikit-learn" or None
        How weights and biases are drawn.
    learning_rate_multipliers : bool or None
        Whether every parameter has the learning-rate multiplier of its layer.
    fade : float or None
        The fraction of training after which weight decay and dropout fall to 0.
    validation_slack : float or None
        Of the epochs whose loss on the validation rows is above the least one so far by less than this fraction of it
        the last is kept, and not that of the least: what single networks of an ensemble learn too closely averages out.
    final_epochs : float or None
        After its best epoch a member trains this fraction of the epochs up to it again, with its validation rows among
        its training rows: the last epochs of the schedule, with the first of several strengths of weight decay. A fit
        that goes on from a loaded model has learned from these rows before.
    binary_flags : bool or None
        Whether numbers of two values are inputs of 0 and 1.
    most_one_hot : int or None
        Categories of more levels than this are embedded.
    drop_identifiers : bool or None
        Whether columns that only number the rows, by their name and their cells, are left out.
    convolutions : bool or None
        Whether images go through convolutions.
    shift : int or None
        By how many pixels images are moved in training.
    hidden_layer_sizes : int, sequence of int or None
        Neurons in each hidden layer. This and all that follows are parameters of the estimators too, which come first
        where both are given.
    activation : str, Activation, sequence of these or None
        Of the hidden layers, one for all or one for each.
    layers : sequence of Layer or None
        The hidden layers themselves, in place of sizes and activations.
    solver : str, Solver or None
        How parameters move.
    alpha : float or None
        Strength of the L2 penalty.
    dropout : float or None
        Probability that a hidden neuron is left out of a step.
    batch_size : int or None
        Rows in a step.
    learning_rate_init : float or None
        The step size.
    max_iter : int or None
        The most epochs.
    early_stopping : bool or None
        Whether some rows are held out to stop by.
    n_iter_no_change : int or None
        The most epochs in a row without improvement; one more, and training stops.
    n_members : int or None
        The number of networks in the ensemble.
    output_range : (low, high), "seen" or None
        What predictions stay within, in the units of the target; None in a pair is an open end.

    Examples
    --------
    >>> from glassnet import NetworkRegressor, Recipe
    >>> recipe = Recipe("fast", embedding="piecewise", hidden_layer_sizes=(32,))
    >>> recipe
    Recipe('fast', embedding='piecewise', hidden_layer_sizes=(32,))
    >>> model = NetworkRegressor(preset=recipe)
    >>> recipe.base, recipe.given
    ('fast', {'embedding': 'piecewise', 'hidden_layer_sizes': (32,)})
    >>> recipe.over(Recipe(max_iter=50)).given
    {'embedding': 'piecewise', 'hidden_layer_sizes': (32,), 'max_iter': 50}
    """

    base: str = "balanced"
    embedding: str | None = None
    adversarial: float | None = None
    adversarial_steps: int | None = None
    label_smoothing: float | None = None
    scaler: Literal["robust", "standard"] | None = None
    clip_inputs: bool | None = None
    input_scaling: bool | None = None
    parametric_activation: bool | None = None
    linear_path: bool | None = None
    initializers: Literal["lecun", "glorot", "scikit-learn"] | None = None
    learning_rate_multipliers: bool | None = None
    fade: float | None = None
    validation_slack: float | None = None
    final_epochs: float | None = None
    binary_flags: bool | None = None
    most_one_hot: int | None = None
    drop_identifiers: bool | None = None
    convolutions: bool | None = None
    shift: int | None = None
    hidden_layer_sizes: int | Sequence[int] | None = None
    activation: Activations | None = None
    layers: Sequence[Layer] | None = None
    solver: str | Solver | None = None
    alpha: float | None = None
    dropout: float | None = None
    batch_size: int | None = None
    learning_rate_init: float | None = None
    max_iter: int | None = None
    early_stopping: bool | None = None
    n_iter_no_change: int | None = None
    n_members: int | None = None
    output_range: OutputRange | None = None

    def __repr__(self) -> str:
        """Return the call that makes this recipe, without the fields that are None."""
        return f"Recipe({', '.join([repr(self.base), *(f'{name}={value!r}' for name, value in self.given.items())])})"

    @property
    def given(self) -> dict[str, RecipeValue]:
        """The fields that are not None, but for `base`."""
        values = {field.name: getattr(self, field.name) for field in fields(self) if field.name != "base"}
        return {name: value for name, value in values.items() if value is not None}

    def over(self, other: "Recipe") -> "Recipe":
        """Return the other recipe with what is given here in the place of its own."""
        return replace(other, **self.given)  # pyright: ignore[reportArgumentType]
