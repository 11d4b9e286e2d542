"""What somebody of the demo company does at an instant. Rows are named by keys of the script, people by theirs."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from caudal.demo.market import Colleague
from caudal.demo.names import Buyer, Firm


@dataclass(frozen=True, slots=True)
class Join:
    """The founder adds somebody to the team."""

    colleague: Colleague


@dataclass(frozen=True, slots=True)
class Interest:
    """Somebody shows interest; the routing gives the lead to `owner`, or to nobody."""

    lead: str
    at: datetime
    buyer: Buyer
    channel: str
    campaign: str
    pillar: str
    owner: str | None
    neglected: bool = False
    """Nobody will ever speak of it again."""


@dataclass(frozen=True, slots=True)
class HandOver:
    """The company's site hands over, in the evening, the leads of the day."""

    leads: tuple[Interest, ...]


@dataclass(frozen=True, slots=True)
class Assign:
    """A lead gets another owner."""

    lead: str
    owner: str


@dataclass(frozen=True, slots=True)
class GiveUp:
    """At the end of the week a rep goes through the leads that come to nothing, and says why of each."""

    leads: tuple[tuple[str, str], ...]
    """Lead and reason."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What is said of a deal as it opens. The price is in cents."""

    name: str
    sku: str
    quantity: int
    price_minor: int
    """Of one unit, from the catalogue."""
    discount_percent: int
    expected_close_date: date
    sales_model: str


@dataclass(frozen=True, slots=True)
class Convert:
    """A lead becomes a person, a company and a deal."""

    lead: str
    deal: str
    company: str
    terms: Terms


@dataclass(frozen=True, slots=True)
class Describe:
    """Somebody looks a company up and writes down what it is."""

    company: str
    firm: Firm


@dataclass(frozen=True, slots=True)
class OpenDeal:
    """A company that bought before wants more."""

    deal: str
    company: str
    terms: Terms


@dataclass(frozen=True, slots=True)
class Move:
    """A deal comes to another stage of its pipeline."""

    deal: str
    pillar: str
    position: int


@dataclass(frozen=True, slots=True)
class Reprice:
    """The proposal says another quantity or discount, and another day."""

    deal: str
    sku: str
    quantity: int
    price_minor: int
    discount_percent: int
    expected_close_date: date


@dataclass(frozen=True, slots=True)
class Close:
    """A deal is won or lost."""

    deal: str
    won: bool
    reason: str
    note: str = ""
    rival: str = ""
    """Who took it, if a competitor did."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a diary, about a lead or a deal: what was done at an instant, or with a day what is to be done."""

    about: str
    does: str
    subject: str
    at: datetime
    outcome: str = ""
    minutes: int | None = None
    due_date: date | None = None
    due_at: datetime | None = None
    activity: str = ""
    """The key of what is to be done."""


@dataclass(frozen=True, slots=True)
class Diary:
    """A rep writes down what was done in the last days, and what comes next."""

    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """What was planned is done, or given up."""

    activity: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Reach:
    """A milestone of the plan is done."""

    phase: str
    milestone: str


@dataclass(frozen=True, slots=True)
class BecomeCustomer:
    """Finance will invoice a company."""

    company: str


@dataclass(frozen=True, slots=True)
class Order:
    """A customer buys something once."""

    deal: str
    company: str
    code: str
    quantity: int
    discount_percent: int


@dataclass(frozen=True, slots=True)
class Agree:
    """A customer subscribes to a plan, perhaps for a number of months."""

    deal: str
    company: str
    code: str
    seats: int
    discount_percent: int
    months: int | None


@dataclass(frozen=True, slots=True)
class SubscriptionStep:
    """A subscription changes: seats, plan, add-on, pause, resume, cancel."""

    deal: str
    does: str
    code: str = ""
    seats: int = 0
    add_on: str = ""
    paid: str = "prorate"
    refund: str = "prorated"
    at_end: bool = False


@dataclass(frozen=True, slots=True)
class Run:
    """Everything that fell due is invoiced."""

    day: date


@dataclass(frozen=True, slots=True)
class Collect:
    """Finance goes through the statement of the bank: what came in, and what will not come any more."""

    day: date


@dataclass(frozen=True, slots=True)
class Used:
    """A customer used so much at an instant, under the id that the system gives it; a correction names another one."""

    id: str
    type: str
    subject: str
    at: datetime
    quantity: int
    kind: str = ""
    corrects: str = ""


@dataclass(frozen=True, slots=True)
class Use:
    """The company's systems tell, at the end of a week, what was used in it."""

    events: tuple[Used, ...]


@dataclass(frozen=True, slots=True)
class Spent:
    """What a month cost on one account, paid from the bank. The amount is in cents."""

    account: str
    amount_minor: int
    note: str
    party: str = ""
    pillar: str = ""
    channel: str = ""


@dataclass(frozen=True, slots=True)
class Spend:
    """The founder posts what a month cost."""

    month: date
    costs: tuple[Spent, ...]


@dataclass(frozen=True, slots=True)
class Recognise:
    """Finance posts what a month earned, and what it earned and did not invoice."""

    month: date


Selling: TypeAlias = BecomeCustomer | Order | Agree | SubscriptionStep | Run | Collect | Recognise
"""What is sold and invoiced."""
Doing: TypeAlias = (
    Spend
    | Diary
    | Done
    | Reach
    | Join
    | HandOver
    | Assign
    | GiveUp
    | Convert
    | Describe
    | OpenDeal
    | Move
    | Reprice
    | Close
    | Selling
    | Use
)


@dataclass(frozen=True, slots=True)
class Step:
    """One call of one action: when, by whom (a colleague's key, or nobody for the company's own site), and what."""

    at: datetime
    key: str
    who: str | None
    does: Doing
