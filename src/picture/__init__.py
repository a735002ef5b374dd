"""Draws a template's pipeline: stages, what they do, and in which regions and accounts.

    diagram    a template        →  Diagram     what is to be shown, in words
    mermaid    Diagram           →  text that GitHub draws
    svg        Diagram           →  one SVG that asks for nothing else

All of it is pure and reads the YAML alone. Whatever a launch decides is shown as a choice.
"""
