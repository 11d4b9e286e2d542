"""Routes of customer relations."""

from ninja import Router

from caudal.crm.api import (
    activities,
    bins,
    channels,
    competitors,
    day,
    deals,
    edits,
    leads,
    lines,
    mapping,
    parties,
    pipelines,
    tags,
)

router = Router()
for each in (
    activities,
    bins,
    channels,
    competitors,
    day,
    deals,
    edits,
    leads,
    lines,
    mapping,
    parties,
    pipelines,
    tags,
):
    router.add_router("", each.router)
