"""Writes HTML pages that ask for nothing else: elements whose text is escaped, and tables.

It knows nothing of what is shown: a rehearsal's report and the launch page are made of it.
"""
