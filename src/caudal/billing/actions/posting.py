"""What documents say in the journal: a receivable, against revenue, what is still to be earned, and taxes."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from caudal.billing.models import Invoice, InvoiceLine, InvoiceSort, InvoiceTax
from caudal.billing.queries.recognition import earned_by
from caudal.core.errors import Problem, msg
from caudal.core.journal import Entry, Posting
from caudal.core.money import Currency, Money
from caudal.kit.access import SYSTEM, Actor
from caudal.kit.lasting import look_again
from caudal.ledger.actions import EntryDraft, HeldMonths, post_entries, set_up_chart
from caudal.ledger.queries import account_codes

RECEIVABLE: Final = "receivable"
TAX: Final = "tax_payable"


class NoAccountFor(Problem):
    """The chart has no account that is posted to."""

    code = "billing.no_account"
    status = 409
    message = msg("The chart of accounts has no account for “{purpose}”.")
    hint = msg("Set up the standard chart of accounts.")


class Accounts:
    """The account of each purpose; a chart that lacks one is completed from the standard one."""

    def __init__(self, as_of: datetime) -> None:
        """Read the chart once."""
        self._codes = account_codes(SYSTEM)
        self._as_of = as_of

    def code(self, purpose: str) -> str:
        """Return the code of the account for a purpose. Raises NoAccountFor."""
        if purpose not in self._codes:
            set_up_chart(actor=SYSTEM, as_of=self._as_of)
            look_again()  # somebody else may have added them while we waited
            self._codes = account_codes(SYSTEM)
        if purpose not in self._codes:
            raise NoAccountFor(purpose=purpose)
        return self._codes[purpose]


def post_documents(
    documents: Iterable[Invoice],
    lines: Mapping[UUID, Sequence[InvoiceLine]],
    taxes: Mapping[UUID, Sequence[InvoiceTax]],
    *,
    actor: Actor,
    as_of: datetime,
    held: HeldMonths,
    are_new: bool = False,
) -> None:
    """Post issued documents, in a few statements however many. Raises MonthIsClosed, NoAccountFor.

    `are_new` says that they were written in the same transaction: nobody can have posted them before.
    """
    accounts = Accounts(as_of)
    drafts = []
    for row in documents:
        postings = postings_of(row, lines[row.pk], taxes[row.pk], accounts)
        if postings:
            assert row.issue_day is not None  # noqa: S101  it is issued
            entry = Entry(row.issue_day, postings, row.number or "")
            drafts.append(EntryDraft(f"{row.ref}", entry, row.entity_id))
    if drafts:
        post_entries(actor=actor, as_of=as_of, drafts=drafts, held=held, are_new=are_new)


def postings_of(
    row: Invoice, lines: Sequence[InvoiceLine], taxes: Sequence[InvoiceTax], accounts: Accounts
) -> tuple[Posting, ...]:
    """Return the postings of a document: credits of an invoice are debits of a credit note."""
    sign = -1 if row.sort == InvoiceSort.CREDIT_NOTE else 1
    currency = Currency(row.currency)
    about = {"party": str(row.customer.ref), "document": str(row.ref)}
    sums: dict[tuple[str, str], int] = {}
    assert row.issue_day is not None  # noqa: S101  it is issued
    for line in lines:
        key = accounts.code(earned_by(line, row.issue_day)), str(line.pillar_id or "")
        sums[key] = sums.get(key, 0) - sign * line.net_minor
    for tax in taxes:
        key = accounts.code(TAX), ""
        sums[key] = sums.get(key, 0) - sign * tax.tax_minor
    postings = [Posting(accounts.code(RECEIVABLE), Money(sign * row.gross_minor, currency), about)]
    for (account, pillar), minor in sums.items():
        named = about | ({"pillar": pillar} if pillar else {})
        postings.append(Posting(account, Money(minor, currency), named))
    return tuple(each for each in postings if each.amount)
