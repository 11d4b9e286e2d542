"""Routes of customer relations."""

from ninja import Router

from caudal.crm.api import (
    activities,
    bins,
    channels,
    competitors,
    deals,
    edits,
    imports,
    leads,
    lines,
    parties,
    pipelines,
    tags,
)

router = Router()
for each in (
    *(parties, leads, deals, lines, activities, pipelines, channels, competitors, tags, bins, edits),
    imports,
):
    router.add_router("", each.router)
