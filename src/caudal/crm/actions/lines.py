"""Line items of deals: said as a whole, each amount rounded once, the deal worth what they come to."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final
from uuid import UUID

from caudal.core.decimals import plain_decimal
from caudal.core.errors import Problem, msg
from caudal.core.money import Money, Rate, Rounding, extend, total
from caudal.crm import queries
from caudal.crm.actions.checking import Reader
from caudal.crm.actions.drafts import LineDraft
from caudal.crm.actions.telling import refs_of, told
from caudal.crm.events import DealLinesSet
from caudal.crm.models import Deal, DealClose, DealLine
from caudal.kit.access import Actor, Verb
from caudal.kit.actions import action
from caudal.kit.outbox import publish
from caudal.kit.records import plain
from caudal.workspace.queries import company

LINES_MAX: Final = 200
ROUNDING: Final = Rounding.HALF_UP
"""Of each line's net amount, as EN 16931 has it."""
QUANTITY_MAX: Final = Decimal(10) ** 12
PRICE_MAX: Final = Decimal(10) ** 12
AMOUNT_MAX: Final = 2**62
DISCOUNT_PLACES: Final = 4
QUANTITY_PLACES: Final = 6


class AmountFollowsLines(Problem):
    """The amount of a deal that has lines is what they come to."""

    code = "deal.amount_follows_lines"
    status = 409
    message = msg("“{deal}” is worth what its {count} lines come to.")
    hint = msg("Change the lines, or remove them all to type an amount.")


class WonAsItIs(Problem):
    """Changing the lines of what was won would change what was won."""

    code = "deal.lines_stay_as_won"
    status = 409
    message = msg("“{deal}” was won for {amount}, which is above what one person may change.")
    hint = msg("Reopen it first; somebody else has to agree to that.")


@action
def set_deal_lines(
    *,
    actor: Actor,
    as_of: datetime,
    deal_id: UUID,
    lines: Sequence[LineDraft],
    expected_version: int | None = None,
) -> Deal:
    """Make these the lines of a deal, in this order, and its amount what they come to; said again, nothing changes.

    Without lines the amount stays, and may be typed. Raises NotFound, BadInput, WonAsItIs, VersionConflict.
    """
    deal = Deal.one_for(actor, Verb.CHANGE, deal_id, lock=True)
    deal.expect(expected_version)
    before = list(deal.lines.order_by("position"))
    products = Deal.related_for("product", actor, [line.product_id for line in lines if line.product_id])
    own: Money | None = deal.amount
    read = read_lines(Reader(many=True), lines, products, currency=own.currency.code if own else own_currency())
    after = rows_of(deal, read)
    if told_of(before) == told_of(after):
        return deal
    amount = total((row.amount for row in after), after[0].amount.currency) if after else own
    if amount != own and queries.takes_two(deal, DealClose.objects.filter(deal=deal).first()):
        raise WonAsItIs(deal=deal.name, amount=own)
    DealLine.objects.filter(deal=deal).delete()
    DealLine.objects.bulk_create(after)
    changes = {"lines": (told_of(before), told_of(after))}
    if amount != own:
        changes |= deal.change(actor=actor, as_of=as_of, amount=amount)
    else:
        deal.touch(actor=actor, as_of=as_of)
    fact = told(DealLinesSet, deal, changes, about=refs_of(deal), count=len(after), amount=amount)
    publish(fact, actor=actor, occurred_at=as_of)
    return deal


def read_lines(
    reader: Reader, lines: Sequence[LineDraft], products: Mapping[UUID, Any], *, currency: str
) -> list[LineDraft]:
    """Return lines with what they leave out taken from their products. Raises BadInput, for all of them at once."""
    if len(lines) > LINES_MAX:
        reader.refuse("lines", msg("A deal has at most 200 lines."))
    read = []
    for row, line in enumerate(lines):
        product = products[line.product_id] if line.product_id else None
        price = line.rate
        if price is None and product is not None and product.list_price is not None:
            price = Rate.of(product.list_price.major, product.list_price.currency)
        price = price or Rate.of(0, currency)
        description = " ".join(line.description.split()) or (product.name if product else "")
        _check(reader, row, description, line, price)
        read.append(replace(line, description=description, rate=price))
    if len({line.rate.currency for line in read if line.rate}) > 1:
        reader.refuse("rate", msg("The lines of a deal are all in one currency."))
    reader.finish()
    return read


def rows_of(deal: Deal, lines: Sequence[LineDraft]) -> list[DealLine]:
    """Return the rows of lines that were read, in their order; those that stay keep their id."""
    known = set(deal.lines.values_list("pk", flat=True)) if any(line.line_id for line in lines) else set()
    rows = []
    for position, line in enumerate(lines):
        rate = line.rate
        assert rate is not None  # noqa: S101  read_lines gives every line one
        row = DealLine(
            deal=deal,
            position=position,
            product_id=line.product_id,
            description=line.description,
            quantity=line.quantity,
            unit_price=rate.amount,
            discount_percent=line.discount_percent,
            currency=rate.currency.code,
            amount_minor=net(rate, line.quantity, line.discount_percent).minor,
        )
        if line.line_id in known:
            row.pk = line.line_id
            known.discard(line.line_id)
        rows.append(row)
    return rows


def net(rate: Rate, quantity: Decimal, discount_percent: Decimal) -> Money:
    """Return what a line comes to, rounded once.

    Three units at 9.99 less 10 % are 26.973, which is 26.97:

    >>> net(Rate.of("9.99", "EUR"), Decimal(3), Decimal(10)).major
    '26.97'
    """
    return extend(rate, Fraction(quantity) * (1 - Fraction(discount_percent) / 100), ROUNDING)


def told_of(rows: Sequence[DealLine]) -> list[dict[str, Any]]:
    """Return lines as facts tell them."""
    return [
        {
            "description": row.description,
            "product": str(row.product_id) if row.product_id else None,
            "quantity": _written(row.quantity),
            "rate": f"{_written(row.unit_price)} {row.currency}",
            "discount_percent": _written(row.discount_percent),
            "amount": plain(row.amount),
        }
        for row in rows
    ]


def own_currency() -> str:
    """Return the currency that amounts are in unless they say otherwise."""
    settings = company()
    return settings.currency if settings else "EUR"


def _check(reader: Reader, row: int, description: str, line: LineDraft, price: Rate) -> None:
    if not description:
        reader.refuse("description", msg("Say what it is, or choose a product."), row)
    reader.fits(DealLine, {"description": description}, row)
    if not 0 < line.quantity < QUANTITY_MAX or _places(line.quantity) > QUANTITY_PLACES:
        reader.refuse("quantity", msg("A quantity is above zero, with at most 6 decimals."), row)
    elif not 0 <= price.amount < PRICE_MAX:
        reader.refuse("rate", msg("A unit price is not below zero."), row)
    elif not 0 <= line.discount_percent <= 100 or _places(line.discount_percent) > DISCOUNT_PLACES:  # noqa: PLR2004  per cent
        reader.refuse("discount_percent", msg("A discount is between 0 and 100 per cent."), row)
    elif net(price, line.quantity, Decimal(0)).minor > AMOUNT_MAX:
        reader.refuse("quantity", msg("This comes to more than an amount can hold."), row)


def _places(number: Decimal) -> int:
    exponent = number.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else QUANTITY_PLACES + 1


def _written(number: Decimal) -> str:
    """Return a number without the zeros that its column adds."""
    return plain_decimal(Decimal(number))
