"""From a topology to a template. The same input gives the same bytes, on every machine.

No AWS call, no clock, no environment. Only the first and the last step touch files.

    topologies/*.toml
        │  topology_file        TOML → Topology, by toml_table; topology_rules refuses what
        │                       AWS would refuse later
        ▼
    topology                    Topology, Stage, Target, Region: frozen data, nothing else
        │  stacks/*.py          Topology → troposphere Template, one module a template, from
        │    a pipeline         sources, actions, change_sets, reviews, approvals, projects,
        │                       functions, copying, deploying, notifications, topics; what is asked
        │                       about them: source_questions, project_questions, store_questions
        │    other accounts     accounts, deploy_target; beyond the partition: crossings, deployer,
        │                       web_identity, package_bucket, rebuilding, rotation
        │    who may what       roles, multi_account_roles, packer_permissions, deploy_permissions,
        │                       function_permissions, policies, resource_policies, limits
        │    where              regions, stores, buckets, partitions
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
