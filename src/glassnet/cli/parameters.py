"""The settings of an estimator, on the command line: an option for every parameter that can be typed."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

import click

from glassnet.cli.arguments import as_levels, as_sizes

if TYPE_CHECKING:
    from glassnet.estimators.classifier import NetworkClassifier
    from glassnet.estimators.regressor import NetworkRegressor

# Written out, because asking the modules that define them would import JAX; a test compares.
ACTIVATIONS = [
    "identity", "relu", "leaky_relu", "logistic", "tanh", "hard_tanh", "softplus", "elu", "selu", "gelu", "silu",
    "mish",
]  # fmt: skip
LOSSES = ["half_squared_error", "squared_error", "absolute_error", "huber", "quantile", "gaussian", "poisson", "gamma",
          "tweedie"]  # fmt: skip
PRESETS = ["fast", "balanced", "best", "plain"]
SOLVERS = ["adam", "adamw", "sgd", "gd", "lbfgs", "lm", "auto"]
DEVICES = ["auto", "cpu", "gpu"]
PRECISIONS = ["float32", "tf32", "bfloat16"]
KEY = "glassnet.parameters"
OF_NUMBERS = {
    "loss": "--loss", "max_memory": "--max-memory", "quantiles": "--quantiles", "output_range": "--output-range",
}  # fmt: skip
OF_CLASSES = {"class_weight": "--class-weight"}

Command = TypeVar("Command", bound=Callable[..., Any])


def _keep(context: click.Context, parameter: click.Parameter, value: object) -> None:
    if value is not None:
        context.meta.setdefault(KEY, {})[parameter.name] = value


def _option(*names: str, **attributes: Any) -> Callable[[Command], Command]:
    return click.option(*names, expose_value=False, callback=_keep, **attributes)


def _sizes(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
    _keep(context, parameter, None if value is None else as_sizes(value))


def _pair(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
    """Keep the two ends in a text such as 0,100; an end that is left out is open."""
    if value is None:
        return
    ends = [end.strip() for end in value.split(",")]
    try:
        low, high = (float(end) if end else None for end in ends)
    except ValueError:
        raise click.UsageError(
            f"--output-range {value!r} must be two ends with a comma between, as in 0,100 or 0,"
        ) from None
    _keep(context, parameter, (low, high))


class Names(click.Choice[str]):
    """Our names, and those that other libraries have for the same: `mse` for `squared_error`.

    Parameters
    ----------
    choices : list of str
        Our names.
    option : "--activation" or "--loss"
        What they are names of.
    """

    def __init__(self, choices: list[str], option: str) -> None:
        super().__init__(choices)
        self.option = option

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from glassnet.network import names

        synonyms = names.LOSSES if self.option == "--loss" else names.ACTIVATIONS
        try:
            return names.named(self.option, value, {name: name for name in self.choices}, synonyms)
        except ValueError as error:
            self.fail(str(error), param, ctx)


positive = click.FloatRange(0, min_open=True)
fraction = click.FloatRange(0, 1, min_open=True, max_open=True)
PARAMETERS = (
    click.option("--hidden", "hidden_layer_sizes", expose_value=False, callback=_sizes, metavar="SIZES",
                 help="Neurons of the hidden layers, as in 64,64 (default: the preset's)."),
    _option("--activation", type=Names(ACTIVATIONS, "--activation"), metavar="NAME",
            help=f"Activation of the hidden layers: {', '.join(ACTIVATIONS)} (default: the preset's)."),
    _option("--loss", type=Names(LOSSES, "--loss"), help=f"What is made small (default: {LOSSES[0]})."),
    _option("--quantiles", help="Quantiles to predict instead of a mean, as in 0.05,0.5,0.95."),
    _option("--solver", type=click.Choice(SOLVERS), help="How it learns (default: adam)."),
    _option("--bayesian", is_flag=True, default=None,
            help="With --solver lm: let the rows say how strong the L2 penalty is (Bayesian regularisation)."),
    _option("--members", "n_members", type=click.IntRange(1), help="Networks trained at once (default: the preset's)."),
    _option("--preset", type=click.Choice(PRESETS),
            help="Defaults, by patience (default: balanced); plain is scikit-learn's single network."),
    _option("--adversarial", type=positive, metavar="EPSILON",
            help="Train against an adversary that moves inputs by EPSILON (see glassnet attack)."),
    _option("--adversarial-steps", type=click.IntRange(1),
            help="Steps of that adversary (default: 1); several take longer, and harden against --method pgd."),
    _option("--alpha", type=click.FloatRange(0), help="Strength of the L2 penalty (default: the preset's)."),
    _option("--dropout", type=click.FloatRange(0, 1, max_open=True), help="Probability that a hidden neuron is left "
                                                                          "out."),
    _option("--batch-size", type=click.IntRange(1), help="Rows in a step (default: by the number of rows)."),
    _option("--learning-rate-init", type=positive, help="Step size (default: the preset's)."),
    _option("--max-iter", type=click.IntRange(1), help="Epochs at most (default: the preset's)."),
    _option("--max-time", type=positive, help="Seconds at most."),
    _option("--early-stopping/--no-early-stopping", default=None, help="Whether rows are held out to stop by."),
    _option("--validation-fraction", type=fraction, help="Fraction of rows to stop by (default: 0.1)."),
    _option("--n-iter-no-change", type=click.IntRange(1), help="Epochs without improvement at most."),
    _option("--tol", type=click.FloatRange(0), help="Improvement that counts (default: 0.0001)."),
    _option("--cv", type=click.IntRange(2), help="Folds (default: one a member)."),
    click.option("--output-range", expose_value=False, callback=_pair, metavar="LOW,HIGH",
                 help="What predictions stay within, as in 0,100 or 0, (default: training's, lines aside)."),
    _option("--max-memory", metavar="SIZE",
            help="Of a table in files: what its rows may take, as in 2GiB; a larger one is trained on in windows "
                 "(default: half of what is free)."),
    _option("--device", type=click.Choice(DEVICES),
            help="Where it trains (default: auto, a graphics card where one works)."),
    _option("--precision", type=click.Choice(PRECISIONS),
            help="Of matrix products while training on a graphics card (default: float32)."),
    _option("--class-weight", type=click.Choice(["balanced"]), help="Give every class the same weight."),
)  # fmt: skip


def has_parameters(function: Command) -> Command:
    """Give a command the options of an estimator."""
    for option in reversed(PARAMETERS):
        function = option(function)
    return function


def typed_parameters() -> dict[str, Any]:
    """Return the parameters that were typed."""
    return dict(click.get_current_context().meta.get(KEY, {}))


def estimator_as_typed(classify: bool, seed: int) -> "NetworkRegressor | NetworkClassifier":
    """Return an estimator with the parameters that were typed; it is wrong use to type one that it does not have."""
    from glassnet.ensemble.recipe import Recipe
    from glassnet.estimators.classifier import NetworkClassifier
    from glassnet.estimators.regressor import NetworkRegressor
    from glassnet.network.loss import Quantile
    from glassnet.training.levenberg_marquardt import LevenbergMarquardt

    typed = typed_parameters()
    other, what = (OF_NUMBERS, "numbers, not for classes") if classify else (OF_CLASSES, "classes, not for numbers")
    wrong = [option for name, option in other.items() if name in typed]
    if wrong:
        raise click.UsageError(f"{wrong[0]} is for {what}")
    quantiles, adversarial = typed.pop("quantiles", None), typed.pop("adversarial", None)
    if quantiles is not None:
        typed["loss"] = Quantile(as_levels(quantiles))
    if typed.pop("bayesian", None):
        if typed.get("solver") != "lm":
            raise click.UsageError("--bayesian is for --solver lm; give both")
        typed["solver"] = LevenbergMarquardt(bayesian=True)
    steps = typed.pop("adversarial_steps", None)
    if steps is not None and adversarial is None:
        raise click.UsageError("--adversarial-steps are those of --adversarial EPSILON; give both")
    if adversarial is not None:
        base = typed.get("preset", PRESETS[1])
        typed["preset"] = Recipe(base, adversarial=adversarial, adversarial_steps=steps)
    model = NetworkClassifier() if classify else NetworkRegressor()
    return model.set_params(**typed, random_state=seed)


def with_identifiers(model: "NetworkRegressor | NetworkClassifier") -> None:
    """Let an estimator use columns that number the rows: they were asked for by name."""
    from glassnet.ensemble.recipe import Recipe

    preset = model.preset if isinstance(model.preset, Recipe) else Recipe(model.preset)
    model.set_params(preset=replace(preset, drop_identifiers=False))
