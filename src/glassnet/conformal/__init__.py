"""Intervals and sets with a stated coverage, on residuals and scores."""
