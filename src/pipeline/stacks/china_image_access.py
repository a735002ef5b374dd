"""What an account in an isolated partition launches to have its images made and deployed there."""

from __future__ import annotations

from awacs import codebuild, s3
from awacs.aws import Statement
from troposphere import GetAtt, If, NoValue, Output, Ref, Sub, Template
from troposphere.codebuild import Project
from troposphere.iam import Role
from troposphere.s3 import Bucket

from pipeline import (
    deploy_target,
    deployer,
    deploying,
    names,
    package_bucket,
    packer_permissions,
    project_questions,
    projects,
)
from pipeline.deploy_permissions import manage_application
from pipeline.deploy_target import THIS_STAGE
from pipeline.names import DEPLOY_POLICY_ARNS, DEPLOY_POLICY_ARNS_GIVEN, IMAGE_PARAMETER
from pipeline.parameters import Group, log_retention
from pipeline.partitions import partition
from pipeline.policies import allow, policy, service_role
from pipeline.roles import keep_image, report_tests, write_logs
from pipeline.template import console_url, new_template, url_output
from pipeline.topology import Region

PARTITIONS = ("aws-cn", "aws-us-gov", "aws-eusc")
DESCRIPTION = (
    "Lets a multi-region pipeline of another partition deploy one stack here. Images do not cross "
    "partitions: the image is made anew here, of the same commit, which costs one more build and "
    "builder instance for each stage, and it is not the same bytes. This makes the project that "
    "builds it; a user whose access key the pipeline keeps, or a role it exchanges a token for; "
    "the role CloudFormation deploys with; and the bucket the source is sent to. Launch it once "
    "for each stage, in the stage's account, in the region that is deployed to, with the image "
    "parameter the pipeline has. The bucket outlives the stack."
)
HERE = Region("", "AWS::Region")
OWNER = f"${{{names.PROJECT}}}-{THIS_STAGE}"


def build() -> Template:
    """Return bucket, project, roles and whoever the pipeline deploys as."""
    template = new_template(DESCRIPTION, PARTITIONS, _groups())
    deploying.prepare(template)
    deployer.prepare(template)
    bucket = package_bucket.bucket(THIS_STAGE)
    build_role = _build_role(bucket)
    archive = Sub(f"${{{bucket.title}}}/{names.SOURCE_ARCHIVE}")
    logs, project = projects.project_of_archive(
        projects.image(), GetAtt(build_role, "Arn"), archive, OWNER
    )
    deploy_role = _deploy_role()
    may = [*deployer.deploy_stack(bucket, deploy_role), _have_image_made(project)]
    own = (bucket, package_bucket.bucket_policy(bucket), build_role, logs, project, deploy_role)
    for resource in (*own, *deployer.deployers(may)):
        template.add_resource(resource)
    for output in (*_outputs(project), *deployer.outputs(bucket)):
        template.add_output(output)
    return template


def _groups() -> list[Group]:
    stage = (deploy_target.project_question("web-app"), deploy_target.stage_question("live"))
    return [
        Group("Stage", stage),
        Group("Access", deployer.questions()),
        Group("Build of the image", project_questions.build_questions()),
        Group("Deployment", (deploying.policy_arns_question(),)),
        Group("Operation", (package_bucket.retention_question(), log_retention())),
    ]


def _build_role(bucket: Bucket) -> Role:
    """Return the role of the project, which runs Maven and Packer and so may read no key."""
    project = names.project(names.IMAGE, OWNER)
    archive = Sub(f"${{{bucket.title}.Arn}}/{names.SOURCE_ARCHIVE}")
    statements = [
        write_logs(names.project_logs(names.IMAGE, OWNER)),
        allow("LookAtBucket", [s3.GetBucketAcl, s3.GetBucketLocation], [GetAtt(bucket, "Arn")]),
        allow("ReadSource", [s3.GetObject, s3.GetObjectVersion], [archive]),
        report_tests(project),
        keep_image(HERE.text),
    ]
    images = packer_permissions.make_images(
        [partition(each) for each in PARTITIONS], names.THIS_STACK
    )
    return service_role(
        "CodeBuildServiceRole",
        "codebuild",
        "CodeBuild assumes it to build, test and make the image.",
        [policy(names.IMAGE, statements), policy("packer", images)],
    )


def _deploy_role() -> Role:
    made = manage_application([names.project_stack(THIS_STAGE)], [HERE], IMAGE_PARAMETER)
    return service_role(
        "CloudFormationServiceRole",
        "cloudformation",
        "CloudFormation assumes it to deploy the application stack.",
        [policy("deploy", made)],
        RoleName=names.value(names.of_stage(THIS_STAGE, names.CLOUD_FORMATION)),
        ManagedPolicyArns=If(DEPLOY_POLICY_ARNS_GIVEN, Ref(DEPLOY_POLICY_ARNS), NoValue),
    )


def _have_image_made(project: Project) -> Statement:
    calls = [codebuild.BatchGetBuilds, codebuild.StartBuild]
    return allow("HaveImageMade", calls, [GetAtt(project, "Arn")])


def _outputs(project: Project) -> list[Output]:
    page = f"codesuite/codebuild/projects/${{{project.title}}}/history?region=${{AWS::Region}}"
    return [
        Output("ImageProjectName", Description="Project of the image.", Value=Ref(project)),
        url_output("ImageBuildsUrl", "Its builds, in the console.", console_url(page)),
    ]
