"""Routes of the workspace."""

from ninja import Router

from caudal.workspace.api import company, entities, fields, files, notices, search, settings, sharing, teams, views

router = Router()
for each in (company, entities, fields, files, notices, search, settings, sharing, teams, views):
    router.add_router("", each.router)
