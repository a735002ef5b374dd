"""What an account in China, or in any other isolated partition, launches to be deployed to."""

from __future__ import annotations

from awacs import s3
from troposphere import Template

from pipeline import deploy_target, deployer, deploying, package_bucket
from pipeline.deploy_target import THIS_STAGE
from pipeline.parameters import Group
from pipeline.policies import allow
from pipeline.template import new_template
from pipeline.unrehearsed import WITH_VERSION

PARTITIONS = ("aws-cn", "aws-us-gov", "aws-eusc")
DESCRIPTION = (
    "Lets a pipeline of another partition deploy one stack here: a user whose access key the "
    "pipeline keeps, or a role it exchanges a token for; the role CloudFormation makes the "
    "application with; and the bucket it is packaged into. Launch it once for each stage, in the "
    "stage's account, in the region that is deployed to. The bucket outlives the stack."
)


def build() -> Template:
    """Return bucket, roles and whoever the pipeline deploys as."""
    template = new_template(DESCRIPTION, PARTITIONS, _groups())
    deploying.prepare(template)
    deployer.prepare(template)
    bucket = package_bucket.bucket(THIS_STAGE)
    bound = deploy_target.boundary(THIS_STAGE)
    fetch = [s3.GetObject, s3.GetObjectVersion]
    code = allow(
        "FetchCode",
        fetch,
        [deployer.packages(bucket)],
        unrehearsed={WITH_VERSION: [s3.GetObjectVersion]},
    )
    deploy_role = deploy_target.cloud_formation_role(THIS_STAGE, [code])
    deployers = deployer.deployers(deployer.deploy_stack(bucket, deploy_role))
    everything = (bucket, package_bucket.bucket_policy(bucket), bound, deploy_role, *deployers)
    for resource in everything:
        template.add_resource(resource)
    for output in (*deploy_target.outputs(deploy_role, bound), *deployer.outputs(bucket)):
        template.add_output(output)
    return template


def _groups() -> list[Group]:
    stage = (deploy_target.project_question(), deploy_target.stage_question("dev"))
    return [
        Group("Stage", stage),
        Group("Access", deployer.questions()),
        Group("Deployment", deploy_target.permission_questions()),
        Group("Packages", (package_bucket.retention_question(),)),
    ]
