"""What the ledger shows elsewhere: its lines of the rail, the pages of its records, and how its facts read."""

from typing import Final
from uuid import UUID

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from caudal.core.periods import Days
from caudal.kit.access import Actor
from caudal.kit.outbox import RecordedFact
from caudal.kit.panels import FactWords, NavItem, RecordPage
from caudal.ledger.events import (
    AccountAdded,
    AccountRenamed,
    CostFilePosted,
    CostFileUndone,
    EntryPosted,
    EntryReversed,
    MonthClosed,
    MonthReopened,
    RecurringCostAdded,
    RecurringCostEnded,
    ReopeningAsked,
)
from caudal.ledger.queries import MonthCheck, OpenItem, due_costs, payables


def posted_words(fact: RecordedFact) -> str:
    """Say that an entry was posted, or that it undoes another one."""
    return gettext("The reversal was posted") if fact.data["reverses"] else gettext("The entry was posted")


def month_words(fact: RecordedFact) -> str:
    """Say what became of a month."""
    said = {
        MonthClosed.name: gettext("%(month)s was closed"),
        ReopeningAsked.name: gettext("Somebody asked to reopen %(month)s"),
        MonthReopened.name: gettext("%(month)s was reopened by a second person"),
    }
    return said[fact.name] % {"month": fact.data["month"]}


def ended_words(fact: RecordedFact) -> str:
    """Say up to when a cost recurs."""
    return gettext("It recurs up to %(day)s") % {"day": fact.data["last_day"]}


def due_of(actor: Actor, days: Days, entity_id: UUID | None) -> list[OpenItem]:
    """Return what recurs and is not posted in a month, and what suppliers are owed for it."""
    due, barred = due_costs(actor, days.last)
    count = sum(each.day in days and (entity_id is None or each.cost.entity_id == entity_id) for each in due + barred)
    owed = sum(each.since in days for each in payables(actor))
    found = []
    if count:
        found.append(OpenItem(words=_("Recurring costs not posted"), count=count, url_name="ledger:costs"))
    if owed:
        found.append(OpenItem(words=_("Suppliers not paid"), count=owed, url_name="ledger:costs"))
    return found


MONTH_CHECKS: Final = (MonthCheck(10, due_of),)
NAVIGATION: Final = (
    NavItem("books", _("Trial balance"), "ledger:balances", 80, "entry"),
    NavItem("books", _("Profit and loss"), "ledger:income", 81, "entry"),
    NavItem("books", _("Balance sheet"), "ledger:sheet", 82, "entry"),
    NavItem("books", _("Entries"), "ledger:entries", 83, "entry"),
    NavItem("books", _("Costs"), "ledger:costs", 79, "entry"),
    NavItem("books", _("Chart of accounts"), "ledger:chart", 84, "account"),
    NavItem("books", _("Months"), "ledger:months", 85, "closed_month"),
)
RECORD_PAGES: Final = (RecordPage("account", "ledger:account"), RecordPage("entry", "ledger:entry"))
FACT_WORDS: Final = (
    FactWords(AccountAdded.name, lambda _fact: gettext("The account was added"), "plus"),
    FactWords(AccountRenamed.name, lambda _fact: gettext("The account is called otherwise"), "edit"),
    FactWords(EntryPosted.name, posted_words, "bill"),
    FactWords(EntryReversed.name, lambda _fact: gettext("The entry was reversed"), "undo"),
    FactWords(RecurringCostAdded.name, lambda _fact: gettext("The cost recurs every month"), "refresh"),
    FactWords(RecurringCostEnded.name, ended_words, "check"),
    FactWords(CostFilePosted.name, lambda _fact: gettext("The costs of the file were posted"), "import"),
    FactWords(CostFileUndone.name, lambda _fact: gettext("The entries of the file were reversed"), "undo"),
    FactWords(MonthClosed.name, month_words, "check"),
    FactWords(ReopeningAsked.name, month_words, "edit"),
    FactWords(MonthReopened.name, month_words, "undo"),
)
