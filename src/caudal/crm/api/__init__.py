"""Routes of customer relations."""

from ninja import Router

from caudal.crm.api import (
    activities,
    bins,
    channels,
    competitors,
    deals,
    leads,
    lines,
    parties,
    pipelines,
    subjects,
    tags,
)

router = Router()
for each in (parties, leads, deals, lines, activities, pipelines, channels, competitors, tags, subjects, bins):
    router.add_router("", each.router)
