"""Secrets, keys, data, partitions: beyond each rule's two cases, what is a fault and what not."""

from __future__ import annotations

from pathlib import Path

import pytest
from planting import planted

from review.judge import judge
from review.secret_names import is_secret_name, is_secret_value
from template_reader.file import decode_template

PRIVATE = "-----BEGIN RSA PRIVATE KEY-----\\n" + "MIIE" * 12


def rules(case: str) -> list[str]:
    """Return which rules find something in the good template with a case laid over it."""
    return [each.rule for each in judge(planted(case))]


def function(variable: str) -> str:
    return f"Function: {{Properties: {{Environment: {{Variables: {{{variable}}}}}}}}}"


def action(variables: str) -> str:
    """Return a case whose build is given variables by its action."""
    return f"""
        Pipeline:
          Properties:
            Stages:
            - Name: Build
              Actions: [{{Name: Build, Configuration: {{EnvironmentVariables: {variables}}}}}]
    """


@pytest.mark.parametrize(
    "name",
    [
        *("TOKEN", "GITHUB_TOKEN", "DB_PASSWORD", "dbPassword", "OAuthToken", "CLIENT_SECRET"),
        *("API_KEY", "ApiKey", "SecretKey", "AWS_SECRET_ACCESS_KEY", "PASSWORD_VALUE", "DB_PASSWD"),
    ],
)
def test_a_secret_is_called_so(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize(
    "name",
    [
        *("SECRET_ARN", "SecretName", "TOKEN_TABLE", "PASSWORD_PARAMETER", "KeyPair", "KmsKey"),
        *("AWS_ACCESS_KEY_ID", "MAX_TOKENS", "NextToken", "UsePassword", "SecretsManagerRole", ""),
        *("TokenExpiration", "PUBLIC_KEY", "Monkey"),
    ],
)
def test_what_is_called_otherwise_is_no_secret(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize(
    "value",
    [
        *("{{resolve:secretsmanager:db:SecretString:password}}", "/web-app/token", "true", "NO"),
        *("arn:aws:secretsmanager:eu-west-1:111122223333:secret:db", "", "#{Build.Token}"),
    ],
)
def test_what_says_where_a_secret_is_is_none(value: str) -> None:
    assert not is_secret_value(value)


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        pytest.param(function("TOKEN: abc123"), ["MR104"], id="literal"),
        pytest.param(function("TOKEN: 12345678"), ["MR104"], id="number"),
        pytest.param(function("TOKEN: !Ref DatabasePassword"), ["MR104"], id="parameter"),
        pytest.param(function("TOKEN: !Sub '${DatabasePassword}'"), ["MR104"], id="sub"),
        pytest.param(function("TOKEN: !If [A, abc, !Ref 'AWS::NoValue']"), ["MR104"], id="if"),
        pytest.param(function("TOKEN: !Ref Secret"), [], id="the name of a secret"),
        pytest.param(function("TOKEN: !Sub '${AWS::Region}-x'"), [], id="pseudo"),
        pytest.param(function("TOKEN: !ImportValue x"), [], id="import"),
        pytest.param(
            function("TOKEN: !Sub '{{resolve:ssm-secure:${DatabasePassword}}}'"), [], id="resolve"
        ),
        pytest.param(function("TOKEN: true"), [], id="flag"),
        pytest.param(
            """
            Task:
              Type: AWS::ECS::TaskDefinition
              Properties:
                ContainerDefinitions: [{Name: a, Environment: [{Name: API_KEY, Value: abc}]}]
            """,
            ["MR104"],
            id="container",
        ),
        pytest.param(action('\'[{"name": "TOKEN", "value": "abc"}]\''), ["MR104"], id="action"),
        pytest.param(
            action('!Sub \'[{"name": "TOKEN", "value": "abc"}]\''), ["MR104"], id="action sub"
        ),
        pytest.param(
            action('\'[{"name": "TOKEN", "value": "#{Source.Token}"}]\''), [], id="variable"
        ),
        pytest.param(action('\'[{"name": "STAGE", "value": "dev"}]\''), [], id="no secret"),
        pytest.param(
            """
            Project:
              Properties:
                Environment:
                  EnvironmentVariables:
                  - {Name: TOKEN, Value: a/b, Type: PARAMETER_STORE}
                  - {Name: SECRET, Value: abc, Type: !Ref Unknown}
            """,
            [],
            id="named",
        ),
    ],
)
def test_secrets_in_environment_variables(case: str, expected: list[str]) -> None:
    assert rules(case) == expected


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [
        ("Token: {Type: String}", ["MR105"]),
        ("Token: {Type: String, Default: changeme}", ["MR105"]),
        ("Token: {Type: String, NoEcho: true}", []),
        ("Token: {Type: String, Default: /app/token}", []),
        ("Token: {Type: 'AWS::SSM::Parameter::Value<String>'}", []),
        ("UseToken: {Type: String, AllowedValues: ['yes', 'no']}", []),
        ("Token: 5", []),
    ],
)
def test_parameters_that_are_secrets(parameter: str, expected: list[str]) -> None:
    assert rules(f"Parameters: {{{parameter}}}") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("AKIA2222333344445555", ["MR106"]),
        ("id=AKIA2222333344445555;", ["MR106"]),
        ("AKIAIOSFODNN7EXAMPLE", []),
        ("XAKIA2222333344445555", []),
        (PRIVATE, ["MR106"]),
        ("-----BEGIN PUBLIC KEY-----\\n" + "MIIE" * 12, []),
        ("starts with -----BEGIN PRIVATE KEY-----", []),
    ],
)
def test_keys_wherever_they_stand(text: str, expected: list[str]) -> None:
    assert rules(f'Metadata: {{Note: "{text}"}}') == expected
    assert rules(f'Function: {{Properties: {{Code: {{ZipFile: "{text}"}}}}}}') == expected


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ("Type: AWS::S3::Bucket", ["MR102"]),
        ("Type: AWS::S3::Bucket, DeletionPolicy: Retain", ["MR102"]),
        ("Type: AWS::S3::Bucket, DeletionPolicy: Retain, UpdateReplacePolicy: Retain", []),
        ("Type: AWS::DynamoDB::Table, Properties: null", ["MR102"]),
        ("Type: AWS::RDS::DBInstance", ["MR102"]),
        ("Type: AWS::RDS::DBInstance, Properties: {DBClusterIdentifier: !Ref C}", []),
        ("Type: AWS::CloudFormation::Stack", []),
        ("Type: Custom::Thing", []),
        ("Type: [AWS::S3::Bucket]", []),
    ],
)
def test_what_becomes_of_data(resource: str, expected: list[str]) -> None:
    assert rules(f"Added: {{{resource}}}") == expected


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        ("30", []),
        ("!Ref Days", []),
        ("!If [A, 30, !Ref 'AWS::NoValue']", []),
        ("!Ref AWS::NoValue", ["MR101"]),
        ("!If [A, !Ref 'AWS::NoValue', !Ref 'AWS::NoValue']", ["MR101"]),
    ],
)
def test_for_how_long_logs_are_kept(days: str, expected: list[str]) -> None:
    assert rules(f"Logs: {{Properties: {{RetentionInDays: {days}}}}}") == expected


