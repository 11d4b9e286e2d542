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
    exports,
    imports,
    leads,
    lines,
    lists,
    mapping,
    parties,
    pipelines,
    profiles,
    subjects,
    tags,
    timelines,
)

router = Router()
# Lists as a whole come first: their addresses look like those of a record.
for each in (
    lists,
    exports,
    timelines,
    *(parties, leads, deals, lines, activities, pipelines, channels, competitors, tags, subjects, bins, edits, mapping),
    day,
    imports,
    profiles,
):
    router.add_router("", each.router)
