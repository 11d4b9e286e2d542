"""Writes what happens in the demo company, from the first day to the last, before anybody does anything.

A lead's whole life is drawn when it comes in, and days are drawn in their order. So the script of a later last day
begins with the script of an earlier one: a demo that is continued equals one that was grown at once.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any, Final, TypeVar

from caudal.demo import market
from caudal.demo.chance import Deck, chance
from caudal.demo.consumption import Consumption, Customer
from caudal.demo.diaries import Diaries
from caudal.demo.market import Colleague, Good, Offer
from caudal.demo.names import Firm, Register
from caudal.demo.office import Office
from caudal.demo.spending import spent_in
from caudal.demo.steps import (
    Assign,
    Close,
    Convert,
    Describe,
    Doing,
    GiveUp,
    HandOver,
    Interest,
    Join,
    Move,
    OpenDeal,
    Reach,
    Reprice,
    Spend,
    Step,
    Terms,
)

T = TypeVar("T")

GOODS: Final = {good.sku: good for good in market.GOODS}
PROPOSAL: Final = 2
"""The place of the stage, in every pipeline, where a price is put on paper."""
RIVAL_NOTES: Final = (
    "A rival offered the same volume for a third less.",
    "Chose a cheaper rival after the pilot.",
    "La competencia igualó las funciones y bajó el precio.",
)


@dataclass(frozen=True, slots=True)
class Sale:
    """A deal before its life is drawn."""

    key: str
    company: str
    firm: Firm
    pillar: str
    offer: Offer
    rep: Colleague
    opened: datetime
    again: bool = False
    """They bought before."""


def write_script(*, seed: int, start: date, end: date, office: Office) -> list[Step]:
    """Return every step from a first day up to and without a last one, in the order of time."""
    writer = _Writer(seed, start, office)
    day = start
    while day < end:
        writer.write_day(day)
        day += timedelta(days=1)
    writer.write_costs(end)
    steps = [*writer.steps, *writer.giving_up(), *writer.diaries.diaries(), *writer.consumption.weeks(start, end)]
    return sorted((step for step in steps if office.day(step.at) < end), key=lambda step: (step.at, step.key))


class _Writer:
    """Draws leads day by day, and the life of each as it comes."""

    def __init__(self, seed: int, start: date, office: Office) -> None:
        self.seed, self.start, self.office = seed, start, office
        self.luck = chance(seed, "days")
        self.register = Register(chance(seed, "names"))
        self.decks: dict[str, Deck[Any]] = {}
        self.numbers, self.turns = count(1), count()
        self.waiting = 0
        """Hundredths of hundredths of a lead that are still to come."""
        self.steps: list[Step] = []
        self.diaries = Diaries(seed, office)
        self.consumption = Consumption(seed, office, [])
        self.given_up: dict[tuple[datetime, str], list[tuple[str, str]]] = defaultdict(list)
        """What each rep will give up, by when."""
        self.joined = [(office.at(first_of_month(start, each.month), self.luck), each) for each in market.REPS]
        for at, colleague in self.joined:
            if colleague.month:
                self._step(at, f"join {colleague.key}", market.FOUNDER, Join(colleague))
        luck = chance(seed, "milestones")
        for phase, milestone, owner, days in market.MILESTONES:
            if days is not None:
                done_at = office.after(office.closing(start), days, luck)
                self.steps.append(Step(done_at, f"milestone {milestone}", owner, Reach(phase, milestone)))

    def write_day(self, day: date) -> None:
        """Draw the leads that come in on a day."""
        if not self.office.works(day):
            return
        month = min(months_between(self.start, day), market.GROWING_MONTHS)
        wanted = market.LEADS_FIRST_MONTH + market.LEADS_MORE_EACH_MONTH * month
        season = market.SEASON_PERCENT[day.month - 1]
        self.waiting += wanted * season * self.luck.randint(70, 130) // market.WORKDAYS_A_MONTH
        arrived, self.waiting = divmod(self.waiting, 100 * 100)
        leads = tuple(self._lead(day) for _ in range(arrived))
        if leads:
            self._step(self.office.closing(day), f"leads of {day}", None, HandOver(leads))

    def write_costs(self, end: date) -> None:
        """Write down what every month cost, in the evening of its last worked day."""
        month = first_of_month(self.start, 0)
        while month < end:
            last = first_of_month(month, 1) - timedelta(days=1)
            while not self.office.works(last):
                last -= timedelta(days=1)
            if last >= self.start:
                costs = Spend(month, spent_in(self.seed, month))
                self._step(self.office.closing(last), f"costs of {month:%Y-%m}", market.FOUNDER, costs)
            month = first_of_month(month, 1)

    def giving_up(self) -> Iterator[Step]:
        """Yield the ends of weeks at which reps give leads up."""
        for (at, rep), leads in self.given_up.items():
            yield Step(at, f"{rep} gives up by {at:%Y-%m-%d}", rep, GiveUp(tuple(leads)))

    def _lead(self, day: date) -> Interest:
        number = next(self.numbers)
        luck, key = chance(self.seed, "lead", number), f"lead {number}"
        channel = self._draw("channels", market.CHANNELS)
        pillar = self._draw("pillars", market.PILLAR_SHARES)
        fate = self._draw(f"fates {channel}", market.FATES[channel])
        private = pillar == "courses" and fate != market.CONVERTS and luck.randrange(10) < 3  # noqa: PLR2004  three in ten
        buyer = self.register.buyer(private=private)
        rep = self._rep(day, market.INSIDE)
        free = fate == market.NEGLECTED or luck.randrange(12) == 0
        at = self.office.at(day, luck)
        neglected = fate == market.NEGLECTED
        # Of its own series of chances, so that what is told besides changes nothing of the rest.
        campaign = chance(self.seed, "campaign", number).choice(market.CAMPAIGNS[channel])
        came = Interest(key, at, buyer, channel, campaign, pillar, None if free else rep.key, neglected)
        if neglected:
            return came
        if free:
            at = self.office.after(at, luck.randint(1, 3), luck)
            self._step(at, f"{key} taken", rep, Assign(key, rep.key))
        if fate == market.CONVERTS and buyer.firm:
            self._convert(key, at, buyer.firm, pillar, rep, luck)
        else:
            tried = self.office.day(at) + timedelta(days=luck.randint(2, 20))
            reason = self._draw("given up", market.GIVEN_UP_REASONS)
            given_up = self.office.end_of_week(tried)
            self.given_up[given_up, rep.key].append((key, reason))
            self.diaries.of_lead(key, at, given_up, rep)
        return came

    def _convert(self, lead: str, at: datetime, firm: Firm, pillar: str, rep: Colleague, luck: random.Random) -> None:
        offer = self._draw(f"offers {pillar}", market.OFFERS[pillar])
        if offer.field:
            rep = self._rep(self.office.day(at), market.FIELD)
            at = self.office.after(at, 1, luck)
            self._step(at, f"{lead} handed over", market.MANAGER, Assign(lead, rep.key))
        at = self.office.after(at, luck.randint(1, 4), luck)
        number = lead.split()[1]
        sale = Sale(f"deal {number}", f"company {number}", firm, pillar, offer, rep, at)
        self._step(at, f"{lead} converted", rep, Convert(lead, sale.key, sale.company, self._terms(sale, luck)))
        looked_up = at + timedelta(minutes=luck.randint(4, 40))
        self._step(looked_up, f"{sale.company} described", rep, Describe(sale.company, firm))
        self._live(sale, luck)

    def _terms(self, sale: Sale, luck: random.Random) -> Terms:
        good = GOODS[sale.offer.sku]
        quantity, percent = luck.choice(sale.offer.quantities), luck.choice(market.PRICES_PERCENT)
        return Terms(
            name=f"{sale.firm.name} · {good.name}",
            sku=good.sku,
            quantity=quantity,
            price_minor=good.price_minor,
            discount_percent=100 - percent,
            expected_close_date=self._expected(sale, luck),
            sales_model=market.SALES_MODELS[sale.pillar][sale.offer.field],
        )

    def _expected(self, sale: Sale, luck: random.Random) -> date:
        """Return the day on which the rep hopes to close: the usual length of the pillar's deals, kindly told."""
        first, last = market.CYCLE_DAYS[sale.pillar]
        return self.office.day(self.office.after(sale.opened, luck.randint(first, (first + last) // 2), luck))

    def _live(self, sale: Sale, luck: random.Random) -> None:
        """Draw a deal's way through its stages, and its end."""
        era = market.AFTER if self._month(sale.opened) >= market.RIVAL_MONTH else market.BEFORE
        end = self._draw(f"ends {sale.pillar} {era}", market.ENDS[sale.pillar, era])
        first, last = market.CYCLE_DAYS[sale.pillar]
        days = luck.randint(first, last)
        top = market.STAGES[sale.pillar] - 1
        if end == market.WON:
            reached, moving_days, all_days = top, days, days
        elif end == market.LOST:
            reached = luck.randint(0, top)
            moving_days = all_days = days * luck.randint(40, 105) // 100
        else:
            reached, moving_days, all_days = (
                luck.randint(0, top - 1),
                days * 40 // 100,
                luck.randint(*market.STALLED_DAYS),
            )
        moves = self._walk(sale, reached, moving_days, luck)
        at = moves[-1]
        rest = (self.office.day(sale.opened) - self.office.day(at)).days + all_days
        at = self.office.after(at, rest, luck)
        closer = market.MANAGER if end == market.STALLED else sale.rep
        self.diaries.of_deal(sale.key, moves, at, sale.rep, stalled=end == market.STALLED)
        self._step(at, f"{sale.key} closed", closer, self._close(sale, end, era, luck))
        if end == market.WON and sale.pillar != "courses" and not sale.again:
            documents = sale.pillar == "documents"
            self.consumption.customers.append(Customer(at, sale.company, sale.firm.domain, documents))
        if end == market.WON and not sale.again and luck.randrange(20) < 3:  # noqa: PLR2004  three in twenty
            self._sell_again(sale, at, luck)

    def _walk(self, sale: Sale, reached: int, days: int, luck: random.Random) -> list[datetime]:
        """Write the moves up to a stage, spread over some days; return the instants, that of opening among them."""
        shares = [luck.randint(2, 6) for _ in range(reached + 1)]
        at, passed = sale.opened, 0
        instants = [at]
        for position, share in enumerate(shares[:-1], 1):
            passed += share
            wanted = self.office.day(sale.opened) + timedelta(days=days * passed // sum(shares))
            at = self.office.after(at, (wanted - self.office.day(at)).days, luck)
            instants.append(at)
            self._step(at, f"{sale.key} stage {position}", sale.rep, Move(sale.key, sale.pillar, position))
            if position == PROPOSAL and luck.randrange(2):
                written = at + timedelta(minutes=luck.randint(5, 50))
                self._step(written, f"{sale.key} repriced", sale.rep, self._reprice(sale, written, luck))
        return instants

    def _reprice(self, sale: Sale, at: datetime, luck: random.Random) -> Reprice:
        good: Good = GOODS[sale.offer.sku]
        quantity, percent = luck.choice(sale.offer.quantities), luck.choice(market.PRICES_PERCENT)
        day = self.office.day(self.office.after(at, luck.randint(10, 20), luck))
        return Reprice(sale.key, good.sku, quantity, good.price_minor, 100 - percent, day)

    def _close(self, sale: Sale, end: str, era: str, luck: random.Random) -> Close:
        if end == market.WON:
            return Close(sale.key, won=True, reason=self._draw("win reasons", market.WIN_REASONS))
        if end == market.STALLED:
            return Close(sale.key, won=False, reason=self._draw("stall reasons", market.STALL_REASONS))
        # The rival sells no courses.
        felt = market.BEFORE if sale.pillar == "courses" else era
        reason = self._draw(f"loss reasons {felt}", market.LOSS_REASONS[felt])
        note = luck.choice(RIVAL_NOTES) if reason == "competitor" else ""
        rival = chance(self.seed, "rival", sale.key).choice(list(market.RIVALS)) if reason == "competitor" else ""
        return Close(sale.key, won=False, reason=reason, note=note, rival=rival)

    def _sell_again(self, sale: Sale, won: datetime, luck: random.Random) -> None:
        at = self.office.after(won, luck.randint(40, 100), luck)
        offer = self._draw(f"offers {sale.pillar}", market.OFFERS[sale.pillar])
        more = Sale(f"{sale.key} again", sale.company, sale.firm, sale.pillar, offer, sale.rep, at, again=True)
        self._step(at, more.key, sale.rep, OpenDeal(more.key, more.company, self._terms(more, luck)))
        self._live(more, luck)

    def _rep(self, day: date, team: str) -> Colleague:
        """Return whose turn it is among those of a team who had joined before a day."""
        there = [
            each for at, each in self.joined if each.team == team and (not each.month or self.office.day(at) < day)
        ]
        return there[next(self.turns) % len(there)]

    def _draw(self, name: str, cards: Mapping[T, int]) -> T:
        if name not in self.decks:
            self.decks[name] = Deck(chance(self.seed, "deck", name), cards)
        card: T = self.decks[name].draw()  # the deck of a name holds the cards it was made of
        return card

    def _month(self, at: datetime) -> int:
        return months_between(self.start, self.office.day(at))

    def _step(self, at: datetime, key: str, who: Colleague | None, does: Doing) -> None:
        self.steps.append(Step(at, key, who.key if who else None, does))


def months_between(start: date, day: date) -> int:
    """Return how many whole months lie between two days.

    >>> months_between(date(2026, 1, 31), date(2026, 2, 28)), months_between(date(2026, 1, 15), date(2027, 2, 15))
    (0, 13)
    """
    return (day.year - start.year) * 12 + day.month - start.month - (day.day < start.day)


def first_of_month(start: date, months: int) -> date:
    """Return the first day of the month that is some months after another's, or before it.

    >>> first_of_month(date(2026, 3, 20), 0), first_of_month(date(2026, 3, 20), -4)
    (datetime.date(2026, 3, 1), datetime.date(2025, 11, 1))
    """
    years, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(years, month + 1, 1)
