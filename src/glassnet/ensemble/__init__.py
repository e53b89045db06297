"""Network and dataset to an ensemble: preprocessing, folds, members, fitting."""
