"""What the embedded AWS adds to MiniStack, put in one after the other.

Some wrap what others have put in, so the order counts. Not to be imported before the partition is
known, as MiniStack is imported with it.
"""

from __future__ import annotations

from rehearsal import (
    embedded_access_keys,
    embedded_bucket_policies,
    embedded_buckets,
    embedded_builds,
    embedded_calls,
    embedded_conditional_writes,
    embedded_desk,
    embedded_ec2_access,
    embedded_faults,
    embedded_function_code,
    embedded_groups,
    embedded_identity,
    embedded_image_access,
    embedded_image_parameters,
    embedded_image_references,
    embedded_images,
    embedded_instance_access,
    embedded_instances,
    embedded_key_policies,
    embedded_keys,
    embedded_labels,
    embedded_logs,
    embedded_models,
    embedded_network,
    embedded_passing,
    embedded_pipelines,
    embedded_roles,
    embedded_stack_roles,
    embedded_surroundings,
    embedded_templates,
    embedded_topics,
    embedded_workers,
)


def install(partition: str) -> None:
    """Put it all into MiniStack, which must not serve yet."""
    embedded_models.install()
    embedded_identity.install(partition)
    embedded_access_keys.install(partition)
    embedded_buckets.install()
    embedded_conditional_writes.install()
    embedded_builds.install(partition)
    embedded_desk.install()
    embedded_surroundings.install(partition)
    embedded_images.install(partition)
    embedded_image_references.install(partition)
    embedded_instances.install()
    asked = {**embedded_image_access.ASKED, **embedded_instance_access.ASKED}
    embedded_ec2_access.install(partition, asked)
    embedded_image_parameters.install()
    embedded_labels.install()
    embedded_function_code.install()
    embedded_groups.install()
    embedded_logs.install()
    embedded_network.install()
    embedded_pipelines.install(partition)
    embedded_roles.install()
    embedded_templates.install()
    embedded_topics.install()
    embedded_workers.install()
    embedded_key_policies.install()
    embedded_calls.install()
    embedded_bucket_policies.install()
    embedded_passing.install()
    embedded_stack_roles.install(partition)
    embedded_faults.install()
    embedded_keys.install(partition)