@pytest.mark.parametrize(
    ("stores", "expected"),
    [
        ("ArtifactStores: null, ArtifactStore: {Type: S3, Location: a}", ["MR107"]),
        ("ArtifactStores: null, ArtifactStore: !If [A, {Location: a}, {Location: b}]", ["MR107"]),
        (
            "ArtifactStores: null, ArtifactStore: "
            "!If [A, {Location: a, EncryptionKey: {Id: b}}, {Location: b}]",
            [],
        ),
        (
            "ArtifactStores: null, ArtifactStore: "
            "{Location: a, EncryptionKey: !If [A, {Id: b}, !Ref 'AWS::NoValue']}",
            [],
        ),
        (
            "ArtifactStores: null, ArtifactStore: {Location: a, EncryptionKey: !Ref AWS::NoValue}",
            ["MR107"],
        ),
        ("ArtifactStores: !Ref Unknown", []),
    ],
)
def test_artifact_stores_without_a_key(stores: str, expected: list[str]) -> None:
    found = rules(f"Pipeline: {{Properties: {{{stores}}}}}")
    assert [each for each in found if each == "MR107"] == expected


@pytest.mark.parametrize("value", ["'true'", "True"])
def test_privileged_however_it_is_written(value: str) -> None:
    case = f"Project: {{Properties: {{Environment: {{PrivilegedMode: {value}}}}}}}"
    assert rules(case) == ["MR103"]


