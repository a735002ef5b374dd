"""Who is allowed what: beyond each rule's own two cases, how else the fault is written, and not."""

from __future__ import annotations

import pytest
from planting import planted

from review.judge import judge

ISSUER = "token.actions.githubusercontent.com"
GITHUB = f"arn:x:iam::111122223333:oidc-provider/{ISSUER}"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


def found(rule: str, case: str) -> list[str]:
    """Return what a rule finds in the good template with a case laid over it."""
    return [each.message for each in judge(planted(case)) if each.rule == rule]


def attached(policy: str) -> str:
    return f"Role: {{Properties: {{ManagedPolicyArns: {policy}}}}}"


@pytest.mark.parametrize(
    "policy",
    [
        pytest.param(f"[{ADMINISTRATOR}]", id="literal"),
        pytest.param("['arn:aws-cn:iam::aws:policy/AdministratorAccess']", id="china"),
        pytest.param(
            "[!Sub 'arn:${AWS::Partition}:iam::aws:policy/AdministratorAccess']", id="sub"
        ),
        pytest.param(
            "[!Sub ['arn:${P}:iam::aws:policy/${Name}', {P: x, Name: AdministratorAccess}]]",
            id="sub with variables",
        ),
        pytest.param(
            "[!Join [':', [arn, !Ref 'AWS::Partition', iam, '', aws, policy/AdministratorAccess]]]",
            id="join",
        ),
        pytest.param(
            "[!Join ['/', [!Sub 'arn:${AWS::Partition}:iam::aws:policy', AdministratorAccess]]]",
            id="sub in join",
        ),
        pytest.param(f"!If [Wanted, [{ADMINISTRATOR}], !Ref 'AWS::NoValue']", id="if"),
        pytest.param(f"!Split [',', 'x,{ADMINISTRATOR}']", id="split"),
    ],
)
def test_administrator_access_however_it_is_spelled(policy: str) -> None:
    assert found("MI101", attached(policy)) == ["Role: is given AdministratorAccess"]


@pytest.mark.parametrize(
    ("type_", "default", "use"),
    [
        pytest.param("String", ADMINISTRATOR, "[!Ref Policy]", id="whole"),
        pytest.param("CommaDelimitedList", f"x, {ADMINISTRATOR}", "!Ref Policy", id="list"),
        pytest.param(
            "String",
            "AdministratorAccess",
            "[!Sub 'arn:${AWS::Partition}:iam::aws:policy/${Policy}']",
            id="name",
        ),
        pytest.param("String", ADMINISTRATOR, "!Split [',', !Ref Policy]", id="split"),
    ],
)
def test_administrator_access_in_a_default(type_: str, default: str, use: str) -> None:
    case = f"""
        Parameters: {{Policy: {{Type: {type_}, Default: '{default}'}}}}
        Resources: {{{attached(use)}}}
    """
    assert found("MI101", case) == ["Role: is given AdministratorAccess"]


def test_administrator_access_in_a_mapping() -> None:
    case = f"""
        Mappings: {{Policies: {{Admin: {{Arn: '{ADMINISTRATOR}'}}}}}}
        Resources: {{{attached("[!FindInMap [Policies, Admin, Arn]]")}}}
    """
    assert found("MI101", case)


def test_a_text_with_commas_is_no_list() -> None:
    case = f"""
        Parameters: {{Policy: {{Type: String, Default: 'x,{ADMINISTRATOR},y'}}}}
        Resources: {{{attached("[!Ref Policy]")}}}
    """
    assert found("MI101", case) == []


@pytest.mark.parametrize(
    "policy",
    [
        "['arn:aws:iam::aws:policy/AdministratorAccess-Amplify']",
        "['arn:aws:iam::aws:policy/ReadOnlyAccess']",
        "[!Sub 'arn:${AWS::Partition}:iam::${AWS::AccountId}:policy/AdministratorAccess']",
        "[!Ref Unknown]",
        "!Ref Unknown",
        "5",
    ],
)
def test_other_policies_are_no_administrator_access(policy: str) -> None:
    assert found("MI101", attached(policy)) == []


def test_a_function_of_sam_names_policies_without_their_arn() -> None:
    case = """
        Added:
          Type: AWS::Serverless::Function
          Properties: {Policies: [AdministratorAccess, {SQSPollerPolicy: {QueueName: a}}]}
    """
    assert found("MI101", case) == ["Added: is given AdministratorAccess"]


