"""A load balancer open to the clients it is told of, and a target group that knows who is healthy.

It speaks HTTP, or, given a certificate, HTTPS; then HTTP does nothing but send clients there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from troposphere import AWSHelperFn, AWSObject, GetAtt, If, Ref, Sub, Template
from troposphere.ec2 import SecurityGroup, SecurityGroupIngress
from troposphere.elasticloadbalancingv2 import (
    Action,
    Certificate,
    Listener,
    LoadBalancer,
    LoadBalancerAttributes,
    Matcher,
    RedirectConfig,
    TargetGroup,
    TargetGroupAttribute,
)

from pipeline.network import ADDRESS, EVERYWHERE, Network, ingress, named, rule
from pipeline.parameters import Question, given, pattern, text
from pipeline.waivers import Waiver, waive

ALLOWED_CIDR = "AllowedCidr"
CERTIFICATE_ARN = "CertificateArn"
CERTIFICATE_GIVEN = "CertificateGiven"
HEALTH_CHECK_PATH = "HealthCheckPath"

HTTP, HTTPS, APPLICATION = 80, 443, 8080
TLS_POLICY = "ELBSecurityPolicy-TLS13-1-2-2021-06"

CHECK_SECONDS = 10
CHECK_TIMEOUT_SECONDS = 5
CHECKS_TO_BECOME_HEALTHY = 3
CHECKS_TO_BECOME_UNHEALTHY = 3
DRAIN_SECONDS = 30


@dataclass(frozen=True)
class Balancer:
    """The load balancer and its parts; targets wait for `listener`, or nobody checks them."""

    load_balancer: LoadBalancer
    target_group: TargetGroup
    listener: Listener
    others: Sequence[AWSObject]

    @property
    def resources(self) -> tuple[AWSObject, ...]:
        return (*self.others, self.load_balancer, self.target_group, self.listener)


def public_balancer(network: Network, instance_group: SecurityGroup) -> Balancer:
    """Return the load balancer; `prepare` adds to the template what it refers to."""
    group = _group(network, instance_group)
    load_balancer = _load_balancer(network, group)
    targets = _target_group(network)
    return Balancer(
        load_balancer=load_balancer,
        target_group=targets,
        listener=_http_listener(load_balancer, targets),
        others=(
            group,
            _https_ingress(group),
            _instance_ingress(instance_group, group),
            _https_listener(load_balancer, targets),
        ),
    )


def prepare(template: Template) -> None:
    """Add the condition that there is a certificate."""
    template.add_condition(CERTIFICATE_GIVEN, given(CERTIFICATE_ARN))


def url(load_balancer: LoadBalancer) -> AWSHelperFn:
    """Return the address clients use."""
    host = f"${{{load_balancer.title}.DNSName}}"
    return If(CERTIFICATE_GIVEN, Sub(f"https://{host}"), Sub(f"http://{host}"))


def questions() -> tuple[Question, ...]:
    """Return what is asked about those who may reach the load balancer, and how."""
    clients = text(
        ALLOWED_CIDR,
        "Allowed clients",
        "IPv4 range that may reach the load balancer, for example 203.0.113.0/24 for one office; "
        f"{EVERYWHERE} is everyone.",
        default=EVERYWHERE,
        **pattern(rf"{ADDRESS}/([0-9]|[12][0-9]|3[0-2])", "An IPv4 range like 203.0.113.0/24."),
    )
    certificate = text(
        CERTIFICATE_ARN,
        "Certificate",
        "ARN of a certificate that Certificate Manager holds in this region, for example one that "
        "ends in :certificate/1234abcd-12ab-34cd-56ef-1234567890ab. Empty: HTTP alone.",
        default="",
        **pattern(
            "|arn:[a-z-]+:acm:[a-z0-9-]+:[0-9]{12}:certificate/[A-Za-z0-9-]+",
            "The ARN of a certificate in Certificate Manager, or nothing.",
        ),
    )
    return (clients, certificate)


def health_question() -> Question:
    """Return the question what tells a healthy application."""
    return text(
        HEALTH_CHECK_PATH,
        "Health check path",
        "Path the application answers with status 200 when it serves, for example /health.",
        default="/",
        **pattern(
            "/[A-Za-z0-9._~/-]{0,1023}",
            "A path that begins with '/', of letters, digits and . _ ~ / -, without a query.",
        ),
    )


def _group(network: Network, instance_group: SecurityGroup) -> SecurityGroup:
    open_port = Waiver(
        ("CKV_AWS_260",),
        f"Clients come by this port, those that AllowedCidr lets in; its default is {EVERYWHERE} "
        "because a web application is for everyone.",
    )
    return SecurityGroup(
        "LoadBalancerGroup",
        Metadata=waive(open_port),
        GroupDescription="Load balancer: requests from clients, on to the instances",
        VpcId=Ref(network.vpc),
        SecurityGroupIngress=[rule("HTTP from clients", HTTP, CidrIp=Ref(ALLOWED_CIDR))],
        SecurityGroupEgress=[
            rule(
                "Requests and health checks to the instances",
                APPLICATION,
                DestinationSecurityGroupId=GetAtt(instance_group, "GroupId"),
            )
        ],
        Tags=named("load-balancer"),
    )


def _https_ingress(group: SecurityGroup) -> SecurityGroupIngress:
    return ingress(
        "HttpsFromClients",
        group,
        "HTTPS from clients",
        HTTPS,
        Condition=CERTIFICATE_GIVEN,
        CidrIp=Ref(ALLOWED_CIDR),
    )


def _instance_ingress(instance_group: SecurityGroup, group: SecurityGroup) -> SecurityGroupIngress:
    return ingress(
        "RequestsFromLoadBalancer",
        instance_group,
        "Requests and health checks from the load balancer",
        APPLICATION,
        SourceSecurityGroupId=GetAtt(group, "GroupId"),
    )


def _load_balancer(network: Network, group: SecurityGroup) -> LoadBalancer:
    attributes = {
        "deletion_protection.enabled": "false",
        "routing.http.drop_invalid_header_fields.enabled": "true",
    }
    unprotected = "Without deletion protection, as the pipeline must be able to replace the stack."
    no_access_log = Waiver(
        ("CKV_AWS_91", "W52"),
        "An access log needs a bucket that outlives this stack; the pipeline makes none.",
    )
    return LoadBalancer(
        "LoadBalancer",
        Metadata={"Reason": unprotected, **waive(no_access_log)},
        DependsOn=network.internet_route,
        Scheme="internet-facing",
        Subnets=[Ref(subnet) for subnet in network.public.subnets],
        SecurityGroups=[GetAtt(group, "GroupId")],
        LoadBalancerAttributes=[
            LoadBalancerAttributes(Key=key, Value=value) for key, value in attributes.items()
        ],
    )


def _target_group(network: Network) -> TargetGroup:
    return TargetGroup(
        "TargetGroup",
        VpcId=Ref(network.vpc),
        TargetType="instance",
        Protocol="HTTP",
        Port=APPLICATION,
        HealthCheckPath=Ref(HEALTH_CHECK_PATH),
        HealthCheckIntervalSeconds=CHECK_SECONDS,
        HealthCheckTimeoutSeconds=CHECK_TIMEOUT_SECONDS,
        HealthyThresholdCount=CHECKS_TO_BECOME_HEALTHY,
        UnhealthyThresholdCount=CHECKS_TO_BECOME_UNHEALTHY,
        Matcher=Matcher(HttpCode="200"),
        TargetGroupAttributes=[
            TargetGroupAttribute(
                Key="deregistration_delay.timeout_seconds", Value=str(DRAIN_SECONDS)
            )
        ],
    )


def _forward(targets: TargetGroup) -> Action:
    return Action(Type="forward", TargetGroupArn=Ref(targets))


def _https_listener(load_balancer: LoadBalancer, targets: TargetGroup) -> Listener:
    return Listener(
        "HttpsListener",
        Condition=CERTIFICATE_GIVEN,
        LoadBalancerArn=Ref(load_balancer),
        Protocol="HTTPS",
        Port=HTTPS,
        SslPolicy=TLS_POLICY,
        Certificates=[Certificate(CertificateArn=Ref(CERTIFICATE_ARN))],
        DefaultActions=[_forward(targets)],
    )


def _http_listener(load_balancer: LoadBalancer, targets: TargetGroup) -> Listener:
    to_https = RedirectConfig(Protocol="HTTPS", Port=str(HTTPS), StatusCode="HTTP_301")
    redirect = Action(Type="redirect", RedirectConfig=to_https)
    plain = Waiver(
        ("CKV_AWS_2", "CKV_AWS_103", "W56"),
        "HTTPS takes a certificate, which only the owner of a name can have; given one, this "
        "listener does nothing but redirect.",
    )
    return Listener(
        "HttpListener",
        Metadata=waive(plain),
        LoadBalancerArn=Ref(load_balancer),
        Protocol="HTTP",
        Port=HTTP,
        DefaultActions=[If(CERTIFICATE_GIVEN, redirect, _forward(targets))],
    )
