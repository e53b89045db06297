"""The scikit-learn contract over the folders below."""
