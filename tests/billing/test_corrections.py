"""What corrects a document outlives it, and is never in its way."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from caudal.billing import actions
from caudal.billing.actions.issuing import CorrectedLater
from caudal.billing.models import Invoice, InvoiceLine
from caudal.billing.queries.crediting import Credit, LineCredit, NothingToCredit
from caudal.kit.access import SYSTEM
from tests.billing.invariants import broken
from tests.billing.selling import Sold, bill, on, sold, take, use
from tests.world import Shop

__all__ = ["sold"]


def documents() -> list[tuple[str, int, int]]:
    """The lines of January's documents that hold: what of, which revision, and how much."""
    lines = InvoiceLine.objects.filter(holds=True, obligation__contains="documents").order_by("revision")
    return [(str(line.invoice.number), line.revision, line.net_minor) for line in lines]


def test_what_was_corrected_and_is_made_void_is_owed_again_beside_its_correction(shop: Shop, sold: Sold) -> None:
    take(sold)
    use(shop.acme, "300", on(1, 10), "1")
    bill(on(2, 1, 8))
    use(shop.acme, "40", on(1, 20), "2", known=on(2, 5))
    bill(on(2, 6))
    # 200 documents above the free 100 at 0.05 are 10.00; 40 more are 2.00.
    assert documents() == [("INV-2026-00002", 0, 1000), ("INV-2026-00003", 1, 200)]
    wrong = Invoice.objects.get(number="INV-2026-00002")
    actions.void(actor=SYSTEM, as_of=on(2, 7), invoice_id=wrong.pk, day=date(2026, 2, 7), why="The wrong address")
    bill(on(2, 8))
    assert documents() == [("INV-2026-00003", 1, 200), ("INV-2026-00004", 2, 1000)]
    assert bill(on(2, 9)).invoices == 0


def test_a_draft_that_something_corrects_is_not_thrown_away(shop: Shop, sold: Sold) -> None:
    take(sold)
    use(shop.acme, "300", on(1, 10), "1")
    bill(on(2, 1, 8), as_drafts=True)
    use(shop.acme, "40", on(1, 20), "2", known=on(2, 5))
    bill(on(2, 6))
    draft = Invoice.objects.get(state="draft", due_from=date(2026, 2, 1))
    with pytest.raises(CorrectedLater, match="INV-2026-00001 corrects"):
        actions.discard(actor=SYSTEM, as_of=on(2, 7), invoice_id=draft.pk)
    for each in Invoice.objects.filter(state="draft"):
        actions.finalise(actor=SYSTEM, as_of=on(2, 7), invoice_id=each.pk, issue_day=date(2026, 2, 7))
    actions.rebuild_mrr(actor=SYSTEM, as_of=on(2, 7))
    assert broken(on(2, 7)) == []


def test_what_a_document_gave_back_is_not_credited_alone(sold: Sold) -> None:
    row = take(sold)
    bill(on(1, 1, 8))
    half = on(1, 16, 11)
    actions.change_seats(actor=SYSTEM, as_of=half, subscription_id=row.pk, seats=Decimal(1), at=half)
    bill(on(2, 1, 8))
    given_back = InvoiceLine.objects.get(sort="credit")
    credit = Credit(lines=(LineCredit(given_back.pk),))
    how: dict[str, Any] = {"day": date(2026, 2, 2), "reason": "As agreed", "credit": credit}
    with pytest.raises(NothingToCredit):
        actions.credit_invoice(actor=SYSTEM, as_of=on(2, 2), invoice_id=given_back.invoice_id, **how)
