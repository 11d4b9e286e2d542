"""What the ledger shows elsewhere: its lines of the rail, the pages of its records, and how its facts read."""

from typing import Final

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from caudal.kit.outbox import RecordedFact
from caudal.kit.panels import FactWords, NavItem, RecordPage
from caudal.ledger.events import (
    AccountAdded,
    AccountRenamed,
    EntryPosted,
    EntryReversed,
    MonthClosed,
    MonthReopened,
    ReopeningAsked,
)


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


NAVIGATION: Final = (
    NavItem("bill", _("Trial balance"), "ledger:balances", 80, "entry"),
    NavItem("bill", _("Profit and loss"), "ledger:income", 81, "entry"),
    NavItem("bill", _("Balance sheet"), "ledger:sheet", 82, "entry"),
    NavItem("bill", _("Entries"), "ledger:entries", 83, "entry"),
    NavItem("bill", _("Chart of accounts"), "ledger:chart", 84, "account"),
    NavItem("bill", _("Months"), "ledger:months", 85, "closed_month"),
)
RECORD_PAGES: Final = (RecordPage("account", "ledger:account"), RecordPage("entry", "ledger:entry"))
FACT_WORDS: Final = (
    FactWords(AccountAdded.name, lambda _fact: gettext("The account was added"), "plus"),
    FactWords(AccountRenamed.name, lambda _fact: gettext("The account is called otherwise"), "edit"),
    FactWords(EntryPosted.name, posted_words, "bill"),
    FactWords(EntryReversed.name, lambda _fact: gettext("The entry was reversed"), "undo"),
    FactWords(MonthClosed.name, month_words, "check"),
    FactWords(ReopeningAsked.name, month_words, "edit"),
    FactWords(MonthReopened.name, month_words, "undo"),
)
