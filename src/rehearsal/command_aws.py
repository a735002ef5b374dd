"""The AWS command line, loaded: its modules, what it knows of services, and where its calls go.

Its version 1 asks AWS_DEFAULT_REGION or the profile for the region, never AWS_REGION. Where a name
in DNS would lead from a region to its partition, the endpoint of the embedded AWS is chosen here,
once the command line itself has found the region.
"""

from __future__ import annotations

import functools
import inspect
import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import awscli.clidriver
import awscli.handlers
import botocore.loaders
import botocore.session
from awscli.alias import AliasLoader
from botocore import hooks
from botocore.exceptions import EndpointConnectionError
from botocore.utils import EVENT_ALIASES, validate_region_name

from operate.errors import OperateError
from operate.regions import partition_of
from rehearsal import command_homes, command_stand_ins
from rehearsal.service_models import BriefLoader

OWN_DATA = str(Path(awscli.__file__).parent / "data")
SERVICES = ("cloudformation", "codebuild", "s3", "ssm", "sts")
KINDS = ("waiters-2", "paginators-1")
REGION = "us-east-1"
ENDPOINT, DATA = "AWS_ENDPOINT_URL", "AWS_DATA_PATH"
DEBUG = "--debug"  # tells of what was done when it was loaded, too
HELP = "help"  # is printed on what was standard output when it was loaded
READ_WHEN_LOADED = ("PYTHON", "AWS_NEW_RETRIES_2026")


def equip(endpoints: Mapping[str, str]) -> None:
    """Let every call choose its endpoint, as soon as it has its profile and its region."""
    own = awscli.handlers.awscli_initialize
    choice = functools.partial(_choose, endpoints)

    def initialize(events: Any) -> None:
        own(events)
        events.register("session-initialized", choice)

    awscli.handlers.awscli_initialize = initialize


def load(urls: Sequence[str]) -> Callable[[list[str]], bool]:
    """Load what every call needs; return what fits it to a call's environment, if that can be.

    What stands in for other commands is run by forks of this process, too.
    """
    places = command_homes.found()
    partition_of(REGION, "--region")
    _remember()
    command_stand_ins.load(urls)  # before the first session is given what was read for a call
    _prime()
    _begin()

    def settle(arguments: list[str]) -> bool:
        if not {HELP, DEBUG}.isdisjoint(arguments):
            return False
        if any(name.startswith(READ_WHEN_LOADED) for name in os.environ):
            return False
        command_homes.renew(places)
        os.environ[DATA] = _data_path()
        return True

    return settle


def _choose(endpoints: Mapping[str, str], session: Any, parsed_args: Any, **_: Any) -> None:
    """Set the endpoint of a call, unless it has been given another than a call around it had."""
    if parsed_args.endpoint_url or os.environ.get(ENDPOINT, "") not in ("", *endpoints.values()):
        return
    region = session.get_config_variable("region")
    if region:
        validate_region_name(region)
    partition = _partition(region) if region else "aws"
    if partition not in endpoints:
        raise EndpointConnectionError(endpoint_url=f"https://{parsed_args.command}.{region}")
    os.environ[ENDPOINT] = endpoints[partition]


def _partition(region: str) -> str:
    try:
        return partition_of(region, "--region")
    except OperateError:
        return ""


def _data_path() -> str:
    """Return what awscli makes of AWS_DATA_PATH when it is imported."""
    given = os.environ[DATA].split(os.pathsep) if DATA in os.environ else []
    known = [os.path.expanduser(os.path.expandvars(each)) for each in given]  # noqa: PTH111 - as it does
    return os.pathsep.join([*known, OWN_DATA])


def _remember() -> None:
    """Let the names and the signatures of hundreds of event handlers be worked out once.

    A name depends on botocore's own table alone.
    """
    own, asked = hooks.EventAliaser.__init__, hooks.accepts_kwargs
    known: dict[str, str] = {}

    def initialize(self: Any, *given: Any, **named: Any) -> None:
        own(self, *given, **named)
        if self._event_aliases == EVENT_ALIASES:
            self._alias_name_cache = known

    def accepts_kwargs(handler: Any) -> Any:
        code = getattr(handler, "__code__", None)
        return code.co_flags & inspect.CO_VARKEYWORDS if code else asked(handler)

    hooks.EventAliaser.__init__ = initialize
    hooks.accepts_kwargs = accepts_kwargs


def _begin() -> None:
    """Make what a call begins with; it gets it without what was read in nobody's home.

    A caller with plugins begins anew, as these are registered first.
    """
    create = awscli.clidriver.create_clidriver
    made = [create()]

    def create_clidriver() -> Any:
        driver = made.pop() if made else create()
        driver.session._config = None
        driver.alias_loader = AliasLoader()
        return create() if driver.session.full_config.get("plugins") else driver

    awscli.clidriver.create_clidriver = create_clidriver


def _prime() -> None:
    """Read what services look like; the first session of a call gets it, as if it had read it.

    It is given away once, since a session may change what it has read; and only where no file of
    the caller's own could say otherwise.
    """
    create = botocore.session.create_loader
    read = [_read(create(OWN_DATA))]

    def create_loader(search_path: str | None = None) -> Any:
        own = set((search_path or "").split(os.pathsep)) == {OWN_DATA}
        if own and read and not os.path.isdir(botocore.loaders.Loader.CUSTOMER_DATA_PATH):  # noqa: PTH112 - a str
            return read.pop()
        return create(search_path)

    botocore.session.create_loader = create_loader


def _read(loader: Any) -> Any:
    """Let a loader read what the commands of builds ask it for; they ask for no help here."""
    loader.file_loader = BriefLoader()
    session = botocore.session.Session(awscli.EnvironmentVariables)
    session.register_component("data_loader", loader)
    session.get_available_services()
    session.get_data("cli")
    for service in SERVICES:
        session.get_service_model(service)
        for kind in KINDS:
            if service in loader.list_available_services(kind):
                loader.load_service_model(service, kind)
        session.create_client(
            service, REGION, aws_access_key_id=service, aws_secret_access_key=service
        )
    return loader
