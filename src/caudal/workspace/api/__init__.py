"""Routes of the workspace."""

from ninja import Router

from caudal.workspace.api import (
    company,
    entities,
    fields,
    files,
    notices,
    search,
    settings,
    sharing,
    teams,
    views,
    webhooks,
)

router = Router()
for each in (company, entities, fields, files, notices, search, settings, sharing, teams, views, webhooks):
    router.add_router("", each.router)
