"""What people get wrong in a topology is refused in one line: the file, the key and the mend."""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.errors import InputError
from pipeline.library import find_entries
from pipeline.partitions import partition_of
from pipeline.topology import ArtifactStores, Region, SourceType, Stage, Target, Topology
from pipeline.topology_file import read_topology
from topologies import REMOVED, VALID, changed, stages, toml

EVERY_REGION = partition_of("us-east-1").regions
TEXT_KEYS = (
    *("pipeline", "description", "home", "artifact_stores"),
    *("stage[1].name", "stage[2].target[1].region", "stage[1].target[1].parameter"),
)
NO_TEXT = {
    "a number": 1,
    "a fraction": 1.5,
    "true": True,
    "a list": ["us-east-1"],
    "a table": {"name": "us-east-1"},
    "a date": datetime.date(2026, 1, 31),
    "a time": datetime.time(12, 30),
}
GOVERNMENT = {"home": "us-gov-west-1", "artifact_stores": "named"}

# What is changed in a valid topology, the key the error names, and how it says to mend it.
WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "top key misspelt": ({"homee": "us-east-1"}, "homee", "did you mean home?"),
    "top key unlike any": (
        {"colour": "red"},
        "colour",
        "known here: pipeline, description, home, sources, artifact_stores, access, stage",
    ),
    "top key of another case": ({"Home": "us-east-1"}, "Home", "did you mean home?"),
    "top key not a bare one": ({"a\nb": 1}, r"'a\nb'", "known here:"),
    "a misspelt key is not a missing one": (
        {"home": REMOVED, "hom": "us-east-1"},
        "hom",
        "did you mean home?",
    ),
    "stage key misspelt": ({"stage[1].nmae": "x"}, "stage[1].nmae", "did you mean name?"),
    "target key misspelt": (
        {"stage[2].target[3].regoin": "x"},
        "stage[2].target[3].regoin",
        "did you mean region?",
    ),
    "target key unlike any": (
        {"stage[2].target[3].colour": "red"},
        "stage[2].target[3].colour",
        "known here: region, parameter, account",
    ),
    "no pipeline": ({"pipeline": REMOVED}, "pipeline", 'write pipeline = "…"'),
    "no description": ({"description": REMOVED}, "description", 'write description = "…"'),
    "no home": ({"home": REMOVED}, "home", 'write home = "…"'),
    "no stage": ({"stage": REMOVED}, "stage", "write at least one [[stage]]"),
    "no stages": ({"stage": []}, "stage", "write at least one [[stage]]"),
    "no stage name": ({"stage[2].name": REMOVED}, "stage[2].name", 'write name = "…"'),
    "no target": (
        {"stage[2].target": REMOVED},
        "stage[2].target",
        "write at least one [[stage.target]]",
    ),
    "no region": (
        {"stage[2].target[1].region": REMOVED},
        "stage[2].target[1].region",
        'write region = "…"',
    ),
    "[stage] for [[stage]]": ({"stage": VALID["stage"][0]}, "stage", "write [[stage]]"),
    "stage a number": ({"stage": 3}, "stage", "write [[stage]]"),
    "stage of names": ({"stage": ["Test"]}, "stage", "write [[stage]]"),
    "target a table": (
        {"stage[1].target": {"region": "eu-west-1"}},
        "stage[1].target",
        "write [[stage.target]]",
    ),
    "target of names": (
        {"stage[1].target": ["eu-west-1"]},
        "stage[1].target",
        "write [[stage.target]]",
    ),
    "sources a text": ({"sources": "S3"}, "sources", 'write sources = ["…", "…"]'),
    "sources a table": ({"sources": {"S3": True}}, "sources", 'write sources = ["…", "…"]'),
    "sources of numbers": ({"sources": ["S3", 3]}, "sources", "in quotes"),
    "no sources": ({"sources": []}, "sources", "name at least one of CodeCommit"),
    "source unknown": ({"sources": ["CodeComit"]}, "sources", "did you mean CodeCommit?"),
    "source unlike any": ({"sources": ["Mercurial"]}, "sources", "use one of CodeCommit"),
    "source of another case": ({"sources": ["s3"]}, "sources", "did you mean S3?"),
    "source doubled": ({"sources": ["S3", "CodeCommit", "S3"]}, "sources", "name it once"),
    "stores unknown": ({"artifact_stores": "name"}, "artifact_stores", "did you mean named?"),
    "stores shouted": ({"artifact_stores": "ASKED"}, "artifact_stores", "did you mean asked?"),
    "home unknown": ({"home": "us-east-3"}, "home", "did you mean us-east-"),
    "home unlike any": ({"home": "mars"}, "home", "write a region as AWS does, like eu-central-1"),
    "home empty": ({"home": ""}, "home", "write a region as AWS does"),
    "home of another case": ({"home": "US-East-1"}, "home", "did you mean us-east-1?"),
    "home with a blank": ({"home": "us-east-1 "}, "home", "did you mean us-east-1?"),
    "home in China": ({"home": "cn-north-1"}, "home", "choose a home in aws or aws-us-gov"),
    "home in aws-eusc": ({"home": "eusc-de-east-1"}, "home", "choose a home in aws or aws-us-gov"),
    "home asked for": (
        {"stage[2].target[1].parameter": "HomeRegion"},
        "stage[2].target[1].parameter",
        "remove it",
    ),
    "region unknown": (
        {"stage[2].target[3].region": "eu-wst-1"},
        "stage[2].target[3].region",
        "did you mean eu-west-1?",
    ),
    "region in another partition without account": (
        {"stage[2].target[3].region": "cn-north-1"},
        "stage[2].target[3].account",
        'write account = "…", its 12 digits or a name like ProdAccountId',
    ),
    "region of aws under a home in aws-us-gov": (
        GOVERNMENT,
        "stage[1].target[1].account",
        "where home's account does not exist",
    ),
    "two regions of another partition in a stage": (
        {
            "stage[1].target": [
                {"region": "cn-north-1", "account": "111122223333"},
                {"region": "cn-northwest-1", "account": "111122223333"},
            ]
        },
        "stage[1].target[2].region",
        "make another stage of one of them",
    ),
    "two accounts of a partition in a stage": (
        {"stage[2].target[3].account": "111122223333"},
        "stage[2].target[3].account",
        "us-east-1 of this stage lies in another account, the pipeline's own; write the same here",
    ),
    "two accounts of another partition in a stage": (
        {
            "stage[1].target": [
                {"region": "cn-north-1", "account": "111122223333"},
                {"region": "cn-northwest-1", "account": "ProdAccountId"},
            ]
        },
        "stage[1].target[2].account",
        "make another stage of it",
    ),
    "access unknown": ({"access": "access-key"}, "access", "did you mean access-keys?"),
    "access of another case": ({"access": "Web-Identity"}, "access", "did you mean web-identity?"),
    "region doubled in a stage": (
        {"stage[2].target[3].region": "us-east-1"},
        "stage[2].target[3].region",
        "remove one",
    ),
    "region asked for and written": (
        {"stage[2].target[2].parameter": REMOVED},
        "stage[2].target[2].parameter",
        "write the same here",
    ),
    "region under two parameters": (
        {"stage[2].target[2].parameter": "OtherRegion2"},
        "stage[2].target[2].parameter",
        "write the same here",
    ),
    "parameter for two regions": (
        {"stage[2].target[3].parameter": "OtherRegion1"},
        "stage[2].target[3].parameter",
        "choose another name",
    ),
    "stage name doubled": ({"stage[2].name": "Test"}, "stage[2].name", "choose another name"),
    "stage name doubled but for case": (
        {"stage[2].name": "tEST"},
        "stage[2].name",
        "choose another name",
    ),
    "stage name of the pipeline": (
        {"stage[1].name": "Build"},
        "stage[1].name",
        "choose another name",
    ),
    "stage name of the pipeline but for case": (
        {"stage[1].name": "copyimage"},
        "stage[1].name",
        "choose another name",
    ),
    "description of two lines": (
        {"description": "One.\nTwo."},
        "description",
        "write 1 to 900 bytes on one line",
    ),
    "description empty": ({"description": ""}, "description", "write 1 to 900 bytes"),
    "description blank": ({"description": "  "}, "description", "write 1 to 900 bytes"),
    "description too long": ({"description": "x" * 901}, "description", "write 1 to 900 bytes"),
    "description too long in bytes": (
        {"description": "é" * 451},
        "description",
        "write 1 to 900 bytes",
    ),
    "46 stages": (
        {"artifact_stores": "named", "stage": stages(*[["eu-west-1"]] * 46)},
        "stage",
        "46 stages, and 45 fit; make a second topology",
    ),
    "1000 actions": (
        {"artifact_stores": "named", "stage": stages(*[EVERY_REGION] * 30)},
        "stage",
        "1020 targets, and 995 fit; make a second topology",
    ),
    "eleven stores asked for": (
        {"stage": stages([each for each in EVERY_REGION if each != "us-east-1"][:10])},
        "artifact_stores",
        'write artifact_stores = "named"',
    ),
    "eleven regions asked for": (
        {
            "artifact_stores": "named",
            "stage": [
                {
                    "name": "Live",
                    "target": [
                        {"region": region, "parameter": f"OtherRegion{at}"}
                        for at, region in enumerate(EVERY_REGION[:11])
                    ],
                }
            ],
        },
        "stage.target.parameter",
        "leave it out at the others",
    ),
}
WRONG |= {
    f"{key} {name}": ({key: value}, key, f'write {key.rpartition(".")[2]} = "…"')
    for key, (name, value) in itertools.product(TEXT_KEYS, NO_TEXT.items())
}
WRONG |= {
    f"{key} {name}": ({key: value}, key, "write ")
    for key, (name, value) in itertools.product(
        ("sources", "stage", "stage[1].target"), NO_TEXT.items()
    )
    if name != "a list"
}
WRONG |= {
    f"account {name!r}": (
        {"stage[2].target[3].account": name},
        "stage[2].target[3].account",
        "write its 12 digits, in quotes, or a name like ProdAccountId",
    )
    for name in (
        *("", "12345678901", "1234567890123", "1111-2222-3333", "AccountId", "prodAccountId"),
        *("Prod", "111122223333\n", "${AWS::AccountId}", "arn:aws:iam::111122223333:root"),
    )
}
WRONG |= {
    f"account {name}": (
        {"stage[2].target[3].account": value},
        "stage[2].target[3].account",
        'write account = "…"',
    )
    for name, value in NO_TEXT.items()
}
WRONG |= {
    f"approval {name}": (
        {"stage[1].approval": value},
        "stage[1].approval",
        "not true or false; write approval = true",
    )
    for name, value in {**NO_TEXT, "a text": "yes"}.items()
    if name != "true"
}
WRONG |= {
    f"stage name {name!r}": ({"stage[1].name": name}, "stage[1].name", "use 1 to 30 letters")
    for name in ("", "-eu", "a b", "a_b", "a.b", "x" * 31, "Straße", "live\n", "${AWS::Region}")
}
WRONG |= {
    f"parameter {name!r}": (
        {"stage[2].target[3].parameter": name},
        "stage[2].target[3].parameter",
        "use a name like OtherRegion1",
    )
    for name in (
        *("", "RepositoryName", "AWS::Region", "Region", "otherRegion1", "OtherRegion1000"),
        *("Other Region1", "OtherRegion1\n", "VeryOtherRegion1", "${OtherRegion1}"),
    )
}

