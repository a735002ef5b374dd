"""What publishing and launching raise."""

from refusals import RefusalError


class LaunchError(RefusalError):
    """A version cannot be published, moved or checked, or a link cannot be made."""
