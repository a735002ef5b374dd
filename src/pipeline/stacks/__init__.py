"""One module, one stack, one template. `library` finds them; there is no list to extend.

A module makes the template that bears its name by `build()`, or by `build(topology)` when it says
in `TOPOLOGY` which file of `topologies/` it is drawn from. A `<kind>_pipeline` module makes one
template of every topology of that kind, named after the topology.
"""
