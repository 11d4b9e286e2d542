"""Saying what deals are made of, as files write it: `3 × Seats at 29 EUR less 10 % [Team plan]`."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Final
from uuid import UUID

from caudal.catalog.queries import every_product
from caudal.core.errors import msg
from caudal.core.money import Rate
from caudal.crm.actions.drafts import LineDraft
from caudal.crm.actions.lines import set_deal_lines
from caudal.crm.imports.desks import Desk
from caudal.crm.imports.rows import Row
from caudal.kit.names import name_key

_NUMBER: Final = r"\d+(?:\.\d+)?"
_LINE: Final = re.compile(
    rf"(?P<quantity>{_NUMBER})\s*[x×]\s*(?P<description>.+) at (?P<price>{_NUMBER}) (?P<currency>[A-Z]{{3}})"
    rf"(?: less (?P<discount>{_NUMBER}) ?%)?(?: \[(?P<product>.+)\])?"
)


def set_lines(desk: Desk, deals: Mapping[UUID, Row]) -> set[UUID]:
    """Make deals of the line items that their rows tell, and return those that have some now.

    Lines that cannot be read are told, and their deal comes in with its amount alone. Raises as `set_deal_lines` does.
    """
    told = {deal: row for deal, row in deals.items() if row.values.get("lines")}
    products = {name_key(each.name): each.pk for each in every_product(desk.actor)} if told else {}
    drafts = {deal: _drafts(desk, row, products) for deal, row in told.items()}
    for deal, lines in drafts.items():
        if lines:
            set_deal_lines(actor=desk.actor, as_of=desk.as_of, deal_id=deal, lines=lines)
    return {deal for deal, lines in drafts.items() if lines}


def _drafts(desk: Desk, row: Row, products: Mapping[str, UUID]) -> list[LineDraft]:
    drafts = []
    for text in filter(None, map(str.strip, str(row.values["lines"]).splitlines())):
        found = _LINE.fullmatch(text)
        product = products.get(name_key(found["product"] or "")) if found else None
        if found is None or (found["product"] and product is None):
            _tell(desk, row, text)
            return []
        drafts.append(
            LineDraft(
                quantity=Decimal(found["quantity"]),
                rate=Rate.of(found["price"], found["currency"]),
                discount_percent=Decimal(found["discount"] or 0),
                description=found["description"],
                product_id=product,
            )
        )
    return drafts


def _tell(desk: Desk, row: Row, text: str) -> None:
    file, tally = desk.told_to
    tally.note(
        "import.not_a_line",
        msg("“{text}” is no line of a deal; the deal came in with its amount alone."),
        file=file,
        line=row.line,
        hint=msg("Write one on each line of the cell: 3 × Seats at 29 EUR less 10 %"),
        text=text[:60],
    )
