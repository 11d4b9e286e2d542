"""A company that lives for a while: what may happen in billing happens at random, and is told again from one seed."""

import random
import re
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Final, TypeVar

from caudal import billing
from caudal.billing import actions
from caudal.billing.actions import Terms
from caudal.billing.adapters import TableTaxes
from caudal.billing.models import (
    Contract,
    Customer,
    Invoice,
    InvoiceLine,
    MoneyRequest,
    Order,
    Payment,
    Settlement,
    Subscription,
)
from caudal.billing.queries import Wanted
from caudal.billing.queries.crediting import Credit, LineCredit
from caudal.catalog.actions import add_charge, add_offering, add_price
from caudal.catalog.models import Offering
from caudal.core.errors import Problem
from caudal.core.money import Currency, Money
from caudal.core.proration import Refund, When
from caudal.crm.actions import CompanyDraft, add_company
from caudal.kit.access import SYSTEM
from caudal.kit.failpoints import FailpointError, armed
from caudal.kit.world import SetClock
from caudal.ledger.actions import CostDraft, close_month, post_cost
from caudal.ledger.queries import chart, closed_months
from caudal.usage.actions import add_subject, record_events
from caudal.workspace.actions import add_entity, change_settings
from tests.billing.invariants import broken
from tests.billing.selling import MADE, NEW_YEAR, Sold, bill
from tests.world import Shop

T = TypeVar("T")
FAILPOINTS: Final = tuple(
    sorted(
        {
            name
            for room in Path(billing.__file__).parent.rglob("*.py")
            for name in re.findall(r'failpoint\("([\w.]+)"\)', room.read_text())
        }
    )
)
"""Every place in billing where a test can make it fail."""
SUBSCRIPTIONS_MOST: Final = 14


