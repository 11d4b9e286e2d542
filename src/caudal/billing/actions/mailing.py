"""Sending documents: by mail to whom they are for, once; a document that went out cannot be made void."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import override

from caudal.billing.actions.issuing import NotIssued, mark_sent
from caudal.billing.models import Invoice, InvoiceState
from caudal.billing.queries.mailing import letter_key, letters_about
from caudal.billing.queries.papers import title_of, told
from caudal.core.errors import Problem, msg
from caudal.core.money import Currency
from caudal.kit.access import Actor, Verb
from caudal.kit.actions import action
from caudal.kit.letters import Enclosure, Letter, post
from caudal.ui.formats import medium_day_text, reader_locale

PDF = "application/pdf"


class NoAddress(Problem):
    """Nobody knows where to send it."""

    code = "invoice.no_address"
    status = 409
    message = msg("{customer} has no e-mail for invoices.")
    hint = msg("Say it on the customer, or send the file yourself and mark the document as sent.")


@action
def send_invoice(*, actor: Actor, as_of: datetime, invoice_id: UUID, file: bytes, file_name: str) -> Invoice:
    """Send a document to its customer with the PDF. One that waits or has left is not sent again; a failed one is.

    Raises NotFound, NotIssued, NoAddress.
    """
    row = Invoice.one_for(actor, Verb.CHANGE, invoice_id, lock=True)
    if row.state != InvoiceState.FINAL:
        raise NotIssued
    if not row.customer.email:
        raise NoAddress(customer=row.customer.name)
    before = letters_about(row)
    if any(each.failed_at is None for each in before):
        return row
    subject, text = _words(row)
    enclosed = Enclosure(name=file_name, media_type=PDF, content=file)
    key = letter_key(row, len(before) + 1)
    post([Letter(key=key, to=row.customer.email, subject=subject, text=text, enclosed=enclosed)], as_of=as_of)
    return mark_sent(actor=actor, as_of=as_of, invoice_id=row.pk)


def _words(row: Invoice) -> tuple[str, str]:
    locale, currency = reader_locale(row.language), Currency(row.currency)
    seller = (row.seller.said if row.seller else {}) or {}
    with override(row.language):
        named = {
            "document": title_of(row),
            "number": row.number,
            "seller": seller.get("brand") or seller.get("name", ""),
            "amount": told(row.gross_minor, currency, locale),
            "day": medium_day_text(row.due_day, locale) if row.due_day else "",
        }
        subject = _("%(document)s %(number)s from %(seller)s") % named
        lines = [_("Attached you find %(document)s %(number)s for %(amount)s.") % named]
        if row.sort == "invoice":
            lines.append(_("It is to be paid by %(day)s.") % named)
        lines.append(str(named["seller"]))
        return subject, "\n\n".join(lines) + "\n"
