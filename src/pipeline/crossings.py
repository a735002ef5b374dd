"""How a pipeline deploys where no role of its partition reaches: by a build that may get in there.

Each stage has a project of its own for each other partition, with a role of its own, so that what
opens one stage's account is never in reach of another's. The project runs the inlined buildspec on
what Build has made, and nothing of the repository.
"""

from __future__ import annotations

from awacs import kms, ssm
from awacs.aws import Statement, StringEquals
from troposphere import If, NoValue, Ref, Sub, Template
from troposphere.iam import Role

from pipeline import names, stores
from pipeline.deploying import CAPABILITIES
from pipeline.names import arn, value
from pipeline.parameters import Question, given, pattern, stored, text
from pipeline.policies import allow, policy, service_role
from pipeline.projects import Value, Work
from pipeline.roles import write_logs
from pipeline.topology import Access, Crossing, Topology
from pipeline.unrehearsed import RESOURCES
from pipeline.web_identity import ask_for_token

PARAMETER_KEY = "ParameterKeyArn"
PARAMETER_KEY_GIVEN = "ParameterKeyArnGiven"
MINUTES = 60
# What Build hands on: the application's code as built, with its templates.
BUNDLE = "Bundle"


def part(crossing: Crossing) -> str:
    """Return what the project of a crossing is called after the stack's name."""
    return f"deploy-{_word(crossing)}-{crossing.stage.name.lower()}"


def _word(crossing: Crossing) -> str:
    return crossing.partition.area.lower()


def title(crossing: Crossing, what: str) -> str:
    """Return the logical id of something of a crossing: ChinaDevCodeBuildRole."""
    return f"{crossing.partition.area}{crossing.stage.name}{what}"


def stored_name(crossing: Crossing, thing: str) -> str:
    """Return the name in Parameter Store of something of a crossing: /China/Dev/AccountId."""
    return names.stored(crossing.partition, crossing.stage.name, thing)


def template_file(crossing: Crossing) -> str:
    """Return the application's template for a partition, as the seed calls it."""
    return f"cloudformation_template_{_word(crossing)}.yaml"


def questions(topology: Topology) -> tuple[Question, ...]:
    """Return where a launch template finds the role and the account of each crossing."""
    return tuple(
        stored(
            title(crossing, thing),
            f"{label} of {crossing.stage.name} in {crossing.partition.area}",
            what.format(f"{crossing.stage.name} in {crossing.partition.name}"),
            stored_name(crossing, thing),
        )
        for crossing in topology.crossings
        for thing, label, what in (
            (names.CODE_BUILD_ROLE, "Build role", "the ARN of the role of the build for {}"),
            (names.ACCOUNT_ID, "Account", "the id of the account of {}"),
        )
    )


def key_question() -> Question:
    """Return the question which key encrypts the access keys in Parameter Store."""
    return text(
        PARAMETER_KEY,
        "Key of the access keys",
        "ARN of the KMS key that encrypts the access keys in Parameter Store, for example "
        "arn:aws:kms:us-east-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab. Empty: the "
        "AWS managed key of Parameter Store, which needs no grant.",
        default="",
        **pattern(
            "|arn:[a-z-]+:kms:[a-z0-9-]+:[0-9]{12}:key/[A-Za-z0-9-]+",
            "The ARN of a KMS key (not of an alias), or nothing.",
        ),
    )


def prepare(template: Template, topology: Topology) -> None:
    """Add the condition that the access keys have a key of the account's own."""
    if topology.access is Access.ACCESS_KEYS and topology.crossings:
        template.add_condition(PARAMETER_KEY_GIVEN, given(PARAMETER_KEY))


