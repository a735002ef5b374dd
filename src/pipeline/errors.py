"""What the generator raises."""

from refusals import RefusalError


class InputError(RefusalError):
    """A file or an argument is wrong."""
