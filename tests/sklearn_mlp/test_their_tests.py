"""scikit-learn's own tests of its perceptrons, run on ours: its file is loaded with our classes in the place of its."""

import importlib.util
from pathlib import Path

import pytest
import sklearn.neural_network

from glassnet.sklearn import MLPClassifier, MLPRegressor

FILE = Path(sklearn.neural_network.__file__).parent / "tests" / "test_mlp.py"
# These look into the class, at names that scikit-learn promises to nobody.
PRIVATE = {"test_gradient": "differentiates _loss_grad_lbfgs; tests/oracle has our derivatives"}

pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("default"),  # its own tests do not turn warnings into errors
    pytest.mark.skipif(not FILE.is_file(), reason="this scikit-learn was installed without its tests"),
]


@pytest.fixture
def global_random_seed():
    """Stand in for the fixture of scikit-learn's own conftest."""
    return 42


def their_tests():
    """Return the test functions of scikit-learn's file, which sees our classes wherever it names its own."""
    spec = importlib.util.spec_from_file_location("their_test_mlp", FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sklearn.neural_network, "MLPClassifier", MLPClassifier)
        patch.setattr(sklearn.neural_network, "MLPRegressor", MLPRegressor)
        spec.loader.exec_module(module)
    assert module.MLPClassifier is MLPClassifier
    return {name: test for name, test in vars(module).items() if name.startswith("test_")}


if FILE.is_file():
    THEIRS = their_tests()
    globals().update({name: test for name, test in THEIRS.items() if name not in PRIVATE})


def test_the_list_of_private_names_is_up_to_date():
    assert set(PRIVATE) <= set(THEIRS)
