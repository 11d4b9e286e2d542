"""Facts that the ledger publishes."""

from dataclasses import dataclass
from typing import ClassVar

from caudal.kit.outbox import Fact


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountAdded(Fact):
    """The chart has another account."""

    name: ClassVar[str] = "ledger.account_added"


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountRenamed(Fact):
    """An account is called otherwise."""

    name: ClassVar[str] = "ledger.account_renamed"


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryPosted(Fact):
    """An entry was posted on a day; `reverses` is the id of the one that it undoes, if any."""

    name: ClassVar[str] = "ledger.entry_posted"

    day: str
    source: str
    lines: int
    reverses: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryReversed(Fact):
    """An entry was undone by another one."""

    name: ClassVar[str] = "ledger.entry_reversed"

    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthClosed(Fact):
    """Nothing more is posted into a month."""

    name: ClassVar[str] = "ledger.month_closed"

    month: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopeningAsked(Fact):
    """Somebody asks that a closed month be opened again."""

    name: ClassVar[str] = "ledger.reopening_asked"

    month: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthReopened(Fact):
    """A second person opened a month again."""

    name: ClassVar[str] = "ledger.month_reopened"

    month: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecurringCostAdded(Fact):
    """A cost is posted every month."""

    name: ClassVar[str] = "ledger.recurring_cost_added"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecurringCostEnded(Fact):
    """A cost recurs up to a day and no longer."""

    name: ClassVar[str] = "ledger.recurring_cost_ended"

    last_day: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CostFilePosted(Fact):
    """The costs of a file were posted."""

    name: ClassVar[str] = "ledger.cost_file_posted"

    posted: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CostFileUndone(Fact):
    """The entries of a file were reversed."""

    name: ClassVar[str] = "ledger.cost_file_undone"

    reversed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthStepConfirmed(Fact):
    """Somebody confirmed of a month what cannot be known otherwise."""

    name: ClassVar[str] = "ledger.month_step_confirmed"

    month: str
    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthStepWithdrawn(Fact):
    """What somebody had confirmed of a month was taken back."""

    name: ClassVar[str] = "ledger.month_step_withdrawn"

    month: str
    step: str
