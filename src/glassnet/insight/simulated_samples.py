"""Bias, variance and noise by simulation: fits to fresh samples of a true function."""

import numpy as np

from glassnet.insight.bias_variance_record import BiasVariance
from glassnet.insight.decomposition import Estimate, Part, simulated_parts, simulated_variance
from glassnet.insight.many_fits import many_fits
from glassnet.insight.true_function import TrueTargets
from glassnet.insight.varied_fits import Variants, predicted, predicted_by_members


def simulate(
    variants: Variants, train: TrueTargets, test: TrueTargets, noise: float, draws: int, seed: int | None, shown: bool
) -> BiasVariance:
    """Return bias, variance and noise from fits to y = f(X) + N(0, noise^2), the same samples for every value."""
    random = np.random.default_rng(seed)
    samples = fresh_samples(train.values, noise, draws, random)
    seeds = random.integers(2**31, size=draws).tolist()
    fits: list[tuple[np.ndarray, np.ndarray | None]] = []
    with many_fits(len(variants.given) * draws, shown=shown) as tick:
        for place in range(len(variants.given)):
            of_draws: list[tuple[np.ndarray, np.ndarray | None]] = []
            for y, draw_seed in zip(samples, seeds, strict=True):
                model = variants.fitted(place, train.inputs, y, draw_seed)
                prediction = predicted(model, test.inputs, len(test.values))
                of_draws.append((prediction, predicted_by_members(model, test.inputs, prediction)))
                tick()
            fits.append(_stacked(of_draws))
    return _record(variants, train, test, noise, fits)


def fresh_samples(values: np.ndarray, noise: float, draws: int, random: np.random.Generator) -> np.ndarray:
    """Return the targets (draws, points) of samples of a true function: its values, with noise of that deviation."""
    return values + noise * random.standard_normal((draws, len(values)))


def _stacked(of_draws: list[tuple[np.ndarray, np.ndarray | None]]) -> tuple[np.ndarray, np.ndarray | None]:
    """Return predictions (draws, points), and those of members (draws, members, points) where there are some."""
    members = [each for _, each in of_draws if each is not None]
    return np.stack([each for each, _ in of_draws]), np.stack(members) if members else None


def _record(
    variants: Variants, train: TrueTargets, test: TrueTargets, noise: float,
    fits: list[tuple[np.ndarray, np.ndarray | None]],
) -> BiasVariance:  # fmt: skip
    parts = [simulated_parts(predictions, test.values) for predictions, _ in fits]
    distance, bias, variance = (Estimate.of([each[place] for each in parts]) for place in range(3))
    curves = np.stack([predictions for predictions, _ in fits])
    drawn = test.column is not None
    own = ", each with a start of its own (random_state is None)" if variants.seeded else ""
    return BiasVariance(
        source="simulated",
        assumption=(
            f"Fits to y = f(X) + N(0, {noise:g}^2) at fixed X{own}; f and the noise are known, so that all parts are "
            "known apart. Standard errors are over the samples."
        ),
        parameter=variants.parameter,
        values=variants.values,
        error=distance.plus(noise**2),
        variance=variance,
        bias_squared=bias,
        noise=Estimate.of([(noise**2, 0.0)] * len(fits)),
        bias_squared_and_noise=None,
        member_variance=_of_members([members for _, members in fits]),
        draws=curves.shape[1],
        rows=len(train.values),
        test_rows=len(test.values),
        points=test.column,
        curves=curves if drawn else None,
        mean_curve=curves.mean(axis=1) if drawn else None,
        true_function=test.values if drawn else None,
    )


def _of_members(fits: list[np.ndarray | None]) -> Estimate | None:
    """Return the variance of single members, the mean over them; None where no fit has several."""
    known = [members for members in fits if members is not None]
    if len(known) < len(fits) or all(members.shape[1] == 1 for members in known):
        return None
    return Estimate.of([_mean_variance(members) for members in known])


def _mean_variance(members: np.ndarray) -> Part:
    """Return the mean over members (draws, members, points) of their variance: they are points of one long curve."""
    return simulated_variance(members.reshape(len(members), -1))
