"""Writes Markdown as GitHub shows it. Nothing here knows what is said in it."""
