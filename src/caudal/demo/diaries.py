"""What reps of the demo company write in their diaries: whom they called, what they showed, what comes next.

A diary is kept on Tuesdays and Fridays, for all that was done since the last time. What is planned in it is done when
the deal's next step comes; of a deal that nobody moves, it stays undone.
"""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from caudal.demo.chance import chance
from caudal.demo.market import Colleague
from caudal.demo.office import Office
from caudal.demo.steps import Diary, Done, Entry, Step

KEPT_ON: Final = (1, 4)
"""Tuesdays and Fridays."""
_DAY: Final = timedelta(days=1)
SHORTLY: Final = timedelta(minutes=2)
STALLED: Final = 7
"""Days in which whoever lets a deal lie meant to come back to it."""
UNPLANNED: Final = 6
"""Of so many next steps, one is not written down."""

SHOWS: Final = (
    ("call", "reached", 15),
    ("demo", "held", 45),
    ("meeting", "held", 60),
    ("call", "reached", 20),
    ("email", "sent", 5),
)
"""What was done when a deal came into its first, second, … stage: kind, outcome, minutes."""
SUBJECTS: Final = {
    "en": ("First talk", "Product demo", "Proposal walked through", "Terms discussed", "Contract sent"),
    "es": ("Primera charla", "Demo del producto", "Repaso de la propuesta", "Condiciones", "Contrato enviado"),
}
NEXT: Final = {
    "en": (
        ("demo", "Show the product"),
        ("task", "Send the proposal"),
        ("call", "Ask about the budget"),
        ("task", "Send the contract"),
        ("call", "Call about the signature"),
    ),
    "es": (
        ("demo", "Enseñar el producto"),
        ("task", "Enviar la propuesta"),
        ("call", "Preguntar por el presupuesto"),
        ("task", "Enviar el contrato"),
        ("call", "Llamar por la firma"),
    ),
}
ATTEMPTS: Final = ("no_answer", "voicemail", "reached", "reached", "wrong_number")


class Diaries:
    """Collects what each rep will write down, by when."""

    def __init__(self, seed: int, office: Office) -> None:
        self.seed, self.office = seed, office
        self.entries: dict[tuple[datetime, str], list[Entry]] = defaultdict(list)
        self.steps: list[Step] = []

    def of_lead(self, lead: str, at: datetime, given_up: datetime, rep: Colleague) -> None:
        """Write down the calls to a lead that comes to nothing: the first soon after it came, perhaps one more."""
        luck = chance(self.seed, "diary", lead)
        called = self.office.after(at, 1, luck)
        for attempt in range(luck.randint(1, 2)):
            kept = self._kept(called)
            if kept > given_up:
                return
            minutes = luck.randint(1, 12)
            call = Entry(lead, "call", "", called, luck.choice(ATTEMPTS), minutes)
            self.entries[kept, rep.key].append(call)
            called = self.office.after(called, 2 + attempt, luck)

    def of_deal(self, deal: str, moves: Sequence[datetime], closed: datetime, rep: Colleague, *, stalled: bool) -> None:
        """Write down what was done at each move of a deal, and what was planned until the next one or the end."""
        luck = chance(self.seed, "diary", deal)
        planned = False
        for position, (at, following) in enumerate(zip(moves, [*moves[1:], closed], strict=True)):
            kept = self._kept(at)
            does, outcome, minutes = SHOWS[position]
            if kept < closed and not planned:
                subject = SUBJECTS[rep.language][position]
                self.entries[kept, rep.key].append(Entry(deal, does, subject, at, outcome, minutes))
            planned = kept < following and luck.randrange(UNPLANNED) > 0
            if planned:
                lies = stalled and following == closed
                self._plan(f"{deal} step {position}", deal, position, (kept, following), rep, luck, lies=lies)

    def diaries(self) -> Iterator[Step]:
        """Yield the diaries, and what was done of what they plan."""
        for (at, rep), entries in self.entries.items():
            yield Step(
                at, f"diary of {rep} {at:%Y-%m-%d}", rep, Diary(tuple(sorted(entries, key=lambda each: each.at)))
            )
        yield from self.steps

    def _plan(
        self,
        key: str,
        deal: str,
        position: int,
        span: tuple[datetime, datetime],
        rep: Colleague,
        luck: random.Random,
        *,
        lies: bool,
    ) -> None:
        kept, following = span
        does, subject = NEXT[rep.language][position]
        first = self.office.day(kept) + _DAY
        meant = first + STALLED * _DAY if lies else self.office.day(following) - luck.randint(0, 2) * _DAY
        due_at = following if does == "demo" and not lies else None
        due_date: date | None = None if due_at else max(first, meant)
        self.entries[kept, rep.key].append(
            Entry(deal, does, subject, kept, due_date=due_date, due_at=due_at, activity=key)
        )
        outcome = "dropped" if does == "task" else "no_answer" if does == "call" else "no_show"
        done = {"task": "completed", "call": "reached", "demo": "held"}[does]
        at = following - SHORTLY
        self.steps.append(Step(at, f"{key} done", rep.key, Done(key, outcome if lies else done)))

    def _kept(self, at: datetime) -> datetime:
        """Return when the diary is kept that tells of an instant: at the end of a day."""
        day = self.office.day(at)
        while day.weekday() not in KEPT_ON or not self.office.works(day):
            day += _DAY
        return self.office.closing(day)
