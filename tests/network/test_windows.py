import pytest

from glassnet.network.convolution import Convolution
from glassnet.network.network import Network
from glassnet.network.pooling import AveragePool, MaxPool


@pytest.mark.parametrize("pool", [MaxPool, AveragePool])
def test_nothing_is_pooled_by_windows_of_nothing(pool):
    with pytest.raises(ValueError, match="size=0 must be an integer of at least 1"):
        pool(0)
    with pytest.raises(ValueError, match="stride=0 must be an integer of at least 1"):
        pool(2, 0)


@pytest.mark.parametrize(
    ("layer", "side", "told"),
    [
        (AveragePool(None), 101, "a window of 10201 places over 10201 pixels"),
        (MaxPool(5000, 5000, 4999), 8, "a window of 25000000 places"),
        (Convolution(1, 3, stride=10**6, padding=10**6), 8, "over 4000032000064 pixels with the padding"),
    ],
)
def test_windows_beyond_what_can_be_compiled_are_refused(layer, side, told):
    """They may come from a file: few outputs are no sign of little work."""
    with pytest.raises(ValueError, match=f"{told}.* pool in two steps, or take a smaller size and padding"):
        Network((side, side, 1), [layer])
    assert Network((100, 100, 1), [AveragePool(None)]).shapes[-1] == (1, 1, 1)
