"""The values of a graph: what computes each, what takes it, and which are equal to what is written."""

from collections.abc import Callable
from functools import cached_property

import numpy as np

from glassnet.exchange.onnx.graph import Graph, Node, Value
from glassnet.exchange.onnx.read_exported_graph import expressions
from glassnet.exchange.onnx.read_operators import NoLayerError
from glassnet.exchange.onnx.write_proto import needed_nodes


class Values:
    """The values on the way to one of them: what computes each, what takes it, and which are equal to an expression."""

    def __init__(self, graph: Graph, end: str) -> None:
        outputs = [Value(end, np.dtype(np.float64), ())]
        nodes = needed_nodes(Graph(graph.inputs, outputs, graph.nodes))
        self.graph = Graph(graph.inputs, outputs, nodes, graph.constants)
        self._producers = {name: node for node in self.graph.nodes for name in node.outputs}

    @cached_property
    def expressions(self) -> dict[str, str]:
        """The hash of every value by its name."""
        return expressions(self.graph)

    @cached_property
    def _users(self) -> dict[str, list[Node]]:
        found = dict[str, list[Node]]()
        for node in self.graph.nodes:
            for name in dict.fromkeys(node.inputs):
                found.setdefault(name, []).append(node)
        return found

    @cached_property
    def _names(self) -> dict[str, str]:
        return {self.expressions[name]: name for name in self._producers}

    def producer(self, name: str, *operators: str) -> Node:
        """Return the node that computes a value, one of these operators."""
        node = self._producers.get(name)
        if node is None or (operators and node.operator not in operators):
            told = "an input or a constant" if node is None else title(node)
            expected = " or ".join(operators) or "an operator"
            raise NoLayerError(f"{told} stands where export_onnx writes {expected}")
        return node

    def is_computed(self, name: str, operator: str) -> bool:
        """Return whether a value is what this operator gives."""
        return name in self._producers and self._producers[name].operator == operator

    def users(self, name: str) -> list[Node]:
        """Return the nodes that take a value."""
        return self._users.get(name, [])

    def follow(self, name: str, *operators: str) -> list[Node]:
        """Return nodes of these operators of which each takes what the one before gives; [] for none."""
        here, levels = [name], list[list[Node]]()
        for operator in operators:
            found = {node.outputs[0]: node for value in here for node in self.users(value) if node.operator == operator}
            levels.append(list(found.values()))
            here = list(found)
        nodes = list[Node]()
        for level in reversed(levels):
            before = [node for node in level if not nodes or node.outputs[0] in nodes[-1].inputs]
            nodes += before[:1]
        return nodes[::-1] if len(nodes) == len(operators) else []

    def user(self, name: str, *operators: str) -> Node:
        """Return the only node that takes a value, one of these operators."""
        users = self.users(name)
        if len(users) != 1 or users[0].operator not in operators:
            raise NoLayerError(f"{' and '.join(map(title, users))} stands where export_onnx writes "
                               f"{' or '.join(operators)}")  # fmt: skip
        return users[0]

    def constant(self, node: Node, place: int = 1) -> np.ndarray:
        """Return a constant that a node takes in a place."""
        found = self.optional(node, place)
        if found is None:
            raise NoLayerError(f"{title(node)} takes no constant in place {place}")
        return found

    def optional(self, node: Node, place: int = 1) -> np.ndarray | None:
        """Return a constant that a node takes in a place, or None where it takes none there."""
        return self.graph.constants.get(node.inputs[place]) if place < len(node.inputs) else None

    def equal_to(self, write: Callable[[Graph], str], *given: str) -> tuple[str | None, int]:
        """Return the value that what is written computes from given values, None for none, and its number of nodes."""
        part = Graph()
        written = write(part)
        known = expressions(part, {name: self.expressions[name] for name in given})
        return self._names.get(known[written]), len(part.nodes)


def title(node: Node) -> str:
    """Return what a message calls a node."""
    return f"{node.operator} {node.outputs[0]!r}"
