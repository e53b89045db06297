"""Layers of images and signals, in entries: rows, columns and channels are counted from 1."""

from glassnet.insight.equations.activated import activated
from glassnet.insight.equations.notation import plain, shifted, signal, slope
from glassnet.insight.equations.structure import Structure
from glassnet.insight.equations.tree import (
    Cases,
    Fraction,
    Node,
    Over,
    Product,
    Relation,
    Sum,
    Words,
    call,
    equal,
    number,
)
from glassnet.network.augmentation import Crop, Flip, Shift
from glassnet.network.convolution import Convolution
from glassnet.network.flatten import Flatten
from glassnet.network.layer import Shape
from glassnet.network.pooling import AveragePool, MaxPool, Pool
from glassnet.network.windows import Windows, windows_of

WINDOW, INSIDE, PIXEL = ("p", "q"), ("i", "j"), ("m", "n")  # of two axes


def windows_of_layer(layer: Convolution | Pool, inputs: Shape) -> Windows:
    """Return the windows that slide over what enters a layer."""
    size = inputs[:-1] if layer.size is None else layer.size
    stride = size if layer.stride is None else layer.stride
    return windows_of(type(layer).__name__, inputs, size, stride, layer.padding)


def convolution(layer: Convolution, place: int, inputs: Shape, outputs: Shape) -> Structure:
    """z_pqc = sum_ija x_{s p + i, s q + j, a} W_ijac + b_c; dE/dW is the correlation of x and delta."""
    windows = windows_of_layer(layer, inputs)
    axes = len(windows.size)
    at, inside, pixel = WINDOW[:axes], INSIDE[:axes], PIXEL[:axes]
    kernel = [f"{k}-{i}" if layer.flip else i for k, i in zip([n + 1 for n in windows.size], inside, strict=True)]
    x = signal("x", place - 1, *_sources(windows, at, inside), "a")
    product = Product((x, signal("W", place, *kernel, "a", "c")))
    z = equal(signal("z", place, *at, "c"), Sum((Over("sum", (*inside, "a"), product), signal("b", place, "c"))))
    delta = signal("delta", place, *at, "c")
    back = signal("W", place, *_offsets(windows, at, pixel, flip=layer.flip), "a", "c")
    sigma = activated(layer.activation, place)
    return Structure(
        (z, *sigma.forward),
        (
            *sigma.backward,
            equal(slope("W", place, *kernel, "a", "c"), Over("sum", at, Product((x, delta)))),
            equal(slope("b", place, "c"), Over("sum", at, delta)),
            equal(slope("x", place - 1, *pixel, "a"), Over("sum", (*at, "c"), Product((back, delta)))),
        ),
        (*sigma.notes, *_padded(windows), "W is 0 outside of the kernel"),
    )


def max_pool(layer: MaxPool, place: int, inputs: Shape, outputs: Shape) -> Structure:
    """x_pqc = the largest x of a window; delta goes to the first position of that maximum."""
    windows, at, inside, pixel = _named(layer, inputs)
    largest = Over("max", inside, signal("x", place - 1, *_sources(windows, at, inside), "c"))
    first = Words(f"x_{''.join(pixel)}c is the first of the largest in window ({', '.join(at)})")
    return _pool(place, at, pixel, largest, slope("x", place, *at, "c"), first, windows)


def average_pool(layer: AveragePool, place: int, inputs: Shape, outputs: Shape) -> Structure:
    """x_pqc = the mean x of a window."""
    windows, at, inside, pixel = _named(layer, inputs)
    padded = any(map(any, windows.pads)) and not layer.count_padding
    count: Node = plain("n", *at) if padded else number(float(_size(windows)))
    total = Over("sum", inside, signal("x", place - 1, *_sources(windows, at, inside), "c"))
    mean = Fraction(total, count)
    there = Words(f"({', '.join(pixel)}) is in window ({', '.join(at)})")
    found = _pool(place, at, pixel, mean, Fraction(slope("x", place, *at, "c"), count), there, windows)
    if not padded:
        return found
    return found._replace(notes=(*found.notes, "n is the number of entries of a window that are no padding"))


