"""What a deal is made of, as its page shows it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from babel.numbers import format_currency
from django.urls import reverse
from django.utils.translation import gettext as _

from caudal.core.ids import Ref
from caudal.core.money import Rate
from caudal.crm import queries
from caudal.crm.models import DealLine
from caudal.kit.access import Actor, Verb, policies
from caudal.ui.formats import reader_locale
from caudal.ui.tables import Cell, Column, Row, Table


def lines_of_deal(ref: Ref, actor: Actor, _as_of: datetime) -> Mapping[str, Any] | None:
    """Return what a deal is made of, and the way to say so."""
    deal = queries.deal(actor, ref.id)
    rows = [
        Row(
            (
                Cell(line.description, note=also_called(line)),
                line.quantity,
                rate_text(line.rate),
                line.discount_percent / 100 if line.discount_percent else Cell(None),
                line.amount,
            )
        )
        for line in queries.lines_of(deal)
    ]
    may_change = policies()["deal"].covering(actor, Verb.CHANGE)(deal.owner_id, deal.pk)
    href = reverse("crm:deal_lines", args=[ref]) if may_change else ""
    if not rows:
        return {"table": None, "href": href} if href and getattr(deal, "close", None) is None else None
    columns = (
        Column(_("Description")),
        Column(_("Quantity"), "number"),
        Column(_("Unit price")),
        Column(_("Discount"), "percent"),
        Column(_("Amount"), "money"),
    )
    totals = (_("Together"), None, None, None, deal.amount)
    return {"table": Table(columns=columns, rows=rows, totals=totals, caption=_("Line items")), "href": href}


def also_called(line: DealLine) -> str:
    """Return the product of a line that is called otherwise."""
    return line.product.name if line.product and line.product.name != line.description else ""


def rate_text(rate: Rate) -> str:
    """Write an exact price of one unit with all its decimals."""
    amount = rate.amount.normalize()
    return str(format_currency(amount, rate.currency.code, locale=reader_locale(), decimal_quantization=False))
