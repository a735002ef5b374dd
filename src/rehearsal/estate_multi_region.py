"""Launches a multi-region pipeline: a store in each region, then the pipeline with its roles."""

from __future__ import annotations

from rehearsal.estate_ground import Ground
from rehearsal.estate_stores import answers, launch_stores, needed_stores
from rehearsal.launching import Order
from rehearsal.outcome import Launch

ACCESS = "china-image-access"


def launch(ground: Ground) -> tuple[Launch, ...]:
    """Launch what the pipeline needs and the pipeline, which is the last that is returned."""
    launcher, home = ground.launcher, ground.site.home
    needed = needed_stores(ground.template, home)
    stores = launch_stores(launcher, needed, ground.account, home, readers=())
    known = ground.known | ground.source() | answers(needed, stores)
    given = launcher.taken(ground.pipeline, known)
    pipeline = Order(ground.pipeline, ground.stack, ground.account, home, given)
    return (*stores, launcher.launch(pipeline))
