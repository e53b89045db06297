"""What a person should know of a fit, and need not mend."""


class Note(UserWarning):
    """A warning that tells, such as from which epoch a fit goes on; the command line begins it with "note"."""
