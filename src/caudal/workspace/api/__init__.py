"""Routes of the workspace."""

from ninja import Router

from caudal.workspace.api import company, fields, files, notices, search

router = Router()
for each in (company, fields, files, notices, search):
    router.add_router("", each.router)
