"""What changes between two versions of a template, a kind of reader to a module.

Each module has `changes(before, after)`, which yields what it sees and what it cannot judge;
`change` holds the words they share, `tree` the differences of two nodes. None of them reads a
file: `comparison` calls them.
"""
