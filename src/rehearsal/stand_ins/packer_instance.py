"""The steps of Packer's amazon-ebs builder that launch a machine, stop it and end it."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from typing import Any

from rehearsal.stand_ins.packer_builder import LOOKS, Builder

DISKS = "launch_block_device_mappings"


def launch(
    builder: Builder, source: str, key: str, group: str, at_last: ExitStack
) -> dict[str, Any]:
    """step_run_source_instance.go, step_cleanup_volumes.go: the machine, and its remains."""
    builder.log.say("Launching a source AWS instance...")
    run = builder.ec2.run_instances(**_request(builder, source, key, group))
    id_: str = run["Instances"][0]["InstanceId"]
    found: dict[str, Any] = {}
    at_last.callback(_remove_volumes, builder, found)
    at_last.callback(
        lambda: builder.clean_up(
            "Terminating the source AWS instance...", lambda: _terminate(builder, id_)
        )
    )
    builder.log.say(f"Waiting for instance ({id_}) to become ready...")
    builder.ec2.get_waiter("instance_running").wait(InstanceIds=[id_], WaiterConfig=LOOKS)
    described = builder.ec2.describe_instances(InstanceIds=[id_])
    found |= described["Reservations"][0]["Instances"][0]
    builder.log.message("Stood in for: nothing is connected to, and nothing is provisioned")
    return found


def _request(builder: Builder, source: str, key: str, group: str) -> dict[str, Any]:
    """Return what is said in the call that launches the machine."""
    settings = builder.settings
    return {
        "ImageId": source,
        "InstanceType": settings["instance_type"],
        "MinCount": 1,
        "MaxCount": 1,
        "KeyName": key,
        "SecurityGroupIds": [group],
        "BlockDeviceMappings": [_disk(each) for each in settings.get(DISKS, [])],
        "InstanceInitiatedShutdownBehavior": "stop",
        "TagSpecifications": [
            *builder.tags("run_tags", "instance", "network-interface"),
            *builder.tags("run_volume_tags", "volume"),
        ],
        **_metadata(settings),
    }


def _disk(wanted: Mapping[str, Any]) -> dict[str, Any]:
    kept = {
        "VolumeType": "volume_type",
        "Encrypted": "encrypted",
        "DeleteOnTermination": "delete_on_termination",
    }
    ebs = {name: wanted[setting] for name, setting in kept.items() if setting in wanted}
    return {"DeviceName": wanted["device_name"], "Ebs": ebs}


def _metadata(settings: Mapping[str, Any]) -> dict[str, Any]:
    for each in settings.get("metadata_options", []):
        options = {
            "HttpEndpoint": each["http_endpoint"],
            "HttpTokens": each["http_tokens"],
            "HttpPutResponseHopLimit": each["http_put_response_hop_limit"],
        }
        return {"MetadataOptions": options}
    return {}


def _terminate(builder: Builder, instance: str) -> None:
    builder.ec2.terminate_instances(InstanceIds=[instance])
    builder.ec2.get_waiter("instance_terminated").wait(InstanceIds=[instance], WaiterConfig=LOOKS)


def _remove_volumes(builder: Builder, instance: Mapping[str, Any]) -> None:
    """step_cleanup_volumes.go: disks that the image's own mappings brought."""
    ids = {each["Ebs"]["VolumeId"]: each for each in instance.get("BlockDeviceMappings", [])}
    if not ids:
        builder.log.say("No volumes to clean up, skipping")
        return
    builder.clean_up("Cleaning up any extra volumes...", lambda: _remove_left(builder, ids))


def _remove_left(builder: Builder, ids: Mapping[str, Any]) -> None:
    launched = {each["device_name"] for each in builder.settings.get(DISKS, [])}
    wanted = [{"Name": "volume-id", "Values": list(ids)}]
    for each in builder.ec2.describe_volumes(Filters=wanted)["Volumes"]:
        device = ids[each["VolumeId"]]["DeviceName"]
        if each["State"] == "available" and device not in launched:
            builder.ec2.delete_volume(VolumeId=each["VolumeId"])


def stop(builder: Builder, instance: Mapping[str, Any]) -> None:
    """step_stop_ebs_instance.go: an image is made of what stands still."""
    ids = [instance["InstanceId"]]
    builder.log.say("Stopping the source instance...")
    builder.ec2.stop_instances(InstanceIds=ids)
    builder.ec2.get_waiter("instance_stopped").wait(InstanceIds=ids, WaiterConfig=LOOKS)
