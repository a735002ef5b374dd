"""From a topology to a template. The same input gives the same bytes, on every machine.

No AWS call, no clock, no environment. Only the first and the last step touch files.

    topologies/*.toml
        │  topology_file        TOML → Topology, by toml_table; refuses what AWS would refuse later
        ▼
    topology                    Topology, Stage, Target, Region: frozen data, nothing else
        │  stacks/*.py          Topology → troposphere Template, one module a template, from
        │    a pipeline         sources, actions, projects, functions, notifications, deploying,
        │                       source_questions, project_questions
        │    who may what       roles, packer_permissions, deploy_permissions, policies,
        │                       resource_policies
        │    where              regions, stores, partitions
        │    other partitions   crossings, rebuilding, deployer, package_bucket, web_identity
        │    what it deploys    network, balancer, signals, waivers
        │    every template     template, parameters, names, inline
        ▼
    library                     which templates there are, found by looking
        │  render               Template → YAML or JSON text: key order, header, newline
        │  write                text → file, whole or not at all
        ▼
    templates/*.yaml

No arrow turns round: nothing that reads `templates/` imports any of this, and the data at the top
knows no template. `tests/test_arrows.py` holds the arrows.
"""
