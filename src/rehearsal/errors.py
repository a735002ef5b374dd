"""What a rehearsal raises."""

from refusals import RefusalError


class RehearsalError(RefusalError):
    """A template, a value or a pipeline cannot be planned or run."""


class LaunchError(RehearsalError):
    """A template cannot be launched as it stands."""
