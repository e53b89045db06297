"""A network and arrays go in, a fitted network comes out."""
