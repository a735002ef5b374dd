"""What a rehearsal puts in the place of AWS, and what it therefore cannot show, by name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from rehearsal.projects import Project
from rehearsal.stand_ins import ALL

BUILD = "CodeBuild"
FETCHED = "the repository: the source is a folder of this machine"
ALWAYS_STOOD_IN = (
    "AWS: MiniStack on this machine, one for each partition, IAM enforced",
    "CodePipeline: a runner of this project, which carries out the definition as planned here",
)
STOOD_IN = {
    "CodeCommit": FETCHED,
    "CodeStarSourceConnection": FETCHED,
    "S3": FETCHED,
    BUILD: "the containers of builds: commands run on this machine, with its tools",
    "Lambda": "the runtime of functions: their code runs under this machine's Python",
    "Manual": "whoever approves: the answer is given by the rehearsal",
}
ALWAYS_UNSHOWN = (
    "quotas and throttling, but for those that --fault asks for; service control policies",
    "eventual consistency: what is written is there at once",
    "the policies of KMS keys where EC2 copies and starts images under them",
    "what service-linked roles may do: IAM is asked whether they may be made, and none is",
    "how long anything takes, and what it costs",
)
UNSHOWN = {
    "CodeCommit": "that AWS sends the event of a push, which the rule is held against here",
    "CodeStarSourceConnection": "that the connection is Available, and that AWS hears of a push",
    "S3": "that AWS sends the event of an upload, which the rule is held against here",
    "CloudFormation": (
        "CloudFormation's own validation; the calls by which it only looks, which IAM is asked "
        "about and which stop nothing; that instances boot, and answer behind their load balancer"
    ),
    "Manual": "that anybody is told of the approval",
}


def stood_in(providers: Collection[str], projects: Iterable[Project]) -> tuple[str, ...]:
    """Return what is stood in for, and by what; builds have stand-ins for tools, too."""
    used = (words for provider, words in STOOD_IN.items() if provider in providers)
    tools = (each.says for each in ALL if BUILD in providers)
    return tuple(dict.fromkeys([*ALWAYS_STOOD_IN, *used, *_unchecked(projects), *tools]))


def stood_in_by(said: Iterable[str], tools: Collection[str]) -> tuple[str, ...]:
    """Return what is stood in for where of all stand-ins for tools only some are used."""
    unused = {each.says for each in ALL} - {*tools}
    return tuple(each for each in said if each not in unused)


def not_shown(
    providers: Collection[str],
    projects: Iterable[Project],
    elsewhere: Iterable[str],
    reached: Iterable[str],
) -> tuple[str, ...]:
    """Return what a rehearsal proves nothing about.

    `elsewhere` names what the template only refers to, `reached` regions that builds go to.
    """
    used = (words for provider, words in UNSHOWN.items() if provider in providers)
    images = (
        f"that the build image {each.image} holds the tools of the builds" for each in projects
    )
    missing = (f"{each}, which this template does not make" for each in elsewhere)
    ways = (f"that {region} is reached from where the build runs" for region in reached)
    return tuple(dict.fromkeys([*missing, *used, *images, *ways, *ALWAYS_UNSHOWN]))


def _unchecked(projects: Iterable[Project]) -> Iterator[str]:
    """Yield what the buildspecs ask of CodeBuild and the runner of builds does not do."""
    for project in projects:
        yield from project.spec.unchecked if project.spec else ()
