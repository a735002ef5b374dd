"""What is asked about the deployment of the application stack, and what follows from it."""

from __future__ import annotations

from troposphere import If, NoValue, Parameter, Ref, Sub, Template

from pipeline.actions import SOURCE_ARTIFACT
from pipeline.names import DEPLOY_POLICY_ARNS, DEPLOY_POLICY_ARNS_GIVEN
from pipeline.parameters import Question, given, given_list, one_of, text
from pipeline.projects import TEMPLATE_PATH

ACTION_MODE = "DeployActionMode"
CAPABILITIES = "DeployCapabilities"
CAPABILITIES_GIVEN = "DeployCapabilitiesGiven"


def template_path() -> Sub:
    """Return where the pipeline finds the deploy template: in the source artifact."""
    return Sub(f"{SOURCE_ARTIFACT}::${{{TEMPLATE_PATH}}}")


def questions() -> tuple[Question, ...]:
    """Return what is asked about the deployment."""
    return (
        text(
            ACTION_MODE,
            "Deploy action mode",
            "REPLACE_ON_FAILURE deletes a stack left in a failed state, such as ROLLBACK_COMPLETE, "
            "and creates it anew; CREATE_UPDATE leaves that to you: for stacks that hold data.",
            default="REPLACE_ON_FAILURE",
            **one_of(("REPLACE_ON_FAILURE", "CREATE_UPDATE")),
        ),
        text(
            CAPABILITIES,
            "Capabilities",
            "What the deploy template may make, for example CAPABILITY_IAM if it makes roles. "
            "Empty: no IAM resources.",
            default="",
            **one_of(("", "CAPABILITY_IAM", "CAPABILITY_NAMED_IAM")),
        ),
        policy_arns_question(),
    )


def capabilities_question() -> Question:
    """Return the question what an application may make that always makes roles."""
    return text(
        CAPABILITIES,
        "Capabilities",
        "What the application's template may make: CAPABILITY_NAMED_IAM is roles with names of "
        "their own, too.",
        default="CAPABILITY_NAMED_IAM",
        **one_of(("CAPABILITY_IAM", "CAPABILITY_NAMED_IAM")),
    )


def policy_arns_question() -> Question:
    """Return the question for what the deploy template makes beyond ours."""
    parameter = Parameter(
        DEPLOY_POLICY_ARNS,
        Type="CommaDelimitedList",
        Description="Managed policies for CloudFormationServiceRole, when your deploy template "
        "makes more than cross-region-deploy.yaml does, for example "
        "arn:aws:iam::123456789012:policy/deploy-queues. Empty: none.",
        Default="",
        AllowedPattern=r"|arn:[a-z-]+:iam::([0-9]{12}|aws):policy/[A-Za-z0-9+=,.@_/-]+",
        ConstraintDescription="ARNs of IAM managed policies joined by commas, or nothing.",
    )
    return Question("Further deploy policies", parameter)


def capabilities() -> If:
    """Return what the pipeline acknowledges for the deploy template, if anything."""
    return If(CAPABILITIES_GIVEN, Ref(CAPABILITIES), NoValue)


def prepare_action(template: Template) -> None:
    """Add the condition that capabilities are given."""
    template.add_condition(CAPABILITIES_GIVEN, given(CAPABILITIES))


def prepare(template: Template) -> None:
    """Add the condition that further policies are given."""
    template.add_condition(DEPLOY_POLICY_ARNS_GIVEN, given_list(DEPLOY_POLICY_ARNS))
