"""Routes of the workspace."""

from ninja import Router

from caudal.workspace.api import company, fields, files, notices, search, settings, sharing, teams, views

router = Router()
for each in (company, fields, files, notices, search, settings, sharing, teams, views):
    router.add_router("", each.router)
