"""Floor 3: network and dataset to an ensemble: preprocessing, folds, members, fitting."""