def _pool(
    place: int, at: tuple[str, ...], pixel: tuple[str, ...], value: Node, back: Node, where: Words, windows: Windows
) -> Structure:
    through = Over("sum", at, Cases(back, where, number(0)))
    return Structure(
        (equal(signal("x", place, *at, "c"), signal("z", place, *at, "c"), value),),
        (equal(signal("delta", place), slope("x", place)), equal(slope("x", place - 1, *pixel, "c"), through)),
        _padded(windows),
    )


def flatten(layer: Flatten, place: int, inputs: Shape, outputs: Shape) -> Structure:
    """x^l = vec(x^{l-1})."""
    end_to_end = call("vec", signal("x", place - 1))
    back = equal(call("vec", slope("x", place - 1)), signal("delta", place), slope("x", place))
    note = "vec lays all entries end to end: channels next to each other, then columns, then rows"
    return Structure((equal(signal("x", place), signal("z", place), end_to_end),), (back,), (note,))


def shift(layer: Shift, place: int, inputs: Shape, outputs: Shape) -> Structure:
    """x_pqc = x_{r_p, s_q, c}: moved in training, as it is in predictions."""
    return _rearranged(place, f"r and s move an image by up to {layer.most} pixels in training", "r_p = p and s_q = q")


def flip(layer: Flip, place: int, inputs: Shape, outputs: Shape) -> Structure:
    """x_pqc = x_{r_p, s_q, c}: mirrored in every second step of training, as it is in predictions."""
    return _rearranged(place, "s mirrors every second image in training", "r_p = p and s_q = q")


def crop(layer: Crop, place: int, inputs: Shape, outputs: Shape) -> Structure:
    """x_pqc = x_{r_p, s_q, c}: a piece from anywhere in training, from the middle in predictions."""
    top, left = (inputs[0] - layer.height) // 2, (inputs[1] - layer.width) // 2
    return _rearranged(place, "r and s take a piece from anywhere in training", f"r_p = p + {top} and s_q = q + {left}")


def _rearranged(place: int, training: str, predictions: str) -> Structure:
    source = signal("x", place - 1, "r_p", "s_q", "c")
    there = Relation((Words("(r_p, s_q)"), Words("(m, n)")))
    back = Over("sum", WINDOW, Cases(slope("x", place, "p", "q", "c"), there, number(0)))
    return Structure(
        (equal(signal("x", place, "p", "q", "c"), source),),
        (equal(signal("delta", place), slope("x", place)), equal(slope("x", place - 1, "m", "n", "c"), back)),
        (f"{training}; in predictions {predictions}",),
    )


def _named(
    layer: Pool, inputs: Shape
) -> tuple[Windows, tuple[str, ...], tuple[str, ...], tuple[str, ...]]:  # fmt: skip
    windows = windows_of_layer(layer, inputs)
    axes = len(windows.size)
    return windows, WINDOW[:axes], INSIDE[:axes], PIXEL[:axes]


def _size(windows: Windows) -> int:
    size = 1
    for length in windows.size:
        size *= length
    return size


def _sources(windows: Windows, at: tuple[str, ...], inside: tuple[str, ...]) -> list[str]:
    """Return the indices s p + i - s - before of the entry i of window p."""
    each = zip(at, inside, windows.stride, windows.pads, strict=True)
    return [shifted(p, stride, i, 1, -stride - before) for p, i, stride, (before, _) in each]


def _offsets(windows: Windows, at: tuple[str, ...], pixel: tuple[str, ...], *, flip: bool) -> list[str]:
    """Return the indices of the kernel at pixel m of window p: m - s p + s + before, turned where it flips."""
    found: list[str] = []
    for p, m, stride, (before, _), size in zip(at, pixel, windows.stride, windows.pads, windows.size, strict=True):
        constant = stride + before
        turned = shifted(p, stride, m, -1, size + 1 - constant)
        found.append(turned if flip else shifted(m, 1, p, -stride, constant))
    return found


def _padded(windows: Windows) -> tuple[str, ...]:
    return ("entries of x outside of the image are padding",) if any(map(any, windows.pads)) else ()