def test_a_boundary_gives_nothing() -> None:
    case = f"Role: {{Properties: {{PermissionsBoundary: '{ADMINISTRATOR}'}}}}"
    assert found("MI101", case) == []


def allowing(statement: str) -> str:
    """Return a case whose role is allowed one more thing."""
    return f"""
        Role:
          Properties:
            Policies:
            - PolicyName: work
              PolicyDocument: {{Statement: [{{Sid: More, Effect: Allow, {statement}}}]}}
    """


@pytest.mark.parametrize(
    ("rule", "statement"),
    [
        ("MI103", "Action: '*', Resource: '*'"),
        ("MI103", "Action: ['s3:GetObject', '*'], Resource: ['*']"),
        ("MI103", "Action: '*:*', Resource: 'arn:*:*:*:*:*'"),
        ("MI103", "Action: '*', Resource: !Sub 'arn:${AWS::Partition}:*:*:*:*'"),
        ("MI103", "Action: '*', Resource: [!GetAtt Queue.Arn, '*']"),
        ("MI103", "Action: '*', NotResource: 'arn:x:s3:::mine'"),
        ("MI103", "NotAction: 's3:*', Resource: '*'"),
        ("MI103", "Action: !If [X, '*', 's3:*'], Resource: '*'"),
        ("MI103", "Action: '*', Resource: '*', Condition: {Bool: {'aws:SecureTransport': true}}"),
        ("MI103", "Action: ['iam:PassRole', '*'], Resource: '*'"),
        ("MI102", "Action: 'iam:*', Resource: '*'"),
        ("MI106", "Action: 'iam:PassRole', Resource: [!GetAtt DeployRole.Arn, '*']"),
        ("MI102", "Action: ['iam:*', 's3:*'], Resource: '*'"),
        ("MI106", "Action: 'iam:PassRole', Resource: '*'"),
        ("MI106", "Action: 'iam:Pass*', Resource: '*'"),
        ("MI106", "Action: 'IAM:passrole', Resource: 'arn:x:iam::*:role/*'"),
        ("MI106", "Action: 'iam:PassRole', NotResource: 'arn:x:iam::1:role/a'"),
        (
            "MI106",
            "Action: 'iam:PassRole', Resource: '*', "
            "Condition: {StringEquals: {'iam:PassedToService': ecs.amazonaws.com}}",
        ),
        ("MI107", "Action: 'iam:PassRole', Resource: !GetAtt DeployRole.Arn"),
        (
            "MI107",
            "Action: 'iam:PassRole', Resource: !GetAtt DeployRole.Arn, "
            "Condition: {StringLikeIfExists: {'iam:PassedToService': ecs.amazonaws.com}}",
        ),
        (
            "MI107",
            "Action: 'iam:PassRole', Resource: !GetAtt DeployRole.Arn, "
            "Condition: {StringLike: {'iam:PassedToService': '*'}}",
        ),
    ],
)
def test_what_is_allowed_is_found_by_one_rule(rule: str, statement: str) -> None:
    assert [each.rule for each in judge(planted(allowing(statement)))] == [rule]


@pytest.mark.parametrize(
    "statement",
    [
        "Action: 's3:*', Resource: '*'",
        "Action: '*', Resource: !GetAtt Queue.Arn",
        "Action: !Ref Unknown, Resource: '*'",
        "Action: '*', Resource: !Ref Unknown",
        "Action: '*', Resource: '*', Condition: {StringEquals: {'aws:ResourceTag/a': b}}",
        "NotAction: ['iam:*', 'organizations:*'], Resource: '*'",
        "NotAction: !Ref Unknown, Resource: '*'",
        "Action: 'iam:Get*', Resource: '*'",
        "Action: 'iam:CreateAccessKey', Resource: '*'",
        "Action: ['iam:*', !Ref Unknown], Resource: !GetAtt DeployRole.Arn",
        "Action: 'iam:PassRole', Resource: !GetAtt DeployRole.Arn, Condition: !Ref Unknown",
        "Action: 'iam:PassRole', Resource: !GetAtt DeployRole.Arn, "
        "Condition: {StringLike: {'IAM:PassedToService': 'ecs*.amazonaws.com'}}",
    ],
)
def test_what_is_allowed_is_no_fault(statement: str) -> None:
    assert judge(planted(allowing(statement))) == []


@pytest.mark.parametrize("effect", ["Deny", "!Ref Unknown"])
def test_what_is_not_allowed_is_no_fault(effect: str) -> None:
    case = allowing("Action: '*', Resource: '*'").replace("Allow", effect)
    assert judge(planted(case)) == []


