"""All lessons by their names."""

from collections.abc import Callable

from glassnet.insight.lessons.activations import activations
from glassnet.insight.lessons.adversary import adversary
from glassnet.insight.lessons.bias_variance import bias_variance
from glassnet.insight.lessons.convolution import convolution
from glassnet.insight.lessons.deltas import deltas
from glassnet.insight.lessons.descent_on_surface import descent
from glassnet.insight.lessons.festival import festival
from glassnet.insight.lessons.intervals import intervals
from glassnet.insight.lessons.lesson import Lesson
from glassnet.insight.lessons.members import members
from glassnet.insight.lessons.one_neuron import one_neuron
from glassnet.insight.lessons.perceptron import perceptron
from glassnet.insight.lessons.pooling import pooling
from glassnet.insight.lessons.published_example import published_example
from glassnet.insight.lessons.two_neurons import two_neurons

LESSONS: dict[str, Callable[[], Lesson]] = {
    "one-neuron": one_neuron,
    "two-neurons": two_neurons,
    "published-example": published_example,
    "festival": festival,
    "perceptron": perceptron,
    "descent": descent,
    "deltas": deltas,
    "activations": activations,
    "bias-variance": bias_variance,
    "convolution": convolution,
    "pooling": pooling,
    "adversary": adversary,
    "intervals": intervals,
    "members": members,
}
