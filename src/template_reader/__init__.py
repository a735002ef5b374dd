"""Reads what is committed under templates/, as everything to the right of the YAML does.

`text` makes of YAML or JSON plain values that know their lines; `file` reads a template's file and
answers what its readers ask; `nodes` goes down into what is there. None of them knows how a
template is made, or what is done with it.
"""
