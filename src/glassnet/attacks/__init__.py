"""Floor 2: how an input must change for the cost to grow most."""
