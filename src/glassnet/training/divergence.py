"""Divergence: said with the epoch, the layer and what to do, never a silent NaN."""

import numpy as np


class DivergenceError(ArithmeticError):
    """Training left the finite numbers.

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import DivergenceError, NetworkRegressor
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0, learning_rate_init=1e30)
    >>> try:
    ...     model.fit(X, y)
    ... except DivergenceError as error:
    ...     print(str(error).split(" in ")[0])
    training diverged
    """


def explain(parameters: list[dict[str, np.ndarray]], epoch: int, step_size: float, retries: int) -> str:
    """Return the message: the first layer that is not finite, or else the one with the largest parameter."""
    largest = [max((float(np.max(np.abs(a))) for a in layer.values()), default=0.0) for layer in parameters]
    broken = [number for number, value in enumerate(largest, start=1) if not np.isfinite(value)]
    layer = broken[0] if broken else int(np.argmax(largest)) + 1
    state = "is not finite" if broken else f"reaches {max(largest):.3g}"
    return (
        f"training diverged in epoch {epoch}: a parameter of layer {layer} {state}; "
        f"learning_rate_init={step_size:g} and {retries} retries with a tenth of it each were too large here, "
        f"try {step_size / 10 ** (retries + 1):g}"
    )
