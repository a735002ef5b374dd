"""What there is to know of a type of action that CodePipeline has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class ActionType:
    """What is known of a type of action; `inputs` and `outputs` are the least and most artifacts.

    `keys_known` says whether `required` and `optional` are all that its configuration may have;
    `words` are the only values of some keys, `artifact_keys` name an input. `variables` are those
    it always gives; `elsewhere` says whether it may act in other regions than the pipeline's.
    """

    category: str
    provider: str
    owner: str = "AWS"
    version: str = "1"
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    inputs: tuple[int, int] = (0, 0)
    outputs: tuple[int, int] = (0, 0)
    variables: tuple[str, ...] = ()
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    artifact_keys: tuple[str, ...] = ()
    elsewhere: bool = True
    only_v2: bool = False
    keys_known: bool = True

    @property
    def keys(self) -> tuple[str, ...]:
        """Every key its configuration may have."""
        return (*self.required, *self.optional)

    def __str__(self) -> str:
        return "/".join((self.category, self.owner, self.provider, self.version))
