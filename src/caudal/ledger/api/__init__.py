"""Routes of the books."""

from ninja import Router

from caudal.ledger.api import books, costs, opening, steps

router = Router()
for each in (books, costs, opening, steps):
    router.add_router("", each.router)
