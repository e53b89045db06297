"""Many threads predict with one model at once: every one gets the bits that it would get alone."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import glassnet

GOLDEN = Path(__file__).parents[1] / "golden" / "files"


@pytest.mark.parametrize(("threads", "times"), [(8, 25), pytest.param(32, 1000, marks=pytest.mark.slow)])
@pytest.mark.parametrize("kind", ["quantiles", "classifier", "least-squares", "perceptron"])
def test_threads_get_the_bits_of_one(kind, threads, times):
    """Pieces of many lengths, some over a chunk, in an order of each thread's own; float32 and float64 models."""
    model = glassnet.load(GOLDEN / f"format2-{kind}.glass")
    predict = getattr(model, "predict_proba", model.predict)
    X = np.random.default_rng(0).normal(size=(600, 3))
    starts = np.random.default_rng(1).integers(0, 300, 40)
    lengths = np.random.default_rng(2).choice([1, 2, 7, 255, 256, 257, 300], 40)
    pieces = [X[start : start + length] for start, length in zip(starts, lengths, strict=True)]
    alone = [predict(piece) for piece in pieces]

    def wrong(thread):
        order = np.random.default_rng([3, thread]).integers(len(pieces), size=times)
        return sum(not np.array_equal(predict(pieces[place]), alone[place]) for place in order)

    with ThreadPoolExecutor(threads) as pool:
        assert sum(pool.map(wrong, range(threads))) == 0
