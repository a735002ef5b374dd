"""Shows what a check found: as text, JSON, SARIF, JUnit, or annotations of GitHub.

`known_rules` is what is told of each rule that findings name.
"""
