"""Routes of the books."""

from ninja import Router

from caudal.ledger.api import books

router = Router()
for each in (books,):
    router.add_router("", each.router)
