"""What drawing a pipeline raises."""

from refusals import RefusalError


class PictureError(RefusalError):
    """A template has nothing that could be drawn."""
