"""Floor 2: intervals and sets with a stated coverage, on residuals and scores."""
