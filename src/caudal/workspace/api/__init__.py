"""Routes of the workspace."""

from ninja import Router

from caudal.workspace.api import company, fields, notices, search

router = Router()
for each in (company, fields, notices, search):
    router.add_router("", each.router)
