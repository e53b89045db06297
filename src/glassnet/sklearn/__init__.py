"""scikit-learn's multi-layer perceptrons on this package's network, losses and backward rules.

For those who want scikit-learn's parameters, meanings and results and change one import line: `from glassnet.sklearn
import MLPRegressor`. Inputs and targets are taken as they are, unscaled. `NetworkRegressor` is what this package
recommends for tables.
"""

from glassnet.sklearn.classifier import MLPClassifier
from glassnet.sklearn.regressor import MLPRegressor

__all__ = ["MLPClassifier", "MLPRegressor"]
