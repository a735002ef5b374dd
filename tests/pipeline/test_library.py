"""Templates are found by looking; what cannot be drawn is refused by name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from templates.committed import NAMES, PROJECT

from pipeline.errors import InputError
from pipeline.library import choose, find_entries

TOPOLOGIES = PROJECT / "topologies"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder of topologies of one's own."""
    shutil.copytree(TOPOLOGIES, tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_every_stack_module_makes_a_template() -> None:
    assert [entry.name for entry in find_entries(TOPOLOGIES)] == NAMES


def test_a_further_topology_makes_a_pipeline_of_its_own(folder: Path) -> None:
    shutil.copy(folder / "multi-region.toml", folder / "orders.toml")
    names = [entry.name for entry in find_entries(folder)]
    assert sorted([*NAMES, "orders-pipeline"]) == names


def test_a_kind_of_pipeline_that_is_not_there_is_refused(folder: Path) -> None:
    text = (folder / "multi-region.toml").read_text()
    (folder / "orders.toml").write_text(text.replace('"multi-region"', '"multi-regoin"', 1))
    with pytest.raises(InputError, match=r"orders\.toml: pipeline: .*did you mean multi-region"):
        find_entries(folder)


def test_a_topology_that_a_template_is_drawn_from_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"multi-region\.toml: .* is missing; restore it"):
        find_entries(tmp_path)


def test_entries_are_chosen_by_name_each_once() -> None:
    entries = find_entries(TOPOLOGIES)
    chosen = choose(entries, ["service-roles", "artifact-store", "service-roles"])
    assert [entry.name for entry in chosen] == ["service-roles", "artifact-store"]
    assert choose(entries, []) == entries


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean artifact-store"):
        choose(find_entries(TOPOLOGIES), ["artefact-store"])


def test_every_entry_says_what_it_is_for_and_from() -> None:
    for entry in find_entries(TOPOLOGIES):
        assert entry.purpose.endswith("."), entry.name
        for source in entry.sources.split(" and "):
            assert (PROJECT / source).exists(), source
