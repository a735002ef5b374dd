"""What a command against AWS raises."""

from refusals import RefusalError


class OperateError(RefusalError):
    """A command against AWS cannot be carried out."""
