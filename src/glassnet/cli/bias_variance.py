"""`glassnet bias-variance`: the squared error in parts, of polynomials or of networks on a table."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from glassnet.cli.app import DATA, FIGURE, as_json, command, seeded
from glassnet.cli.arguments import Roles, as_sizes, chooses_columns, read_training, refuse_text
from glassnet.cli.missing_targets import drops_missing
from glassnet.cli.parameters import estimator_as_typed, has_parameters, typed_parameters
from glassnet.cli.reading import KEY as READING
from glassnet.cli.reading import reads_tables
from glassnet.cli.terminal import show, show_json
from glassnet.storage.json_value import JSON, finite

if TYPE_CHECKING:
    from collections.abc import Hashable

    from glassnet.estimators.regressor import NetworkRegressor
    from glassnet.insight.bias_variance_record import BiasVariance

Number = TypeVar("Number", int, float)
ROWS, NOISE, DEGREES = 100, 0.1, range(10)  # of the lecture
MOST_ROWS = 10**6
WIDTH = 32  # of every layer where the depth is varied
PARAMETERS = {
    "width": "hidden_layer_sizes",
    "depth": "hidden_layer_sizes",
    "alpha": "alpha",
    "members": "n_members",
}
VALUES = {"width": "4,16,64", "depth": "1,2,3", "alpha": "0.01,1,100", "members": "1,2,4,8"}


@command
@click.argument("table", type=DATA, required=False)
@click.argument("target", required=False)
@click.option("--rows", type=click.IntRange(2, MOST_ROWS), help=f"Rows of a sample, without TABLE (default: {ROWS}).")
@click.option("--noise", type=click.FloatRange(0), help=f"Standard deviation of the noise, without TABLE (default: "
                                                        f"{NOISE:g}).")  # fmt: skip
@click.option("--degrees", metavar="LIST", help="Degrees below the number of rows, as in 0,1,5 or 0-9, without TABLE "
                                                f"(default: {DEGREES[0]}-{DEGREES[-1]}).")  # fmt: skip
@click.option("--vary", type=click.Choice(list(PARAMETERS)), help="What of the networks is varied (default: width).")
@click.option("--values", metavar="LIST", help="Its values, as in 4,16,64 (default: "
              + "; ".join(f"{name} {values}" for name, values in VALUES.items()) + ").")  # fmt: skip
@click.option("--draws", default=20, show_default=True, type=click.IntRange(3), help="Samples for each value; of TABLE "
                                                                                     "an even number.")  # fmt: skip
@click.option("--figure", type=FIGURE, help="Figure of the parts, and of single fits where there is one input.")
@drops_missing
@chooses_columns
@has_parameters
@reads_tables
@seeded
@as_json
def bias_variance(
    table: Path | None, target: str | None, rows: int | None, noise: float | None, degrees: str | None,
    vary: str | None, values: str | None, draws: int, figure: Path | None, drop_missing_target: bool,
    only: tuple[str, ...], exclude: tuple[str, ...], categorical: tuple[str, ...], seed: int, in_json: bool,
) -> None:  # fmt: skip
    """Show whether a model is too simple or too free: its expected squared error as bias^2 + variance + noise.

    Without arguments the lecture's example: polynomials of y = x^2 + noise on 100 points from 0 to 1, by simulation and
    exactly. With TABLE and TARGET networks on real rows, of which one thing is varied; real rows cannot tell bias^2 and
    noise apart, so that they are one number. A fit is one network of preset fast unless options say otherwise.
    """
    of_lecture = {"--rows": rows, "--noise": noise, "--degrees": degrees}
    of_table = {"--vary": vary, "--values": values, "--drop-missing-target": drop_missing_target or None}
    of_table |= {"--columns": only or None, "--exclude": exclude or None, "--categorical": categorical or None}
    if table is None or target is None:
        if table is not None:
            raise click.UsageError(f"type the column to predict after {str(table)!r}, as in {table.name} price")
        _refuse(of_table, "is for networks on a TABLE with its TARGET; give both, or leave it out")
        if typed_parameters() or READING in click.get_current_context().meta:
            raise click.UsageError("options of networks and of reading are for a TABLE; give it with its TARGET")
        found = _of_lecture(rows or ROWS, NOISE if noise is None else noise, degrees, draws, seed)
    else:
        _refuse(of_lecture, "is for the lecture's example, without TABLE; leave it out")
        roles = Roles((target,), None, None, None, only, exclude, categorical, drop_missing_target)
        found = {"resampled": _of_table(table, roles, vary or "width", values, draws, seed)}
    _print(found, figure, in_json)


def _print(found: "dict[str, BiasVariance]", figure: Path | None, in_json: bool) -> None:
    first = next(iter(found.values()))
    if figure is not None:
        from glassnet.insight.figures.bias_variance import BiasVarianceDisplay

        BiasVarianceDisplay(first).save(figure)
        click.echo(f"wrote: {figure}", err=True)
    if in_json:
        records: dict[str, JSON] = {name: finite(record.to_dict()) for name, record in found.items()}
        show_json(records)
    else:
        show(*(record.table() for record in found.values()), first.describe(), first.assumption)


def _refuse(options: Mapping[str, object], why: str) -> None:
    """Raise for the first option that was typed where it has no effect."""
    for option, value in options.items():
        if value is not None:
            raise click.UsageError(f"{option} {why}")


def _of_lecture(rows: int, noise: float, degrees: str | None, draws: int, seed: int) -> "dict[str, BiasVariance]":
    import numpy as np

    from glassnet.estimators.polynomial import Polynomial
    from glassnet.insight.bias_variance import bias_variance as simulated
    from glassnet.insight.exact_bias_variance import exact_bias_variance

    X = np.linspace(0, 1, rows)
    powers = list(DEGREES[:rows]) if degrees is None else _as_degrees(degrees, rows)
    found = simulated(
        Polynomial(), X, truth=np.square, noise=noise, draws=draws, vary=("degree", powers), random_state=seed,
        verbose=True,
    )  # fmt: skip
    return {"simulated": found, "exact": exact_bias_variance(X, truth=np.square, noise=noise, degrees=powers)}


def _of_table(table: Path, roles: Roles, vary: str, values: str | None, draws: int, seed: int) -> "BiasVariance":
    from glassnet.insight.bias_variance import bias_variance as resampled

    tried, model = _as_values(vary, values or VALUES[vary]), _network(vary, seed)
    training = read_training(table, roles, None)
    refuse_text(training, "bias and variance are of numbers, so name a TARGET of numbers")
    return resampled(
        model, training.X, training.y, draws=draws, vary=(PARAMETERS[vary], tried), random_state=seed, verbose=True
    )


def _network(vary: str, seed: int) -> "NetworkRegressor":
    """Return the network of which one thing is varied: quick, and with a start of its own in every draw."""
    from glassnet.estimators.regressor import NetworkRegressor

    typed = typed_parameters()
    if PARAMETERS[vary] in typed:
        option = "--hidden" if vary in ("width", "depth") else f"--{vary}"
        raise click.UsageError(f"{option} is what --vary {vary} varies; leave it out, and give --values")
    model = estimator_as_typed(False, seed)
    if not isinstance(model, NetworkRegressor):
        raise TypeError("bias and variance are of numbers, not of classes")
    if "preset" not in typed and "adversarial" not in typed:
        model.set_params(preset="fast")
    if "n_members" not in typed:
        model.set_params(n_members=1)
    if vary == "members" and "cv" not in typed:
        model.set_params(cv=None)  # else more members would learn from more rows
    return model.set_params(random_state=None)


def _as_degrees(text: str, rows: int) -> list[int]:
    """Return integers in a text such as 0,1,5 or 0-9, each once and below the number of rows."""
    degrees: list[int] = []
    for part in text.split(","):
        first, _, last = (piece.strip() for piece in part.partition("-"))
        if not first.isdecimal() or (last and not last.isdecimal()) or ("-" in part and not last):
            raise click.UsageError(f"--degrees {text!r} must be integers from 0 on, as in 0,1,5 or 0-9")
        low, high = int(first), int(last or first)
        if high >= rows:
            raise click.UsageError(
                f"--degrees {text!r}: {rows} rows determine degrees up to {rows - 1}; type more --rows"
            )
        if high < low:
            raise click.UsageError(f"--degrees {text!r} goes from a larger to a smaller degree; turn it round")
        degrees += range(low, high + 1)
    return _each_once(degrees, "--degrees", text)


def _as_values(vary: str, text: str) -> "list[Hashable]":
    """Return the values to try, as the parameter has them."""
    if vary == "alpha":
        return list(_each_once(_as_strengths(text), "--values", text))
    sizes = _each_once(as_sizes(text, "--values", VALUES[vary]), "--values", text)
    if not sizes:
        raise click.UsageError(f"--values {text!r} has no value; give some, as in {VALUES[vary]}")
    if vary == "members":
        return list(sizes)
    return [(size,) if vary == "width" else (WIDTH,) * size for size in sizes]


def _as_strengths(text: str) -> list[float]:
    try:
        strengths = [float(part) for part in text.split(",")]
    except ValueError:
        strengths = [-1.0]
    if not all(0 <= strength < float("inf") for strength in strengths):
        raise click.UsageError(f"--values {text!r} must be numbers of at least 0, as in {VALUES['alpha']}")
    return strengths


def _each_once(values: Sequence[Number], option: str, text: str) -> list[Number]:
    """Return the values; it is wrong use to type one twice."""
    again = next((value for place, value in enumerate(values) if value in values[:place]), None)
    if again is not None:
        raise click.UsageError(f"{option} {text!r} has {again:g} more than once; type every value once")
    return list(values)
