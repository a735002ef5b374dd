"""A topic that tells people by e-mail, made only when an address is given.

The topic has a key of its own, because no AWS service can publish under the AWS managed one.
"""

from __future__ import annotations

from dataclasses import dataclass

from awacs import kms, sns
from awacs.aws import Allow, Condition, Principal, Statement, StringEquals
from troposphere import AccountId, Ref, Template
from troposphere.kms import Key
from troposphere.sns import Subscription, Topic, TopicPolicy

from pipeline.parameters import Question, given, pattern, text
from pipeline.policies import document
from pipeline.resource_policies import administer_key

EMAIL = "NotificationEmail"
WANTED = "NotificationsWanted"


@dataclass(frozen=True)
class Sender:
    """A service that publishes: its name, the first word of its principal, and what it tells of."""

    name: str
    principal: str
    purpose: str


@dataclass(frozen=True)
class Channel:
    """The topic, and the key its messages are encrypted under."""

    topic: Topic
    key: Key


def question(occasion: str) -> Question:
    """Return the question whom to tell; an occasion is a clause: an action fails."""
    return text(
        EMAIL,
        "Notification address",
        f"E-mail address told when {occasion}, for example team@example.com. It must confirm "
        "the subscription. Empty: nobody; given: a KMS key of its own is made (1 USD a month).",
        default="",
        **pattern(r"|[^@\s]+@[^@\s]+\.[^@\s]+", "An e-mail address, or nothing."),
    )


def add_topic(template: Template, sender: Sender) -> Channel:
    """Add the topic that a service publishes to, with its key, and return both."""
    template.add_condition(WANTED, given(EMAIL))
    key = template.add_resource(_key(sender))
    topic = Topic(
        "NotificationTopic",
        Condition=WANTED,
        KmsMasterKeyId=Ref(key),
        Subscription=[Subscription(Protocol="email", Endpoint=Ref(EMAIL))],
    )
    template.add_resource(topic)
    template.add_resource(_topic_policy(sender, topic))
    return Channel(topic, key)


def _key(sender: Sender) -> Key:
    encrypt = Statement(
        Sid=f"{sender.name}PublishUnderThisKey",
        Effect=Allow,
        Principal=_principal(sender),
        Action=[kms.Decrypt, kms.GenerateDataKey],
        Resource=["*"],
        Condition=_FROM_THIS_ACCOUNT,
    )
    return Key(
        "NotificationKey",
        Condition=WANTED,
        DeletionPolicy="Delete",
        UpdateReplacePolicy="Delete",
        Description=f"Encrypts the messages that tell of {sender.purpose}.",
        EnableKeyRotation=True,
        KeyPolicy=document([administer_key(), encrypt]),
    )


def _topic_policy(sender: Sender, topic: Topic) -> TopicPolicy:
    publish = Statement(
        Sid=f"{sender.name}Publish",
        Effect=Allow,
        Principal=_principal(sender),
        Action=[sns.Publish],
        Resource=[Ref(topic)],
        Condition=_FROM_THIS_ACCOUNT,
    )
    return TopicPolicy(
        "NotificationTopicPolicy",
        Condition=WANTED,
        Topics=[Ref(topic)],
        PolicyDocument=document([publish]),
    )


def _principal(sender: Sender) -> Principal:
    return Principal("Service", f"{sender.principal}.amazonaws.com")


_FROM_THIS_ACCOUNT = Condition(StringEquals("aws:SourceAccount", AccountId))