EXACT: dict[str, tuple[dict[str, Any], str]] = {
    "region": (
        {"stage[2].target[3].region": "eu-wst-1"},
        "stage[2].target[3].region: 'eu-wst-1' is not an AWS region (did you mean eu-west-1?)",
    ),
    "key": (
        {"stage[1].nmae": "x"},
        "stage[1].nmae: is not a key (did you mean name?); known here: name, approval, target",
    ),
    "type": ({"home": 1}, 'home: is a number, not a text; write home = "…"'),
    "partition": (
        {"stage[2].target[3].region": "cn-north-1"},
        "stage[2].target[3].account: is missing, and cn-north-1 lies in aws-cn, where home's "
        'account does not exist; write account = "…", its 12 digits or a name like ProdAccountId '
        "to be asked for it",
    ),
    "stage": (
        {"stage[2].name": "tEST"},
        "stage[2].name: 'tEST' names stage[1], whatever the case; choose another name",
    ),
    "long": (
        {"home": "x" * 10_000},
        f"home: '{'x' * 59}…' is not an AWS region; write a region as AWS does, like eu-central-1",
    ),
}


def refusal(path: Path) -> str:
    """Return what is said of a file beside its path, having seen that it is one line."""
    with pytest.raises(InputError) as caught:
        read_topology(path)
    (line,) = str(caught.value).splitlines()
    assert line.isprintable()
    assert line.startswith(f"{path}: ")
    return line.removeprefix(f"{path}: ")


