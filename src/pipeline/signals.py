"""How an instance with no role and no way out tells CloudFormation that it serves.

It waits until the load balancer must hold it for healthy, then calls cfn-signal through an
endpoint inside the network. The instance's identity document is proof enough of who calls.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from troposphere import AWSObject, Base64, FindInMap, GetAtt, Ref, Sub, Template
from troposphere.ec2 import SecurityGroup, SecurityGroupIngress, VPCEndpoint

from pipeline.balancer import (
    APPLICATION,
    CHECK_SECONDS,
    CHECK_TIMEOUT_SECONDS,
    CHECKS_TO_BECOME_HEALTHY,
    HEALTH_CHECK_PATH,
    HTTPS,
)
from pipeline.network import Network, ingress, named, rule
from pipeline.partitions import partition

ENDPOINT_MAP = "EndpointServices"
PREFIX = "Prefix"
NOWHERE = "127.0.0.1/32"

# One check more than it takes, because the first may come a whole interval after the start.
STEADY_SECONDS = CHECK_SECONDS * (CHECKS_TO_BECOME_HEALTHY + 1)
START_SECONDS = 600
# Longer than an instance waits for itself, so that its reason arrives: it takes time to boot.
PATIENCE = "PT15M"


@dataclass(frozen=True)
class SignalPath:
    """The way from the instances to CloudFormation; who signals waits until all of it stands."""

    instance_group: SecurityGroup
    endpoint_group: SecurityGroup
    ingress: SecurityGroupIngress
    endpoint: VPCEndpoint

    @property
    def resources(self) -> tuple[AWSObject, ...]:
        return (self.instance_group, self.endpoint_group, self.ingress, self.endpoint)


def signal_path(network: Network) -> SignalPath:
    """Return the way to signal; `prepare` adds to the template what it refers to."""
    endpoint_group = _endpoint_group(network)
    instance_group = _instance_group(network, endpoint_group)
    from_instances = ingress(
        "SignalsFromInstances",
        endpoint_group,
        "Signals from the instances",
        HTTPS,
        SourceSecurityGroupId=GetAtt(instance_group, "GroupId"),
    )
    endpoint = _endpoint(network, endpoint_group)
    return SignalPath(instance_group, endpoint_group, from_instances, endpoint)


def prepare(template: Template, partition_names: Sequence[str]) -> None:
    """Add the mapping of what CloudFormation's endpoint is called in each partition."""
    for name in partition_names:
        prefix = partition(name).endpoint_prefix
        template.add_mapping(ENDPOINT_MAP, {name: {PREFIX: prefix}})


def wait_and_signal(resource: str) -> Base64:
    """Return user data that signals to a resource of this stack, named by its logical id."""
    settings = {
        "resource": resource,
        "url": f"http://localhost:{APPLICATION}${{{HEALTH_CHECK_PATH}}}",
        "steady": STEADY_SECONDS,
        "deadline": START_SECONDS,
        "timeout": CHECK_TIMEOUT_SECONDS,
    }
    lines = [f"{name}={value}" for name, value in settings.items()]
    return Base64(Sub("\n".join(["#!/bin/bash", *lines, _WAIT])))


def _instance_group(network: Network, endpoint_group: SecurityGroup) -> SecurityGroup:
    signals = rule(
        "Signals to CloudFormation",
        HTTPS,
        DestinationSecurityGroupId=GetAtt(endpoint_group, "GroupId"),
    )
    return SecurityGroup(
        "InstanceGroup",
        GroupDescription="Instances: requests from the load balancer, signals to CloudFormation",
        VpcId=Ref(network.vpc),
        SecurityGroupEgress=[signals],
        Tags=named("instances"),
    )


def _endpoint_group(network: Network) -> SecurityGroup:
    nothing = rule("Nothing. Without any rule, all would be allowed", HTTPS, CidrIp=NOWHERE)
    return SecurityGroup(
        "EndpointGroup",
        GroupDescription="Endpoint of CloudFormation: signals from the instances",
        VpcId=Ref(network.vpc),
        SecurityGroupEgress=[nothing],
        Tags=named("endpoint"),
    )


def _endpoint(network: Network, group: SecurityGroup) -> VPCEndpoint:
    prefix = FindInMap(ENDPOINT_MAP, Ref("AWS::Partition"), PREFIX)
    return VPCEndpoint(
        "CloudFormationEndpoint",
        VpcEndpointType="Interface",
        ServiceName=Sub(f"${{{PREFIX}}}.${{AWS::Region}}.cloudformation", {PREFIX: prefix}),
        VpcId=Ref(network.vpc),
        SubnetIds=[Ref(subnet) for subnet in network.private.subnets],
        SecurityGroupIds=[GetAtt(group, "GroupId")],
        PrivateDnsEnabled=True,
    )


_WAIT = """
signal() {
  /opt/aws/bin/cfn-signal "$@" --stack ${AWS::StackName} --resource $resource \\
    --region ${AWS::Region} --url https://cloudformation.${AWS::Region}.${AWS::URLSuffix}
}

# When this instance signals, an old one goes. So it must have answered for long enough that the
# load balancer, too, has seen it healthy. SECONDS is bash's count of them since the script began.
since=0
while ((SECONDS - since < steady)); do
  if ((SECONDS > deadline)); then
    signal --exit-code 1 --reason "$url did not answer 200 for $steady s on end within $deadline s"
    exit 1
  fi
  status=$(curl --silent --max-time $timeout --output /dev/null --write-out '%{http_code}' "$url")
  [[ $status == 200 ]] || since=$SECONDS
  sleep 1
done
signal --exit-code 0
"""