@pytest.mark.parametrize("value", ["!Ref Unknown", "!If [A, true, false]", "no", "[true]"])
def test_privileged_if_somebody_says_so(value: str) -> None:
    assert rules(f"Project: {{Properties: {{Environment: {{PrivilegedMode: {value}}}}}}}") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("arn:aws:s3:::bucket", ["MR108"]),
        ("arn:aws-cn:s3:::bucket", ["MR108"]),
        ("!Sub 'arn:aws:iam::${AWS::AccountId}:role/a'", ["MR108"]),
        ("arn:aws:iam::aws:policy/ReadOnlyAccess", ["MR108"]),
        ("!Join [':', [arn, aws, sns, !Ref 'AWS::Region', !Ref 'AWS::AccountId', a]]", ["MR108"]),
        ("!Join ['', ['arn:aws:s3:::', !Ref BucketName]]", ["MR108"]),
        ("!If [A, 'arn:aws:s3:::a', b]", ["MR108"]),
        ('\'{"Resource": "arn:aws:states:::lambda:invoke"}\'', ["MR108"]),
        ("!Sub 'arn:${AWS::Partition}:s3:::bucket'", []),
        ("arn:aws:iam::111122223333:role/theirs", []),
        ("arn:aws:kms:eu-west-1:111122223333:key/theirs", []),
        ("arn:*:s3:::bucket", []),
        ("learn:aws:s3", []),
        ("https://s3.amazonaws.com/bucket/key", ["MR109"]),
        ("!Sub '${BucketName}.s3.amazonaws.com'", ["MR109"]),
        ("!Sub '${Api}.execute-api.${AWS::Region}.amazonaws.com'", ["MR109"]),
        ("!Join ['', ['https://', !Ref BucketName, '.s3.amazonaws.com.cn/']]", ["MR109"]),
        ("!Sub 'https://${AWS::Region}.console.aws.amazon.com/s3'", ["MR109"]),
        ("https://bucket.s3.eu-west-1.amazonaws.com/key", []),
        ("!Sub 'https://s3.${AWS::URLSuffix}/bucket'", []),
        ("https://docs.aws.amazon.com/codepipeline", []),
        ("lambda.amazonaws.com", []),
    ],
)
def test_partitions_written_down(text: str, expected: list[str]) -> None:
    assert rules(function(f"WHERE: {text}")) == expected
    assert rules(f"Outputs: {{Where: {{Description: d, Value: {text}}}}}") == expected


@pytest.mark.parametrize(
    "case",
    [
        pytest.param("Parameters: {P: {Type: String, Default: 'arn:aws:s3:::a'}}", id="default"),
        pytest.param("Mappings: {M: {aws: {Arn: 'arn:aws:s3:::a'}}}", id="mapping"),
        pytest.param("Metadata: {Note: 'https://s3.amazonaws.com/a'}", id="metadata"),
        pytest.param("Outputs: {O: {Description: 'arn:aws:s3:::a', Value: b}}", id="description"),
        pytest.param("Function: {Properties: {Code: {ZipFile: 'arn:aws:s3:::a'}}}", id="code"),
        pytest.param("Function: {Metadata: {Note: 'arn:aws:s3:::a'}}", id="of a resource"),
        pytest.param(function('SCRIPT: "a\\nb arn:aws:s3:::a"'), id="script"),
        pytest.param(
            "Permission: {Properties: {Principal: logging.s3.amazonaws.com}}", id="service"
        ),
    ],
)
def test_partitions_may_be_written_down_there(case: str) -> None:
    assert rules(case) == []


def test_a_template_for_one_partition_may_name_it() -> None:
    case = """
        Metadata: {Meridian: {Partitions: [aws-cn]}}
        Resources: {Function: {Properties: {Environment: {Variables: {A: 'arn:aws-cn:s3:::a'}}}}}
    """
    assert rules(case) == []
    assert rules(case.replace("[aws-cn]", "[aws-cn, aws]")) == ["MR108"]


@pytest.mark.parametrize(
    ("case", "message"),
    [
        (function("TOKEN: abc"), "Function: 'TOKEN' is in plain text"),
        ("Parameters: {Token: {Type: String}}", "Token is a secret and is shown"),
        (
            function("WHERE: 'https://s3.amazonaws.com/a'"),
            "Function: the suffix of a partition is written down: '://s3.amazonaws.com'",
        ),
        (
            function("WHERE: 'arn:aws:s3:::a'"),
            "Function: the partition is written down: 'arn:aws:s3'",
        ),
        (
            "Queue: {DeletionPolicy: null, UpdateReplacePolicy: null}",
            "Queue: keeps data and has no DeletionPolicy and no UpdateReplacePolicy",
        ),
    ],
)
def test_a_finding_says_what_is_wrong(case: str, message: str) -> None:
    assert [each.message for each in judge(planted(case))] == [message]


def test_a_finding_names_its_line_and_its_resource() -> None:
    text = "Resources:\n  Bucket:\n    Type: AWS::S3::Bucket\n"
    (finding,) = judge(decode_template(Path("a.yaml"), text.encode()))
    assert str(finding).startswith("a.yaml:2: MR102 Bucket: keeps data and has no DeletionPolicy")
    assert (finding.resource, finding.level) == ("Bucket", "error")
