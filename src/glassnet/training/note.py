"""What a person should know of a fit, and need not mend."""


class Note(UserWarning):
    """A warning that tells, such as from which epoch a fit goes on; the command line begins it with "note".

    Examples
    --------
    >>> import tempfile
    >>> import warnings
    >>> from sklearn.datasets import load_diabetes
    >>> from glassnet import NetworkRegressor, Note
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = NetworkRegressor((8,), n_members=4, max_iter=20, random_state=0)
    >>> with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings(record=True) as caught:
    ...     warnings.simplefilter("always", Note)
    ...     for _ in range(2):  # the second fit goes on from the checkpoint of the first
    ...         _ = model.fit(X, y, checkpoint=folder)
    >>> [str(warning.message).split(" with")[0] for warning in caught if issubclass(warning.category, Note)]
    ['going on from epoch 20 of 20']
    """