@dataclass(slots=True)
class Life:
    """A company in the hands of chance, and how often what happened in it."""

    sold: Sold
    chance: random.Random
    clock: SetClock
    now: datetime = NEW_YEAR
    volume: Offering | None = None
    customers: list[Customer] = field(default_factory=list)
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    events: int = 0
    spent: int = 0
    fails: float = 0.15
    """How often something fails in the middle."""

    def begin(self, shop: Shop) -> None:
        """Sell documents by volume too, and let two more customers come: one in yen, one of another legal entity.

        What gives back more than 300 takes two people.
        """
        change_settings(**MADE, settings=shop.settings, approval_above=Money.of("300", "EUR"))
        pages = add_offering(
            **MADE, product_id=shop.products["documents"].pk, name="Documents", code="volume", timing="arrears"
        )
        charge = add_charge(
            **MADE, offering_id=pages.pk, name="Pages", code="pages", sort="usage", stream="usage", meter="documents"
        )
        tiers = {"tiers": [{"up_to": "1000", "unit": "0.11"}, {"unit": "0.07"}], "minimum": "15"}
        for currency in ("EUR", "JPY"):
            add_price(**MADE, charge_id=charge.pk, currency=currency, from_date=date(2025, 1, 1), price=tiers)
        self.volume = pages
        entity = add_entity(**MADE, name="Caudal Iberia S.L.", country="ES")
        self.customers = [self.sold.acme, self.sold.globex]
        said: tuple[tuple[str, dict[str, Any]], ...] = (
            ("Initech", {"country": "IN", "currency": "JPY", "zone": "Asia/Kolkata"}),
            ("Umbrella", {"country": "ES", "entity_id": entity.pk, "zone": "America/New_York"}),
        )
        for name, values in said:
            company = add_company(**MADE, company=CompanyDraft(name=name))
            add_subject(**MADE, key=name, company_id=company.pk)
            self.customers.append(actions.add_customer(**MADE, company_id=company.pk, **values))
        for customer in self.customers:
            self.now += timedelta(minutes=1)
            self.try_to(partial(self.subscribe, customer), "subscribe")

    def live(self, until: datetime, *, each_days: float) -> None:
        """Let things happen until an instant, one every so many days."""
        while self.now < until:
            self.go_on(each_days=each_days)

    def go_on(self, *, each_days: float) -> None:
        """Let one more thing happen, so many days later on the average."""
        names = list(WEIGHTS)
        self.now += timedelta(seconds=self.chance.randint(1, int(2 * each_days * 86_400)))
        name = self.chance.choices(names, [WEIGHTS[each] for each in names])[0]
        self.try_to(getattr(self, name), name)

    def try_to(self, do: Callable[[], object], name: str) -> None:
        """Do something, now and then with a failure in the middle of it; what is refused is counted by its reason."""
        self.clock.at = self.now
        dies = self.chance.random() < self.fails
        point = armed(self.chance.choice(FAILPOINTS), after=self.chance.choice((1, 1, 2))) if dies else nullcontext()
        try:
            with point:
                do()
            self.done[name] += 1
        except FailpointError:
            self.done["died"] += 1
        except Problem as problem:
            self.refused[f"{name}: {problem.code}"] += 1

    def settle_up(self) -> None:
        """Issue what is drafted and invoice what is due; then nothing is left to invoice, and nothing comes out wrong."""
        self.now += timedelta(days=2)
        actions.turn_contracts(**self.how)
        for draft in Invoice.objects.filter(state="draft").order_by("pk"):
            actions.finalise(**self.how, invoice_id=draft.pk, issue_day=self.today)
        assert bill(self.now).failures.count() == 0
        actions.rebuild_mrr(**self.how)
        assert broken(self.now) == []
        self.now += timedelta(seconds=1)
        again = bill(self.now)
        assert (again.customers, again.invoices) == (0, 0)

    # Choices

    def one(self, rows: Sequence[T]) -> T:
        """Choose one. Raises NothingThere."""
        if not rows:
            raise NothingThere
        return self.chance.choice(rows)

    def any_customer(self) -> Customer:
        return Customer.objects.get(pk=self.one(self.customers).pk)

    def any_subscription(self, **which: Any) -> Subscription:
        return self.one(list(Subscription.objects.filter(**which).order_by("pk")))

    def near(self, before: int, after: int) -> datetime:
        """Return an instant that many days before or after now, to the second."""
        return self.now + timedelta(seconds=self.chance.randint(-before * 86_400, after * 86_400))

    @property
    def today(self) -> date:
        return self.now.date()

    @property
    def how(self) -> dict[str, Any]:
        return {"actor": SYSTEM, "as_of": self.now}

    # What may happen

    def subscribe(self, customer: Customer | None = None) -> None:
        if Subscription.objects.exclude(status="ended").count() >= SUBSCRIPTIONS_MOST:
            raise NothingThere
        one, sold = customer or self.any_customer(), self.sold
        assert self.volume is not None
        seats = Decimal(self.chance.randint(0, 9))
        wanted = self.one(
            [
                [Wanted(sold.pro.pk, seats)],
                [Wanted(sold.pro.pk, seats), Wanted(sold.support.pk)],
                [Wanted(sold.pro.pk, seats, discount_percent=Decimal("12.5"), discount_until=self.near(0, 90).date())],
                [Wanted(sold.yearly.pk)],
                [Wanted(self.volume.pk)],
            ]
        )
        contracts = list(Contract.objects.filter(customer=one, ended_at=None).order_by("pk"))
        contract = self.chance.choice([None, *contracts])
        terms = Terms(
            start_day=self.near(15, 10).date(),
            alignment=self.chance.choice(["anniversary", "calendar", "billing_day"]),
            billing_day=self.chance.randint(1, 31),
            timing=self.chance.choice([None, None, "arrears"]),
            trial_days=self.chance.choice([None, None, 0, 14]),
            months=self.chance.choice([None, 12]) if wanted[0].offering_id == sold.pro.pk else None,
            proration=self.chance.choice(["by_second", "by_second", "by_day", "thirty_days"]),
            money_policy=self.chance.choice(["en16931", "en16931", "tax_per_line"]),
            end_day=self.chance.choice([None, None, None, self.near(-60, 300).date()]),
            with_contract=contract is not None and contract.end_day is not None and self.chance.random() < 0.5,
        )
        if terms.with_contract:
            terms = Terms(start_day=terms.start_day, with_contract=True)
        contract_id = None if contract is None else contract.pk
        actions.subscribe(**self.how, customer_id=one.pk, wanted=wanted, terms=terms, contract_id=contract_id)

    def change_seats(self) -> None:
        row = self.any_subscription(status="active")
        seats = Decimal(self.chance.randint(0, 12))
        when = self.chance.choice(list(When))
        actions.change_seats(**self.how, subscription_id=row.pk, seats=seats, at=self.near(20, 10), when=when)

    def change_plan(self) -> None:
        row = self.any_subscription(status="active", interval="month")
        wanted = [Wanted(self.sold.pro.pk, Decimal(self.chance.randint(1, 9)))]
        if self.chance.random() < 0.5:
            wanted.append(Wanted(self.sold.support.pk))
        if self.chance.random() < 0.2:
            wanted = [Wanted(self.sold.pro.pk, Decimal(2), discount_percent=Decimal(self.chance.choice((0, 10, 33))))]
        when = self.chance.choice(list(When))
        actions.change_items(**self.how, subscription_id=row.pk, wanted=wanted, at=self.near(20, 10), when=when)

    def pause(self) -> None:
        actions.pause(**self.how, subscription_id=self.any_subscription(status="active").pk, at=self.near(10, 10))

    def resume(self) -> None:
        actions.resume(**self.how, subscription_id=self.any_subscription(status="paused").pk, at=self.near(5, 10))

    def cancel(self) -> None:
        row = self.any_subscription(status="active")
        at = self.chance.choice([None, None, self.near(10, 20)])
        actions.cancel(**self.how, subscription_id=row.pk, at=at, refund=self.chance.choice(list(Refund)))

    def take_back(self) -> None:
        actions.take_back(**self.how, subscription_id=self.any_subscription(ends_at__gt=self.now).pk)

    def renew(self) -> None:
        row = self.any_subscription(status="active")
        off = self.chance.choice([None, Decimal(5)])
        at = self.near(5, 20)
        actions.renew(**self.how, subscription_id=row.pk, months=12, at=at, discount_percent=off)

    def change_trial(self) -> None:
        row = self.any_subscription(trial_days__gt=0)
        actions.change_trial(**self.how, subscription_id=row.pk, trial_days=self.chance.randint(0, 30))

    def order(self) -> None:
        off = self.chance.choice([None, Decimal(10)])
        wanted = [Wanted(self.sold.course.pk, Decimal(self.chance.randint(1, 5)), discount_percent=off)]
        day = self.near(10, 10).date()
        actions.place_order(**self.how, customer_id=self.any_customer().pk, wanted=wanted, day=day)

    def call_off(self) -> None:
        order = self.one(list(Order.objects.filter(due_at__isnull=False).order_by("pk")))
        actions.call_off(**self.how, order_id=order.pk)

    def sign(self) -> None:
        customer, start = self.any_customer(), self.near(5, 5).date()
        said: dict[str, Any] = {"name": "Frame", "end_day": start + timedelta(days=self.chance.randint(100, 400))}
        said["renews_months"] = self.chance.choice([0, 6, 12])
        minimum = self.chance.choice([None, Money.of("450", customer.currency)])
        actions.sign_contract(
            **self.how, customer_id=customer.pk, start_day=start, commitment=minimum, commitment_months=3, **said
        )

    def change_contract(self) -> None:
        row = self.one(list(Contract.objects.filter(ended_at=None).order_by("pk")))
        do = self.chance.choice(["renew", "notice", "back", "commit"])
        if do == "renew":
            actions.renew_contract(**self.how, contract_id=row.pk, months=self.chance.choice([3, 12]))
        elif do == "notice":
            actions.give_notice(**self.how, contract_id=row.pk, day=self.today)
        elif do == "back":
            actions.take_notice_back(**self.how, contract_id=row.pk)
        else:
            amount = Money.of(str(self.chance.randint(100, 900)), row.customer.currency)
            actions.commit(**self.how, contract_id=row.pk, from_day=self.near(5, 40).date(), amount=amount, months=3)

    def turn(self) -> None:
        actions.turn_contracts(**self.how)

    def use(self) -> None:
        """Some documents, up to a month late; now and then one that is sent twice, or corrects an earlier one."""
        events = []
        for _ in range(self.chance.randint(1, 4)):
            self.events += 1
            customer = self.one(self.customers)
            assert customer.company is not None
            event: dict[str, Any] = {
                "source": "app",
                "id": str(self.events),
                "type": "document",
                "subject": customer.company.name,
                "time": self.near(30 if self.chance.random() < 0.3 else 2, 0).isoformat(),
                "data": {"pages": str(self.chance.randint(1, 90_000) / Decimal(100))},
            }
            if self.events > 5 and self.chance.random() < 0.1:
                event["corrects"] = str(self.chance.randint(1, self.events - 1))
            events += [event] * self.chance.choice((1, 1, 1, 2))
        record_events(**self.how, events=events)

    def bill(self) -> None:
        """Invoice whatever fell due up to some instant, issued or as drafts."""
        up_to = self.now - timedelta(seconds=self.chance.choice((0, 0, 3600, 86_400 * 3)))
        day = self.today - timedelta(days=self.chance.choice((0, 0, 0, 4)))
        drafts = self.chance.random() < 0.2
        actions.invoice_all(**self.how, up_to=up_to, issue_day=day, taxes=TableTaxes(), as_drafts=drafts)

    def bill_one(self) -> None:
        said: dict[str, Any] = {"up_to": self.now, "issue_day": self.today, "taxes": TableTaxes()}
        actions.invoice_customer(**self.how, customer_id=self.any_customer().pk, **said)

    def draft(self) -> None:
        row = self.one(list(Invoice.objects.filter(state="draft").order_by("pk")))
        if self.chance.random() < 0.6:
            actions.finalise(**self.how, invoice_id=row.pk, issue_day=self.today)
        else:
            actions.discard(**self.how, invoice_id=row.pk)

    def void(self) -> None:
        row = self.one(list(Invoice.objects.filter(state="final").order_by("-issue_day", "number"))[:12])
        actions.void(**self.how, invoice_id=row.pk, day=self.today, why="A mistake")

    def send(self) -> None:
        row = self.one(list(Invoice.objects.filter(state="final", sent_at=None).order_by("number")))
        actions.mark_sent(**self.how, invoice_id=row.pk)

    def credit(self) -> None:
        row = self.one(list(Invoice.objects.filter(state="final", sort="invoice").order_by("number")))
        line = self.one(list(InvoiceLine.objects.filter(invoice=row).order_by("position")))
        credit = self.one([Credit(), Credit(percent=Decimal(25)), Credit(lines=(LineCredit(line.pk),))])
        actions.credit_invoice(**self.how, invoice_id=row.pk, day=self.today, reason="As agreed", credit=credit)

    def pay(self) -> None:
        """Exactly, too little, or too much."""
        row = self.one(list(Invoice.objects.filter(state="final", sort="invoice", open_minor__gt=0).order_by("number")))
        minor = max(1, row.open_minor * self.chance.choice((100, 100, 100, 100, 60, 130)) // 100)
        amount, day = Money(minor, Currency(row.currency)), self.near(4, 0).date()
        actions.record_payment(**self.how, customer_id=row.customer_id, amount=amount, day=day)

    def use_balance(self) -> None:
        actions.use_balance(**self.how, customer_id=self.any_customer().pk, day=self.today)

    def refund(self) -> None:
        rows: list[Payment | Invoice] = [*Payment.objects.filter(open_minor__gt=0).order_by("pk")]
        rows += Invoice.objects.filter(sort="credit_note", state="final", open_minor__gt=0).order_by("pk")
        row = self.one(rows)
        said: dict[str, Any] = {"of_id": row.pk, "of_payment": isinstance(row, Payment), "reason": "Asked for"}
        actions.refund(**self.how, day=self.today, **said)

    def write_off(self) -> None:
        rows = Invoice.objects.filter(sort="invoice", state="final", open_minor__gt=0)
        row = self.one(list(rows.order_by("issue_day", "number")))
        actions.write_off(**self.how, invoice_id=row.pk, day=self.today, reason="Nobody answers")

    def undo(self) -> None:
        row = self.one(list(Settlement.objects.filter(undoes=None, undone_by=None).order_by("pk")))
        actions.undo_settlement(**self.how, settlement_id=row.pk, day=self.today, reason="By mistake")

    def take_back_payment(self) -> None:
        row = self.one(list(Payment.objects.filter(taken_back_at=None).order_by("pk")))
        actions.take_back_payment(**self.how, payment_id=row.pk, day=self.today, why="Another customer's")

    def decide(self) -> None:
        """What waits for a second person."""
        row = self.one(list(MoneyRequest.objects.filter(outcome="").order_by("pk")))
        actions.carry_out_request(as_of=self.now, request_id=row.pk, agreed=self.chance.random() < 0.7)

    def price(self) -> None:
        """A new price, for new customers from some day on, and for existing ones later or never."""
        code = self.chance.choice(["base", "seats", "care", "year", "course"])
        first = self.near(-1, 30).date()
        later = self.chance.choice([None, first + timedelta(days=self.chance.randint(0, 60))])
        amount = f"{self.chance.randint(1000, 20_000) / Decimal(100)}"
        price = {"tiers": [{"unit" if code in {"seats", "course"} else "flat": amount}]}
        said: dict[str, Any] = {"from_date": first, "existing_from_date": later, "price": price}
        currency = self.chance.choice(["EUR", "EUR", "JPY"])
        if self.sold.charges[code].prices.filter(currency=currency, from_date=first).exists():
            raise NothingThere  # a day has one price
        add_price(**self.how, charge_id=self.sold.charges[code].pk, currency=currency, **said)

    def change_customer(self) -> None:
        street = f"Calle Mayor {self.chance.randint(1, 99)}"
        actions.change_customer(**self.how, customer_id=self.any_customer().pk, street=street)

    def spend(self) -> None:
        """Something of a supplier, who goes by a name and is no record."""
        self.spent += 1
        accounts = {each.code: each for each in chart(SYSTEM)}
        amount = Money(self.chance.randint(1, 90_000), Currency("EUR"))
        said: dict[str, Any] = {"account": accounts["6100"], "paid_from": accounts["1000"], "party": "Studio Sur"}
        post_cost(**self.how, cost=CostDraft(key=f"{self.spent}", day=self.today, amount=amount, **said))

    def recognise(self) -> None:
        actions.recognise_through(**self.how)

    def close_month(self) -> None:
        month = (self.today.replace(day=1) - timedelta(days=40)).replace(day=1)
        if month in {each.month for each in closed_months(SYSTEM)}:
            raise NothingThere
        close_month(**self.how, month=month, today=self.today)


class NothingThere(Problem):
    """There is nothing to choose from."""

    code = "life.nothing_there"


WEIGHTS: Final[dict[str, int]] = {
    "subscribe": 4, "change_seats": 5, "change_plan": 4, "pause": 2, "resume": 3, "cancel": 2, "take_back": 1,
    "renew": 2, "change_trial": 1, "order": 3, "call_off": 1, "sign": 2, "change_contract": 2, "turn": 4, "use": 16,
    "bill": 14, "bill_one": 2, "draft": 5, "void": 4, "send": 3, "credit": 3, "pay": 14, "use_balance": 2,
    "refund": 2, "write_off": 2, "undo": 2, "take_back_payment": 1, "decide": 2, "price": 2, "change_customer": 1,
    "close_month": 1, "recognise": 2, "spend": 1,
}  # fmt: skip
