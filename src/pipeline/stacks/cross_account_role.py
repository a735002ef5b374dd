"""What a stage or prod account launches so that one pipeline of another account deploys there."""

from __future__ import annotations

from awacs import cloudformation, iam, kms, s3
from awacs.aws import Statement, StringEquals
from troposphere import GetAtt, Output, Parameter, Ref, Template
from troposphere.iam import Role

from pipeline import deploy_target, deploying, names, reviews
from pipeline.deploy_target import THIS_STAGE
from pipeline.names import arn, value
from pipeline.parameters import Group, Question, pattern, text
from pipeline.policies import allow, policy, trust_role
from pipeline.template import console_url, new_template, url_output
from pipeline.unrehearsed import NONE_FAILS, WITH_VERSION

PARTITIONS = ("aws", "aws-cn", "aws-us-gov", "aws-eusc")
DESCRIPTION = (
    "Lets one pipeline of another account of this partition deploy here: the role it assumes, the "
    "role CloudFormation makes the application with, and the bound of the roles that makes. "
    "Launch it once for each stage, in the stage's account."
)
PIPELINE_ROLE = "PipelineRoleArn"
ARTIFACTS = "ArtifactArns"
KEYS = "ArtifactKeyArns"
EVERY_REGION = "*"


def build() -> Template:
    """Return the two roles and the boundary of an account that is deployed to."""
    template = new_template(DESCRIPTION, PARTITIONS, _groups())
    deploying.prepare(template)
    reviews.prepare(template)
    bound = deploy_target.boundary(THIS_STAGE)
    deploy_role = deploy_target.cloud_formation_role(THIS_STAGE, _read_artifacts())
    role = _cross_account_role(deploy_role)
    for resource in (bound, deploy_role, role, reviews.role_in_target(THIS_STAGE)):
        template.add_resource(resource)
    for output in (*deploy_target.outputs(deploy_role, bound), *_outputs(role)):
        template.add_output(output)
    return template


def _groups() -> list[Group]:
    stage = (deploy_target.project_question(), deploy_target.stage_question("stage"))
    return [
        Group("Stage", stage),
        Group("Pipeline", (_pipeline_question(), reviews.reviewer_question())),
        Group("Artifacts", (_artifacts_question(), _keys_question())),
        Group("Deployment", deploy_target.permission_questions()),
    ]


def _pipeline_question() -> Question:
    return text(
        PIPELINE_ROLE,
        "Role of the pipeline",
        "ARN of the one role that may deploy here: output CodePipelineServiceRoleArn of the "
        "pipeline's service roles, for example "
        "arn:aws:iam::111122223333:role/lambda-app-CodePipelineServiceRole-1ABC. "
        "No default: whoever it names may deploy.",
        default=None,
        **pattern(
            "arn:[a-z-]+:iam::[0-9]{12}:role/[A-Za-z0-9+=,.@_/-]+",
            "The ARN of a role, of an account other than this one.",
        ),
    )


def _artifacts_question() -> Question:
    parameter = Parameter(
        ARTIFACTS,
        Type="CommaDelimitedList",
        Description="What may be read: output ArtifactArns of artifact-store.yaml, of each region "
        "that this account is deployed to, joined by commas, for example "
        "arn:aws:s3:::artifact-store-111122223333-us-east-1/*. No default: it is the pipeline's.",
        **pattern(
            r"arn:[a-z-]+:s3:::[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/\*",
            "ARNs of a bucket's objects, ending in /*, joined by commas.",
        ),
    )
    return Question("Artifacts", parameter)


def _keys_question() -> Question:
    parameter = Parameter(
        KEYS,
        Type="CommaDelimitedList",
        Description="The keys they are encrypted with: output KeyArn of the same stacks, joined by "
        "commas, for example "
        "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab. "
        "No default: they are the pipeline's.",
        **pattern(
            "arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+",
            "ARNs of KMS keys (not of aliases), joined by commas.",
        ),
    )
    return Question("Artifact keys", parameter)


def _read_artifacts() -> list[Statement]:
    read = [s3.GetObject, s3.GetObjectVersion]
    return [
        allow(
            "ReadArtifacts",
            read,
            Ref(ARTIFACTS),
            unrehearsed={WITH_VERSION: [s3.GetObjectVersion]},
        ),
        allow("DecryptArtifacts", [kms.Decrypt], Ref(KEYS)),
    ]


def _cross_account_role(deploy_role: Role) -> Role:
    stacks = [arn("cloudformation", f"stack/{names.project_stack(THIS_STAGE)}/*", EVERY_REGION)]
    deploy = [
        *(cloudformation.CreateChangeSet, cloudformation.DeleteChangeSet),
        *(cloudformation.DescribeChangeSet, cloudformation.DescribeStackEvents),
        *(cloudformation.DescribeStacks, cloudformation.ExecuteChangeSet),
    ]
    passed = StringEquals("iam:PassedToService", "cloudformation.amazonaws.com")
    statements = [
        allow(
            "DeployStack",
            deploy,
            stacks,
            unrehearsed={NONE_FAILS: [cloudformation.DescribeStackEvents]},
        ),
        allow("PassDeployRole", [iam.PassRole], [GetAtt(deploy_role, "Arn")], passed),
        *_read_artifacts(),
    ]
    return Role(
        "CrossAccountStageRole",
        RoleName=value(names.of_stage(THIS_STAGE, names.CROSS_ACCOUNT)),
        Description="The pipeline of another account assumes it to deploy one stack here.",
        AssumeRolePolicyDocument=trust_role("ThePipelineAssumesThisRole", Ref(PIPELINE_ROLE)),
        Policies=[policy("deploy", statements)],
    )


def _outputs(role: Role) -> list[Output]:
    stack = names.project_stack(THIS_STAGE)
    page = f"cloudformation/home?region=${{AWS::Region}}#/stacks?filteringText={stack}"
    return [
        Output(
            "CrossAccountStageRoleArn",
            Description="ARN of the role the pipeline assumes.",
            Value=GetAtt(role, "Arn"),
        ),
        url_output("StackUrl", "What is deployed here, in the console.", console_url(page)),
    ]