EVERYTHING = "{Statement: {Sid: Most, Effect: Allow, Action: '*', Resource: '*'}}"


@pytest.mark.parametrize(
    ("policy", "role", "rules"),
    [
        pytest.param("", "PermissionsBoundary: !Ref Policy", [], id="boundary"),
        pytest.param("", "ManagedPolicyArns: [!Ref Policy]", ["MI103"], id="attached"),
        pytest.param(
            ", Roles: [!Ref Role]", "PermissionsBoundary: !Ref Policy", ["MI103"], id="both"
        ),
        pytest.param("", "Path: /", ["MI103"], id="for whoever attaches it"),
    ],
)
def test_a_boundary_may_allow_everything(policy: str, role: str, rules: list[str]) -> None:
    case = f"""
        Policy:
          Type: AWS::IAM::ManagedPolicy
          Properties: {{PolicyDocument: {EVERYTHING}{policy}}}
        Role: {{Properties: {{{role}}}}}
    """
    assert [each.rule for each in judge(planted(case))] == rules


def test_a_policy_that_is_a_text_is_read() -> None:
    policy = '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'
    case = f"""
        Policy:
          Type: AWS::IAM::ManagedPolicy
          Properties: {{PolicyDocument: !Sub ['{policy}', {{Name: x}}]}}
    """
    (finding,) = judge(planted(case))
    assert (
        finding.message == "Policy: PolicyDocument: statement 1 allows every action on everything"
    )


@pytest.mark.parametrize(
    ("who", "condition", "rules"),
    [
        ("{Service: lambda.amazonaws.com}", "null", ["MI104"]),
        ("{Service: [lambda.amazonaws.com, ec2.amazonaws.com]}", "{}", ["MI104"]),
        ("{Service: lambda.amazonaws.com}", "{StringEquals: {'aws:sourceaccount': '1'}}", []),
        ("{Service: lambda.amazonaws.com}", "{ArnLike: {'aws:SourceArn': '*'}}", ["MI104"]),
        (
            "{Service: lambda.amazonaws.com}",
            "{StringNotEquals: {'aws:SourceAccount': '1'}}",
            ["MI104"],
        ),
        ("{Service: lambda.amazonaws.com}", "{StringEquals: {'aws:SourceOrgID': o-1}}", []),
        (
            "{Service: lambda.amazonaws.com}",
            "!If [A, {StringEquals: {'aws:SourceArn': x}}, {}]",
            [],
        ),
        ("{Service: ec2.amazonaws.com}", "{}", []),
        ("{Service: ec2.amazonaws.com.cn}", "{}", []),
        ("{Service: !Ref Unknown}", "{}", []),
        ("{Service: !Sub '${Unknown}.amazonaws.com'}", "{}", []),
        ("{Service: codebuild.amazonaws.com.cn}", "{ArnLike: {'aws:SourceArn': a}}", ["MI110"]),
        ("{AWS: '*'}", "{}", ["MI105"]),
        ("'*'", "{}", ["MI105"]),
        ("{AWS: [!Ref Unknown, '*']}", "{}", ["MI105"]),
        ("{AWS: '*'}", "{StringEquals: {'aws:PrincipalOrgID': o-1}}", []),
        ("{AWS: '*'}", "{StringEqualsIfExists: {'aws:PrincipalOrgID': o-1}}", ["MI105"]),
        ("{AWS: '*'}", "{StringLike: {'aws:PrincipalArn': 'arn:x:iam::1:role/*'}}", []),
        ("{AWS: !If [Unknown, '*', x]}", "{}", []),
        ("{Federated: cognito-identity.amazonaws.com}", "{}", []),
        (f"{{Federated: '{GITHUB}'}}", "{}", ["MI111"]),
        (f"{{Federated: '{GITHUB}'}}", f"{{StringLike: {{'{ISSUER}:sub': '*'}}}}", ["MI111"]),
        (f"{{Federated: '{GITHUB}'}}", f"{{StringLike: {{'{ISSUER}:sub': 'repo:a/*'}}}}", []),
        (f"{{Federated: '{GITHUB}'}}", f"{{StringEquals: {{'{ISSUER}:repository': a/b}}}}", []),
        (
            "{Federated: 'arn:x:iam::1:oidc-provider/oidc.eks.eu-west-1.amazonaws.com/id/1'}",
            "{}",
            [],
        ),
        ("!Ref Unknown", "{}", []),
    ],
)
def test_whom_a_role_trusts(who: str, condition: str, rules: list[str]) -> None:
    case = f"""
        Role:
          Properties:
            AssumeRolePolicyDocument:
              Statement:
              - {{Sid: Other, Effect: Allow, Action: 'sts:AssumeRole', Principal: {who},
                 Condition: {condition}}}
    """
    assert [each.rule for each in judge(planted(case))] == rules


