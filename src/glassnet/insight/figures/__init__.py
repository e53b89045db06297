"""Figures of records, in the shape of scikit-learn's displays."""