def write(folder: Path, text: str, name: str = "orders.toml") -> Path:
    """Return the path of a new file."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_value_is_refused_by_key_with_the_mend(tmp_path: Path, case: str) -> None:
    changes, key, mend = WRONG[case]
    line = refusal(write(tmp_path, toml(changed(changes))))
    assert line.startswith(f"{key}: ")
    assert mend in line


@pytest.mark.parametrize("case", EXACT)
def test_what_is_said_word_for_word(tmp_path: Path, case: str) -> None:
    changes, line = EXACT[case]
    assert refusal(write(tmp_path, toml(changed(changes)))) == line


@pytest.mark.parametrize(
    "text",
    ["home", "home = ", "home = us-east-1", '[stage\nname = "x"', "a = 1\na = 2", "\0", "{}"],
    ids=repr,
)
def test_what_is_not_toml_is_refused_with_its_line(tmp_path: Path, text: str) -> None:
    line = refusal(write(tmp_path, text))
    assert line.startswith("not TOML: ")
    assert "line " in line or "end of document" in line
    assert line.endswith("; correct it there")


@pytest.mark.parametrize(
    "text",
    [f"home = {'9' * 5000}", f"home = {'[' * 5000}", f"home = {'{a=' * 5000}"],
    ids=["digits", "lists", "tables"],
)
def test_what_breaks_the_parser_is_refused(tmp_path: Path, text: str) -> None:
    assert refusal(write(tmp_path, text)).startswith("not TOML: ")


def test_an_empty_file_lacks_the_first_key(tmp_path: Path) -> None:
    assert refusal(write(tmp_path, "")) == 'pipeline: is missing; write pipeline = "…"'


def _folder(path: Path) -> None:
    path.mkdir()


def _circle(path: Path) -> None:
    path.symlink_to(path)


def _latin(path: Path) -> None:
    path.write_bytes("description = 'Aufträge'".encode("latin-1"))


def _utf_16(path: Path) -> None:
    path.write_text("home = 'us-east-1'", encoding="utf-16")


@pytest.mark.parametrize(
    ("make", "mend"),
    [
        (None, "there is no such file; write it or correct the name"),
        (_folder, "cannot be read: Is a directory; put a file there that you may read"),
        (_circle, "cannot be read: Too many levels of symbolic links; put a file there"),
        (_latin, "not UTF-8 (invalid continuation byte); save the file as UTF-8"),
        (_utf_16, "not UTF-8 (invalid start byte); save the file as UTF-8"),
    ],
    ids=["missing", "a folder", "a circle of links", "Latin-1", "UTF-16"],
)
def test_a_file_that_cannot_be_read_is_refused(
    tmp_path: Path, make: Callable[[Path], None] | None, mend: str
) -> None:
    path = tmp_path / "orders.toml"
    if make:
        make(path)
    assert refusal(path).startswith(mend)


def test_a_file_that_may_not_be_read_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> str:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_text", refuse)
    line = refusal(tmp_path / "orders.toml")
    assert line == "cannot be read: Permission denied; put a file there that you may read"


@pytest.mark.parametrize(
    "stem",
    ["Orders_EU", "orders eu", "orders.eu", "-orders", "orders-", "1st", "órdenes", "x" * 101],
)
def test_a_name_no_template_can_have_is_refused(tmp_path: Path, stem: str) -> None:
    line = refusal(write(tmp_path, toml(VALID), f"{stem}.toml"))
    assert line.endswith(
        "cannot name a template; "
        "rename the file: lower-case words joined by '-', like orders-eu.toml"
    )


def test_a_name_of_two_lines_is_refused_in_one(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read_topology(write(tmp_path, toml(VALID), "two\nlines.toml"))
    assert r"two\nlines.toml: " in str(caught.value)
    assert len(str(caught.value).splitlines()) == 1


@pytest.mark.parametrize(
    ("kind", "mend"),
    [
        ("multi-regoin", "(did you mean multi-region?); use one of multi-account, multi-region"),
        ("", "; use one of multi-account, multi-region"),
        ("../multi-region", "; use one of multi-account, multi-region"),
    ],
)
def test_an_unknown_kind_of_pipeline_is_refused(tmp_path: Path, kind: str, mend: str) -> None:
    path = write(tmp_path, toml(changed({"pipeline": kind})))
    with pytest.raises(InputError) as caught:
        find_entries(tmp_path)
    (line,) = str(caught.value).splitlines()
    assert line.startswith(f"{path}: pipeline: {kind!r} is no kind of pipeline")
    assert mend in line


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"artifact_stores": "named", "stage": stages(*[["eu-west-1"]] * 45)},
        {"artifact_stores": "named", "stage": stages(*[EVERY_REGION] * 29, EVERY_REGION[:9])},
        {"stage": stages([each for each in EVERY_REGION if each != "us-east-1"][:9])},
        {"description": "x" * 900},
        {"stage[1].name": "x" * 30},
        {"stage[1].name": "1"},
        {"home": "us-gov-west-1", "stage": stages(["us-gov-east-1"])},
    ],
    ids=[
        *("as it is", "45 stages", "995 targets", "ten stores asked for", "long description"),
        *("long stage name", "short stage name", "the government's partition"),
    ],
)
def test_the_last_that_fits_is_taken(tmp_path: Path, changes: dict[str, Any]) -> None:
    topology = read_topology(write(tmp_path, toml(changed(changes))))
    assert topology.name == "orders"
    assert len(topology.regions) > 1


@pytest.mark.parametrize(
    "encoded",
    [
        toml(VALID).encode("utf-8-sig"),
        toml(VALID).replace("\n", "\r\n").encode(),
        f"# Aufträge\n\n{toml(VALID)}".encode(),
    ],
    ids=["byte order mark", "lines of Windows", "comment"],
)
def test_what_editors_do_makes_no_difference(tmp_path: Path, encoded: bytes) -> None:
    path = tmp_path / "orders.toml"
    path.write_bytes(encoded)
    assert read_topology(path) == read_topology(write(tmp_path, toml(VALID)))


def test_what_is_left_out_has_a_default_and_what_is_read_is_what_stands_there(
    tmp_path: Path,
) -> None:
    text = (
        'pipeline = "multi-region"\ndescription = "Orders."\nhome = "us-east-1"\n'
        '[[stage]]\nname = "Live"\n[[stage.target]]\nregion = "us-east-1"\n'
        '[[stage.target]]\nregion = "eu-west-1"\nparameter = "OtherRegion1"\n'
    )
    home = Region("us-east-1", "AWS::Region")
    assert read_topology(write(tmp_path, text)) == Topology(
        name="orders",
        pipeline="multi-region",
        description="Orders.",
        home=home,
        stages=(Stage("Live", (Target(home), Target(Region("eu-west-1", "OtherRegion1")))),),
        sources=tuple(SourceType),
        artifact_stores=ArtifactStores.NAMED,
    )
