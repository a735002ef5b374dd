"""Reads rendered templates and judges them. Nothing here knows how they were made."""
