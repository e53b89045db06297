"""Floor 2: a network and arrays go in, a fitted network comes out."""