def work(topology: Topology, crossing: Crossing) -> Work:
    """Return the project that deploys a stage into another partition."""
    stage = crossing.stage.name.lower()
    given_ = f"{names.PROJECT}=${{{names.PROJECT}}} {names.STAGE}={stage}"
    variables: dict[str, Value] = {
        "ACCESS": topology.access.value,
        "PROFILE": _word(crossing),
        "TARGET_REGION": value(crossing.region.text),
        "TARGET_ACCOUNT": Ref(title(crossing, names.ACCOUNT_ID)),
        "STACK_NAME": value(names.project_stack(stage)),
        "TEMPLATE": template_file(crossing),
        "CLOUDFORMATION_ROLE": value(names.of_stage(stage, names.CLOUD_FORMATION)),
        "CAPABILITIES": Ref(CAPABILITIES),
        "PARAMETER_OVERRIDES": value(given_),
        "S3_BUCKET_SSM": stored_name(crossing, names.DEPLOYMENT_BUCKET),
    }
    return Work(
        title=title(crossing, "DeployProject"),
        part=part(crossing),
        buildspec="deploy-china",
        description=f"Deploys {crossing.stage.name} into {crossing.partition.name}.",
        variables=variables | _access(topology, crossing),
        minutes=MINUTES,
    )


def _access(topology: Topology, crossing: Crossing) -> dict[str, Value]:
    if topology.access is Access.ACCESS_KEYS:
        return {
            "USER_ACCESS_KEY_SSM": stored_name(crossing, names.ACCESS_KEY),
            "USER_SECRET_KEY_SSM": stored_name(crossing, names.SECRET_KEY),
        }
    role = names.of_stage(crossing.stage.name.lower(), names.DEPLOYER)
    return {
        "WEB_IDENTITY_ROLE": value(role),
        "TARGET_PARTITION": crossing.partition.name,
        "AUDIENCE": value(names.audience(crossing.stage.name.lower())),
    }


def role(topology: Topology, crossing: Crossing, stack: str) -> Role:
    """Return the role of that project; the one that may get in there, and into nothing else."""
    home = stores.artifact_store(topology, topology.home)
    own = [write_logs(names.project_logs(part(crossing), stack)), stores.read_artifacts(home)]
    keys = [_decrypt_keys()] if topology.access is Access.ACCESS_KEYS else []
    named = f"{names.of_stage(crossing.stage.name.lower(), _word(crossing))}-{names.DEPLOYER}"
    return service_role(
        title(crossing, "CodeBuildServiceRole"),
        "codebuild",
        f"CodeBuild assumes it to deploy {crossing.stage.name} into {crossing.partition.name}.",
        [
            policy("deploy", [*own, *_get_in(topology, crossing)]),
            stores.read_key(home),
            *keys,
        ],
        # A token bears its name, and the account it opens trusts the name alone.
        RoleName=value(named),
    )


def _get_in(topology: Topology, crossing: Crossing) -> list[Statement]:
    bucket = _parameter(crossing, names.DEPLOYMENT_BUCKET)
    if topology.access is Access.WEB_IDENTITY:
        token = ask_for_token(value(names.audience(crossing.stage.name.lower())))
        return [allow("ReadParameters", [ssm.GetParameter], [bucket]), token]
    key = names.stored_arns(stored_name(crossing, names.ACCESS_KEY))
    secret = names.stored_arns(stored_name(crossing, names.SECRET_KEY))
    return [
        allow(
            "ReadParameters",
            [ssm.GetParameter],
            [bucket, *key, *secret],
            unrehearsed={names.BOTH_FORMS: [RESOURCES]},
        ),
        allow("FindSecretOfKey", [ssm.GetParameterHistory], secret[:1]),
    ]


def _parameter(crossing: Crossing, thing: str) -> Sub:
    return arn("ssm", f"parameter{stored_name(crossing, thing)}")


def _decrypt_keys() -> If:
    through = StringEquals("kms:ViaService", Sub("ssm.${AWS::Region}.${AWS::URLSuffix}"))
    decrypt = allow("DecryptAccessKeys", [kms.Decrypt], [Ref(PARAMETER_KEY)], through)
    return If(PARAMETER_KEY_GIVEN, policy("decrypt-access-keys", [decrypt]), NoValue)


def stored_values(crossing: Crossing) -> dict[str, tuple[str, Value]]:
    """Return what is written to Parameter Store for a crossing: description and value by thing."""
    where = f"{crossing.stage.name} in {crossing.partition.name}"
    place = f"{crossing.account.text}-{crossing.region.text}"
    bucket = names.of_stage(crossing.stage.name.lower(), place)
    return {
        names.ACCOUNT_ID: (f"Account of {where}.", value(crossing.account.text)),
        names.DEPLOYMENT_BUCKET: (f"Bucket of packages of {where}.", value(bucket)),
    }
