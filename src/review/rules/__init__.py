"""The rules beyond cfn-lint's, a family to a module: one function each, found by discovery."""
