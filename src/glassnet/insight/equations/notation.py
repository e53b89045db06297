"""The letters of the equations: z^l, x^l, delta^l = dE/dz^l, parameters of layer l, and their derivatives."""

from glassnet.insight.equations.tree import Derivative, Symbol


def signal(name: str, layer: int, *indices: str | int) -> Symbol:
    """Return z, x, delta or a parameter of a layer, with indices counted from 1."""
    return Symbol(name, str(layer), tuple(map(str, indices)))


def plain(name: str, *indices: str | int) -> Symbol:
    """Return a letter that belongs to no layer."""
    return Symbol(name, "", tuple(map(str, indices)))


def slope(name: str, layer: int, *indices: str | int) -> Derivative:
    """Return dE/d(name) of a layer."""
    return Derivative(signal(name, layer, *indices))


def shifted(index: str, factor: int, other: str, other_factor: int, constant: int) -> str:
    """Return an index such as 2p+i-1."""
    text = ""
    for times, letter in ((factor, index), (other_factor, other)):
        sign = "-" if times < 0 else "+" if text else ""
        text += sign + (str(abs(times)) if abs(times) != 1 else "") + letter
    return text if not constant else f"{text}{constant:+d}"
