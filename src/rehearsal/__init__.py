"""Runs what the rendered templates describe, without AWS; what it stands in for, it names."""
