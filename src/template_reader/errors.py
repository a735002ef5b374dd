"""What reading a template raises."""

from refusals import RefusalError


class TemplateError(RefusalError):
    """A file is not there, is no template, or a section of it is of no use."""
