"""Shows a comparison: as text, as Markdown for a comment, as JSON, as entries for a changelog.

`facts` is what all of them say alike.
"""
