"""What of a template was within CloudFormation's and IAM's limits, and is not, or hardly is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from review.diff.change import Bump, Change, NotJudged, Section
from review.diff.meaning import side_of
from review.diff.policy_sizes import policy_sizes
from template_reader.file import Template
from template_reader.nodes import below

KIB = 1024
NEAR = 0.9


@dataclass(frozen=True)
class Limit:
    """A limit: how much there may be, of what, and what it means to be beyond it."""

    most: int
    unit: str
    beyond: str
    bump: Bump = Bump.MAJOR


REFUSED = "CloudFormation refuses the template"
INLINE = Limit(
    *(51_200, "bytes"),
    "it can no longer be given inline: --template-body fails; mend: give it by an S3 URL",
    Bump.MINOR,
)
BODY = Limit(KIB * KIB, "bytes", REFUSED)
DESCRIPTION = Limit(KIB, "bytes", REFUSED)
COUNTS = {
    "Resources": Limit(500, "resources", REFUSED),
    "Parameters": Limit(200, "parameters", REFUSED),
    "Mappings": Limit(200, "mappings", REFUSED),
    "Outputs": Limit(200, "outputs", REFUSED),
}
CODE = Limit(4 * KIB * KIB, "bytes of inline code", REFUSED)
Measure = tuple[str, Limit, int]


def changes(before: Template, after: Template) -> Iterator[Change | NotJudged]:
    """Yield which limits are passed now, and which come near."""
    known = {(where, limit): size for where, limit, size in _measures(before)}
    for where, limit, size in _measures(after):
        earlier = known.get((where, limit), 0)
        if size > limit.most >= earlier:
            verdict = (limit.bump, True, "", str(earlier), str(size))
            why = f"{size} {limit.unit}, of {limit.most} at most: {limit.beyond}"
            yield Change(Section.LIMITS, "limit passed", where, *verdict, why)
        elif limit.most >= size > limit.most * NEAR >= earlier:
            verdict = (Bump.NONE, False, "", str(earlier), str(size))
            why = f"{size} {limit.unit}, of {limit.most} at most"
            yield Change(Section.LIMITS, "limit near", where, *verdict, why)


def _measures(template: Template) -> Iterator[Measure]:
    """Yield how much there is of what is limited; a size that is not known is 0."""
    side = side_of(template.document)
    yield "body", INLINE, template.size
    yield "body", BODY, template.size
    yield "Description", DESCRIPTION, len(template.description.encode())
    for section, limit in COUNTS.items():
        yield section, limit, len(side.section(section))
    for name, node in side.section("Resources").items():
        code = below(node, "Properties", "Code", "ZipFile")
        if isinstance(code, str):
            yield f"{name}.Code.ZipFile", CODE, len(code.encode())
    for where, most, size in policy_sizes(side):
        yield where, Limit(most, "characters", "IAM refuses the policy"), size
