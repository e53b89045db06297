"""Models in and out, without code in the file."""
