"""Lets a company live in a data folder, from where the last process that did died: `python -m tests.faults.lived`.

`begin FOLDER SEED` makes it, `live FOLDER SEED UNTIL NUMBER` goes on with it, the NUMBERth process that does, and
`settle FOLDER SEED` ends it. What it is at stands in the folder: what a process died in is tried again by the next one.
"""

import json
import random
import sys
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from caudal.kit.postgres.attached import attached
from caudal.kit.terminal import set_up_django

set_up_django()

from caudal.billing.actions import carry_out_run, running  # noqa: E402  Django comes first
from caudal.billing.adapters import TableTaxes  # noqa: E402  the same
from caudal.billing.models import Customer, Invoice, InvoiceRun  # noqa: E402  the same
from caudal.catalog.models import Charge, Offering  # noqa: E402  the same
from caudal.kit.outbox import drain, pending  # noqa: E402  the same
from caudal.kit.outbox.deliveries import waiting_handlers  # noqa: E402  the same
from caudal.kit.world import SetClock, fixed_world, use  # noqa: E402  the same
from caudal.ledger.models import JournalEntry  # noqa: E402  the same
from tests.billing.invariants import broken, torn  # noqa: E402  the same
from tests.billing.living import Life  # noqa: E402  the same
from tests.billing.selling import NEW_YEAR, Sold, bill, sell  # noqa: E402  the same
from tests.world import open_shop  # noqa: E402  the same

EACH_DAYS: Final = 0.8
CUSTOMERS: Final = 2
"""In one transaction of a run, so that four customers are two of them."""
FOLLOWS: Final = ("movements",)
"""What follows from facts, and may be behind until they are taken."""


@dataclass(slots=True)
class Kept:
    """How far a life has come."""

    now: str = NEW_YEAR.isoformat()
    happened: int = 0
    events: int = 0
    spent: int = 0
    done: dict[str, int] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)

    @classmethod
    def read(cls, folder: Path) -> "Kept":
        return cls(**json.loads((folder / "life.json").read_text()))

    def write(self, folder: Path) -> None:
        """Replace what is kept, whole."""
        (folder / "life.new").write_text(json.dumps(asdict(self)))
        (folder / "life.new").replace(folder / "life.json")


def found(chance: random.Random, clock: SetClock, kept: Kept) -> Life:
    """The company as its rows tell it, at the instant where it was."""
    offerings = {row.code: row for row in Offering.objects.all()}
    charges = {row.code: row for row in Charge.objects.all()}
    customers = list(Customer.objects.order_by("created_at", "pk"))
    named = {row.name: row for row in customers}
    sold = Sold(
        pro=offerings["pro"],
        support=offerings["care"],
        yearly=offerings["yearly"],
        course=offerings["course"],
        charges=charges,
        acme=named["Acme S.L."],
        globex=named["Globex SARL"],
    )
    life = Life(sold, chance, clock)
    life.now, life.customers, life.volume = datetime.fromisoformat(kept.now), customers, offerings["volume"]
    life.events, life.spent, life.fails = kept.events, kept.spent, 0.0
    life.done.update(kept.done)
    life.refused.update(kept.refused)
    return life


def keep(life: Life, kept: Kept, folder: Path) -> None:
    """Write down how far it has come."""
    kept.now, kept.events, kept.spent = life.now.isoformat(), life.events, life.spent
    kept.done, kept.refused = dict(life.done), dict(life.refused)
    kept.write(folder)


def follow(life: Life) -> None:
    """Let everything that reacts to facts take what waits for it, and what comes of that."""
    life.clock.at = life.now
    while waiting := waiting_handlers(as_of=life.now):
        for name in sorted(waiting):
            drain(name, as_of=life.now)
    check([f"{row.handler}: {row.error}" for row in pending()])


def check(wrong: list[str]) -> None:
    """Die of what is wrong, in words."""
    if wrong:
        raise AssertionError("\n".join(wrong))


def rise(life: Life) -> None:
    """Look whether everything is whole as it was left, and go on with what was begun."""
    check(torn(but=FOLLOWS))
    for run in InvoiceRun.objects.filter(finished_at=None).order_by("pk"):
        carry_out_run(run.pk, taxes=TableTaxes())
    follow(life)
    check(torn())


@attached()
def main() -> None:
    """Begin, go on or end, and print how far it is after everything that happens."""
    do, folder, seed = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])
    number = int(sys.argv[5]) if do == "live" else 0
    vars(running).update(CUSTOMERS=CUSTOMERS)
    world = fixed_world(at=NEW_YEAR, seed=seed * 10_000 + number)
    clock, chance = world.clock, random.Random(seed)  # noqa: S311  a life that can be repeated
    assert isinstance(clock, SetClock)
    with use(world):
        if do == "begin":
            shop = open_shop()
            life = Life(sell(shop), chance, clock)
            follow(life)
            life.begin(shop)
            follow(life)
            keep(life, Kept(), folder)
            return
        kept = Kept.read(folder)
        life = found(chance, clock, kept)
        life.now += timedelta(seconds=number)  # what is tried again is tried a while later
        rise(life)
        if do == "settle":
            life.settle_up()
            follow(life)
            check(torn())
            documents, entries = Invoice.objects.exclude(number=None).count(), JournalEntry.objects.count()
            print(json.dumps({"documents": documents, "entries": entries}))  # noqa: T201  what the test reads
            return
        until = datetime.fromisoformat(sys.argv[4])
        month = life.now.month
        while life.now < until:
            chance.seed(f"{seed} {kept.happened}")
            life.go_on(each_days=EACH_DAYS)
            if chance.random() < 0.6:
                follow(life)
            if life.now.month != month:
                month = life.now.month
                bill(life.now)
                follow(life)
                check(broken(life.now))
            kept.happened += 1
            keep(life, kept, folder)
            print(kept.happened, flush=True)  # noqa: T201  what the test reads


if __name__ == "__main__":
    main()
