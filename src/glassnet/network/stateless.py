"""What layers without parameters share."""

from glassnet.network.layer import ParameterSpec, Shape


class Stateless:
    """A layer without parameters: nothing to draw, nothing to learn."""

    def parameters(self, inputs: Shape) -> dict[str, ParameterSpec]:
        return {}
