"""Times the rating of whole quantities by graduated tiers beside a bare-Python floor in the same run.

The floor is the least that gives the same cents: three tiers as a tuple of integers, one loop, and rounding half up by
integers, without a class, a check or another mode. Both come to the same cents for every quantity.
"""

import argparse
import os
import platform
import time
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Final

from bench.harness import Figures, Once, load, measure, table, write_section

from caudal.core.money import Currency, Rounding
from caudal.core.pricing import Tier, TierPrice

COUNT: Final = 200_000
TIERS: Final = ((1000, "0.0125"), (100_000, "0.0099"), (None, "0.0071"))
SCALE: Final = 10**4
"""The floor's prices are ten-thousandths of a dollar: enough for these tiers."""


def quantities() -> list[int]:
    """Return quantities of documents from none to a million, the same in every run."""
    return [number * 7919 % 1_000_003 for number in range(COUNT)]


def ours(price: TierPrice, asked: Sequence[int]) -> int:
    """Rate every quantity as Caudal does: exact, and then rounded to cents."""
    return sum(price.money(quantity, Rounding.HALF_UP).minor for quantity in asked)


def minor(price: TierPrice, asked: Sequence[int]) -> int:
    """Rate every quantity to whole cents, as a run over many subscriptions does."""
    return sum(price.minor(quantity, Rounding.HALF_UP) for quantity in asked)


def exact(price: TierPrice, asked: Sequence[int]) -> int:
    """Rate every quantity without rounding, in trillionths: what sums of many lines are made of."""
    return sum(int(price.trillionths(quantity)) for quantity in asked)


def floor(rows: Sequence[tuple[int, int | None, int]], asked: Sequence[int]) -> int:
    """Rate every quantity by the least code that gives the same cents."""
    cents = 0
    for quantity in asked:
        cost = 0
        for below, up_to, unit in rows:
            if up_to is None or quantity <= up_to:
                cost += (quantity - below) * unit
                break
            cost += (up_to - below) * unit
        cents += (cost * 100 * 2 + SCALE) // (2 * SCALE)
    return cents


def rows() -> list[tuple[int, int | None, int]]:
    """Return the tiers as the floor reads them: below, up to, price."""
    below, found = 0, []
    for up_to, unit in TIERS:
        found.append((below, up_to, int(Decimal(unit) * SCALE)))
        below = up_to or below
    return found


def main() -> None:
    """Measure, compare, and write the section of the reference page."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rounds", type=int, default=7)
    asked.add_argument("--write", action="store_true", help="write the section of docs/reference/performance.md")
    options = asked.parse_args()
    tiers = tuple(Tier(up_to, unit=Decimal(unit)) for up_to, unit in TIERS)
    price, plain, many = TierPrice(Currency("USD"), tiers), rows(), quantities()
    assert ours(price, many) == minor(price, many) == floor(plain, many)
    busy = load()
    figures = measure(
        {
            "Money, to the cent": lambda: clocked(lambda: ours(price, many)),
            "whole cents": lambda: clocked(lambda: minor(price, many)),
            "exact, in trillionths": lambda: clocked(lambda: exact(price, many)),
            "bare Python, to the cent": lambda: clocked(lambda: floor(plain, many)),
        },
        rounds=options.rounds,
        warm_up=1,
    )
    text = told(figures, busy)
    print(text)
    if options.write:
        write_section("rating", text)


def clocked(work: Callable[[], object]) -> Once:
    """Do something, by the clock and on the processor."""
    begun, used = time.perf_counter(), time.process_time()
    work()
    return Once((time.perf_counter() - begun) * 1000, server_ms=(time.process_time() - used) * 1000)


def told(figures: dict[str, Figures], busy: float) -> str:
    """Return the section."""
    per_second = {name: COUNT / figure.quantile("server_ms", 0.5) * 1000 for name, figure in figures.items()}
    least = per_second["bare Python, to the cent"]
    lines = [(name, f"{speed:,.0f}", f"{least / speed:.2f}") for name, speed in per_second.items()]
    return f"""
## Rating by graduated tiers

{COUNT:,} whole quantities from none to a million documents, three graduated tiers, one process, by
`python -m bench.rating`. The floor is one loop over integers without a class, a check or another mode; all of it comes
to the same cents. Processor time, median of the rounds.

{table(("", "quantities a second", "times the floor's time"), lines)}

{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}; {busy} processes wanted a core when
it began.
"""


if __name__ == "__main__":
    main()
