"""Maven, offline: the example's own pom.xml against the repository that Debian's packages make.

Debian has one version of each plugin and library, and seldom the pom's. So the pom's version
properties are overridden, with what is found there, and every override is printed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from examples.debian import PROJECT
from examples.notes import note

EXAMPLE = PROJECT / "examples/web-app"
REPOSITORY = Path("/usr/share/maven-repo")
VERSION_PROPERTIES = {
    "junit.version": "org/junit/jupiter/junit-jupiter",
    "maven-compiler-plugin.version": "org/apache/maven/plugins/maven-compiler-plugin",
    "maven-resources-plugin.version": "org/apache/maven/plugins/maven-resources-plugin",
    "maven-surefire-plugin.version": "org/apache/maven/plugins/maven-surefire-plugin",
    "maven-war-plugin.version": "org/apache/maven/plugins/maven-war-plugin",
    "servlet-api.version": "jakarta/servlet/jakarta.servlet-api",
}
# Surefire 2 takes eight seconds to part from the Java it forked, so here it forks none.
NO_FORK = {"forkCount": "0"}
SETTINGS = """\
<settings>
  <offline>true</offline>
  <localRepository>{local}</localRepository>
  <profiles>
    <profile>
      <id>debian</id>
      <repositories>
        <repository>{debian}</repository>
      </repositories>
      <pluginRepositories>
        <pluginRepository>{debian}</pluginRepository>
      </pluginRepositories>
    </profile>
  </profiles>
  <activeProfiles>
    <activeProfile>debian</activeProfile>
  </activeProfiles>
</settings>
"""
DEBIAN = (
    f"<id>central</id><url>file://{REPOSITORY}</url>"
    "<releases><checksumPolicy>ignore</checksumPolicy></releases>"
)
DEADLINE = 240


@dataclass(frozen=True)
class Built:
    """What one run of Maven left: its directory and its words."""

    directory: Path
    log: str

    @property
    def war(self) -> Path:
        """Return the archive, whether or not it was made."""
        return self.directory / "target/ROOT.war"


def overrides() -> dict[str, str]:
    """Return the properties that are overridden: the newest version Debian has of each."""
    return {name: _newest(REPOSITORY / path) for name, path in VERSION_PROPERTIES.items()} | NO_FORK


def build(directory: Path, local: Path, goal: str, *more: str, **environment: str) -> Built:
    """Copy the example into a new directory and run Maven there as the buildspec does."""
    shutil.copytree(EXAMPLE, directory, ignore=shutil.ignore_patterns("target"))
    local.mkdir(exist_ok=True)
    settings = local / "settings.xml"
    settings.write_text(SETTINGS.format(local=local, debian=DEBIAN), encoding="utf-8")
    defined = [f"-D{name}={value}" for name, value in sorted(overrides().items())]
    done = subprocess.run(  # noqa: S603 - Debian's Maven, our own words
        [
            *("/usr/bin/mvn", "--batch-mode", "--no-transfer-progress", "--offline"),
            *(
                "--settings",
                str(settings),
                "-Daether.offline.protocols=file",
                *defined,
                *more,
                goal,
            ),
        ],
        cwd=directory,
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(local),
            "MAVEN_OPTS": "-XX:TieredStopAtLevel=1",  # it lives for seconds
            **environment,
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=DEADLINE,
        check=False,
    )
    print(done.stdout)
    note(f"overridden in the pom, by what Debian has: {' '.join(defined)}")
    assert done.returncode == 0, "Maven failed; its words are in the captured output"
    return Built(directory, done.stdout)


def _newest(directory: Path) -> str:
    numbers = [
        each.name
        for each in directory.iterdir()
        if each.name[0].isdigit() and any(each.glob("*.jar"))
    ]
    # Debian keeps old numbers of a plugin as a pom that leads to the one it has.
    assert numbers, f"{directory} holds no archive"
    return max(numbers, key=lambda each: [int(part) for part in each.split(".") if part.isdigit()])
