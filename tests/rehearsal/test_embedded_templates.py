"""A template that is read once makes each of its stacks anew."""

from __future__ import annotations

from embedded import HOME_REGION, Clouds

from rehearsal.embedded_aws import root

TEMPLATE = """
Parameters: {Word: {Type: String}}
Conditions: {IsSaid: !Not [!Equals [!Ref Word, '']]}
Resources:
  Kept: {Type: AWS::SSM::Parameter, Condition: IsSaid, Properties: {Type: String, Value: !Ref Word}}
Outputs: {Said: {Value: !Sub '${AWS::AccountId} ${AWS::StackName} ${Word}'}}
"""


def test_stacks_of_one_text_have_their_own_values(clouds: Clouds) -> None:
    account = clouds.account()
    client = clouds.home.client("cloudformation", HOME_REGION, root(account))
    for name, word in (("one", "a"), ("two", "b")):
        given = [{"ParameterKey": "Word", "ParameterValue": word}]
        client.create_stack(StackName=name, TemplateBody=TEMPLATE, Parameters=given)
        client.get_waiter("stack_create_complete").wait(
            StackName=name, WaiterConfig={"Delay": 0, "MaxAttempts": 1000}
        )
        (stack,) = client.describe_stacks(StackName=name)["Stacks"]
        assert stack["Outputs"][0]["OutputValue"] == f"{account} {name} {word}"
