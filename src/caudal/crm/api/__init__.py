"""Routes of customer relations."""

from ninja import Router

from caudal.crm.api import (
    activities,
    bins,
    channels,
    competitors,
    deals,
    edits,
    leads,
    lines,
    parties,
    pipelines,
    subjects,
    tags,
)

router = Router()
for each in (parties, leads, deals, lines, activities, pipelines, channels, competitors, tags, subjects, bins, edits):
    router.add_router("", each.router)
