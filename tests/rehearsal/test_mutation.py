"""Tests that a rehearsal goes red, and names it, when something is taken from the templates.

`make mutate` tries everything out; here is one thing of each kind.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest

from benchmarks.mutants import KINDS, Mutant
from benchmarks.mutation import all_mutants
from benchmarks.trials import Setting, hear, open_stage
from benchmarks.verdicts import is_named
from rehearsal.actions.work import Scene

pytestmark = pytest.mark.slow
HERE, CHINA = Setting("multi-region", "CodeCommit"), Setting("global-china", "CodeCommit")
SAMPLE = {
    "multi-region-pipeline/LambdaServiceRole.ReadParametersInReferenceLookup (statement)": HERE,
    "artifact-store/KeyArn (output)": HERE,
    "multi-region-pipeline/AppPipeline.Deploy.us-east-2 (action)": HERE,
    "multi-region-pipeline/AppPipeline.Source.Source.Source (output artifact)": HERE,
    "multi-region-pipeline/AppPipeline.StaticAnalysis.CfnLint.Source (input)": HERE,
    "multi-region-pipeline/CodeCommitEventRole.Service events.amazonaws.com (trust)": HERE,
    "multi-region-pipeline/CodeCommitEventRule (rule)": HERE,
    "multi-region-pipeline/CodeCommitEventRule.pipeline (target)": HERE,
    "multi-region-pipeline/CodePipelineServiceRole.LookAtArtifactStores (statement)": HERE,
    "access-key-rotation/ScheduleInvokesRotation (permission)": CHINA,
}
numbers = count()


@dataclass(frozen=True)
class Stage:
    """Where mutants are rehearsed."""

    scene: Scene
    folder: Path


@pytest.fixture(scope="module", name="stage")
def _stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("mutation")
    with open_stage(folder) as scene:
        yield Stage(scene, folder)


def mutant_of(name: str, setting: Setting) -> Mutant:
    """Return a mutant by its name, which tells of no source."""
    return next(each for each in all_mutants() if each.name == name and setting.has(each))


def test_the_sample_has_every_kind() -> None:
    assert {mutant_of(*each).kind for each in SAMPLE.items()} == {*KINDS}


@pytest.mark.parametrize(("name", "setting"), SAMPLE.items(), ids=SAMPLE.keys())
def test_what_is_taken_away_is_missed_and_named(name: str, setting: Setting, stage: Stage) -> None:
    mutant = mutant_of(name, setting)
    heard = hear(stage.scene, stage.folder, next(numbers), setting, mutant)
    said = "; ".join(heard.said)
    assert said, f"nothing is said where {name} is missing"
    assert is_named(mutant, said, heard.launches), said