@pytest.mark.parametrize(
    ("default", "rules"), [("yes", ["MI105"]), ("no", []), ("", [])], ids=["yes", "no", "none"]
)
def test_anybody_if_a_parameter_says_so(default: str, rules: list[str]) -> None:
    asked = f"Type: String, Default: '{default}'" if default else "Type: String"
    case = f"""
        Parameters: {{Public: {{{asked}}}}}
        Conditions:
          IsPublic: !Not [!Equals [!Ref Public, 'no']]
          Everybody: !And [Condition: IsPublic, !Or [!Equals [a, b], !Equals [a, a]]]
        Resources:
          QueuePolicy:
            Properties:
              PolicyDocument:
                Statement:
                - !If
                  - Everybody
                  - {{Sid: All, Effect: Allow, Principal: '*', Action: a, Resource: b}}
                  - !Ref AWS::NoValue
    """
    assert [each.rule for each in judge(planted(case))] == rules


@pytest.mark.parametrize(("default", "rules"), [("no", ["MI105"]), ("yes", [])])
def test_anybody_unless_a_parameter_says_so(default: str, rules: list[str]) -> None:
    case = f"""
        Parameters: {{Closed: {{Type: String, Default: '{default}'}}}}
        Conditions: {{IsClosed: !Equals [!Ref Closed, 'yes']}}
        Resources:
          QueuePolicy:
            Properties:
              PolicyDocument:
                Statement:
                - Sid: TopicSends
                  Principal: !If [IsClosed, {{Service: sns.amazonaws.com}}, '*']
                  Condition: null
    """
    assert [each.rule for each in judge(planted(case)) if each.rule != "MI108"] == rules


@pytest.mark.parametrize(
    ("permission", "rules"),
    [
        ("Principal: '*', SourceArn: null", ["MI105"]),
        ("Principal: '*', SourceArn: null, FunctionUrlAuthType: NONE", []),
        ("Principal: '*', SourceArn: null, PrincipalOrgID: o-1", []),
        ("Principal: events.amazonaws.com, SourceArn: null", ["MI109"]),
        ("Principal: '123456789012', SourceArn: null", []),
        ("Principal: !Ref Unknown, SourceArn: null", []),
    ],
)
def test_who_may_call_a_function(permission: str, rules: list[str]) -> None:
    case = f"Permission: {{Properties: {{{permission}}}}}"
    assert [each.rule for each in judge(planted(case))] == rules


@pytest.mark.parametrize("type_", ["AWS::EC2::VPCEndpoint", "AWS::ApiGateway::RestApi"])
def test_what_is_for_anybody_may_allow_anybody(type_: str) -> None:
    case = f"""
        Door:
          Type: {type_}
          Properties:
            Policy: {{Statement: {{Effect: Allow, Principal: '*', Action: '*', Resource: '*'}}}}
    """
    assert judge(planted(case)) == []


@pytest.mark.parametrize(
    ("door", "rules"),
    [
        ("Type: AWS::OpenSearchService::Domain, Properties: {VPCOptions: {}, POLICY}", []),
        ("Type: AWS::OpenSearchService::Domain, Properties: {POLICY}", ["MI105"]),
        ("Type: AWS::ECR::Repository, Properties: {VPCOptions: {}, POLICY}", ["MI105"]),
    ],
)
def test_a_domain_in_a_network_may_allow_whoever_is_there(door: str, rules: list[str]) -> None:
    policy = "AccessPolicies: {Statement: {Effect: Allow, Principal: '*', Action: 'es:*'}}"
    kept = "DeletionPolicy: Retain, UpdateReplacePolicy: Retain"
    case = f"Door: {{{door.replace('POLICY', policy)}, {kept}}}"
    assert [each.rule for each in judge(planted(case))] == rules


def test_a_key_is_used_by_services_for_whoever_may_use_them() -> None:
    case = """
        Key:
          Properties:
            KeyPolicy:
              Statement:
              - Sid: TopicsUseIt
                Effect: Allow
                Principal: {Service: sns.amazonaws.com}
                Action: kms:Decrypt
                Resource: '*'
    """
    assert judge(planted(case)) == []
