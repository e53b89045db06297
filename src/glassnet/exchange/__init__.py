"""Floor 4: models in and out, without code in the file."""
