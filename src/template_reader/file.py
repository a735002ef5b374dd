"""Reads a rendered template from its file, YAML or JSON, intrinsic functions in their long form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from template_reader.errors import TemplateError
from template_reader.text import TextError, read_text

PIPELINE = "AWS::CodePipeline::Pipeline"
LIBRARY = "Meridian"


@dataclass(frozen=True)
class Template:
    """A template's content and the file it stands in; `size` is in bytes, 0 where not known."""

    path: Path
    document: Mapping[str, Any]
    size: int = 0

    @property
    def description(self) -> str:
        """What the template says it is for, '' if it does not."""
        return str(self.document.get("Description", ""))

    @property
    def partitions(self) -> tuple[str, ...]:
        """The partitions the template says it is meant for, none if it does not."""
        said = self.section("Metadata").get(LIBRARY)
        meant = said.get("Partitions") if isinstance(said, Mapping) else None
        return tuple(map(str, meant)) if isinstance(meant, list) else ()

    def section(self, name: str) -> Mapping[str, Any]:
        """Return a section. Raise `TemplateError` if it is no mapping."""
        found = self.document.get(name, {})
        if not isinstance(found, Mapping):
            raise TemplateError(f"{self.path}: {name} is no mapping; write one name to a line")
        return found

    def resources(self, type_: str) -> dict[str, Mapping[str, Any]]:
        """Return the resources of a type by their logical ids."""
        found = self.section("Resources").items()
        return {name: each for name, each in found if _type(each) == type_}


def read_template(path: Path) -> Template:
    """Return a template. Raise `TemplateError` where there is none, or what is there is none."""
    return decode_template(path, read_content(path))


def read_content(path: Path) -> bytes:
    """Return the bytes of a template's file. Raise `TemplateError` where there is none."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise TemplateError(f"{path}: is not there; name a template, or its file") from None
    except OSError as error:
        raise TemplateError(f"{path}: cannot be read: {error.strerror}") from None


def decode_template(path: Path, content: bytes) -> Template:
    """Return the template whose file's bytes these are. Raise `TemplateError` if they are none."""
    return Template(path, _document(path, content), len(content))


def _document(path: Path, content: bytes) -> Mapping[str, Any]:
    try:
        document = read_text(content.decode())
    except UnicodeDecodeError:
        raise TemplateError(f"{path}: is no text in UTF-8; name a template's file") from None
    except TextError as error:
        raise TemplateError(f"{path}:{error.line}: is no YAML: {error}; mend that line") from None
    if not isinstance(document, Mapping) or not isinstance(document.get("Resources"), Mapping):
        raise TemplateError(f"{path}: is no template: it has no Resources; name a template's file")
    return document


def _type(resource: object) -> object:
    return resource.get("Type") if isinstance(resource, Mapping) else None
