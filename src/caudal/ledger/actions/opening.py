"""Opening balances: what the accounts held before the company kept its books here, as one entry."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from caudal.core.errors import Problem, msg
from caudal.core.ids import Ref
from caudal.core.journal import Entry, Posting
from caudal.core.money import Money
from caudal.kit.access import Actor, Verb, require
from caudal.kit.actions import action
from caudal.ledger.actions.chart import add_account
from caudal.ledger.actions.posting import EntryDraft, NoSuchAccount, post_entry
from caudal.ledger.models import Account, JournalEntry
from caudal.ledger.queries import opening_entries

SOURCE: Final = "opening"


class OpenedBefore(Problem):
    """The books begin once."""

    code = "ledger.opened_before"
    status = 409
    message = msg("These books were opened on {day} before: {entry}.")
    hint = msg("Reverse that entry first, then open them again.")


@dataclass(frozen=True, slots=True)
class OpeningLine:
    """What an account held, a debit if positive; name and type add one that the chart does not have."""

    account: str
    amount: Money
    name: str = ""
    nature: str = ""


@action
def open_books(
    *, actor: Actor, as_of: datetime, day: date, lines: Sequence[OpeningLine], entity_id: UUID | None = None
) -> JournalEntry:
    """Post what the accounts held at the beginning of a day, once for each legal entity's books.

    Accounts that are missing are added where they have a name and a type. Raises NotAllowed, NoSuchAccount, BadInput,
    Unbalanced, TooShort, OpenedBefore, MonthIsClosed.
    """
    require(actor, "entry", Verb.CREATE)
    whose = str(Ref("entity", entity_id)) if entity_id else "company"
    earlier = opening_entries(actor, f"{SOURCE}:{whose}")
    for row in earlier:
        if getattr(row, "reversal", None) is None:
            raise OpenedBefore(day=row.day, entry=row.ref)
    known = set(Account.for_actor(actor).values_list("code", flat=True))
    for line in lines:
        if line.account not in known:
            if not (line.name and line.nature):
                raise NoSuchAccount(account=line.account)
            add_account(actor=actor, as_of=as_of, code=line.account, nature=line.nature, label_en=line.name)
            known.add(line.account)
    postings = tuple(Posting(line.account, line.amount) for line in lines if line.amount)
    source = f"{SOURCE}:{whose}" + (f"/{len(earlier) + 1}" if earlier else "")
    return post_entry(actor=actor, as_of=as_of, draft=EntryDraft(source, Entry(day, postings, "Opening"), entity_id))
