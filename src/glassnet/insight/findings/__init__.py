"""What is worth saying of a fitted model, in plain words."""
