"""How an input must change for the cost to grow most, or for the mean prediction to move furthest."""
