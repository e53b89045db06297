"""Floor 3: the scikit-learn contract over the floors below."""
