"""Bounds that the output of a network cannot leave while its input stays in a box."""
