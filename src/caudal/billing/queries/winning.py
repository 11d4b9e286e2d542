"""What was won with a deal, as what can be agreed on: the offerings of the products of its lines."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from caudal.core.ids import Ref
from caudal.crm.queries import deal as deal_of
from caudal.crm.queries import lines_of
from caudal.kit.access import Actor

if TYPE_CHECKING:
    from uuid import UUID

    from caudal.catalog.models import Offering


@dataclass(frozen=True, slots=True)
class WonLine:
    """An offering of the product of a line, for as many as it says, at its discount."""

    offering: "Offering"
    quantity: Decimal
    discount_percent: Decimal


@dataclass(frozen=True, slots=True)
class Won:
    """What a deal sells again and again, and what it sells once; nothing where no line names such a product."""

    deal_id: "UUID | None" = None
    recurring: WonLine | None = None
    once: WonLine | None = None


def won_with(actor: Actor, deal: str, offerings: "Iterable[Offering]") -> Won:
    """Return what the lines of a deal sell; nothing where no deal is named. Raises NotFound, NotAnId."""
    if not deal:
        return Won()
    row = deal_of(actor, Ref.parse(deal, "deal").id)
    by_product: dict[UUID, list[Offering]] = {}
    for each in offerings:
        if each.role == "main":
            by_product.setdefault(each.product_id, []).append(each)
    found = [
        WonLine(offering, line.quantity, line.discount_percent)
        for line in lines_of(row)
        if line.product_id is not None
        for offering in by_product.get(line.product_id, ())
    ]
    return Won(
        row.pk,
        next((line for line in found if line.offering.interval != "once"), None),
        next((line for line in found if line.offering.interval == "once"), None),
    )
