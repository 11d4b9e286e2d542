"""How long the waterfall of recurring revenue takes, beside SQL that is written by hand for it, in the same run.

    PYTHONPATH=src python -m bench.mrr [--subscriptions 100000] [--months 36] [--rounds 15] [--write]

By hand is one statement over the same table that comes to the same months: what moved by kind, and customers. Both are
asked by turns on one connection, and every month of both is compared. `bench.moving` does it inside a throw-away
company.
"""

import argparse
import json
import statistics
from typing import Any, Final

from bench.harness import Installation, Machine, folder, found, load, run, table, write_section

SUBSCRIPTIONS: Final = 100_000
MONTHS: Final = 36
ROUNDS: Final = 15
AIM: Final = 2


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--subscriptions", type=int, default=SUBSCRIPTIONS)
    parser.add_argument("--months", type=int, default=MONTHS)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--write", action="store_true", help="bring docs/reference/performance.md up to date")
    arguments = parser.parse_args()
    with folder() as data:
        found(data)
        with Installation(data, 0).database() as connection:
            machine = Machine.of(connection)
        asked = (str(each) for each in (arguments.subscriptions, arguments.months, arguments.rounds))
        measured = json.loads(run(data, "bench.moving", *asked).splitlines()[-1])
    text = section(machine, measured, arguments)
    print(text)
    if arguments.write:
        write_section("mrr", text)


def section(machine: Machine, measured: dict[str, Any], arguments: argparse.Namespace) -> str:
    """Return what was measured, as the reference page says it."""
    taken: dict[str, list[float]] = measured["taken_ms"]
    bare = statistics.median(taken["by hand"])
    rows = [
        (
            name,
            f"{statistics.median(each):,.0f}",
            f"{min(each):,.0f}",
            f"{statistics.median(each) / bare:.2f}",
            f"{AIM} times" if name == "the waterfall" else "",
        )
        for name, each in taken.items()
    ]
    shown = table(("", "ms", "least ms", "times by hand", "aim"), rows)
    return f"""## Recurring revenue: {arguments.subscriptions:,} subscriptions over {arguments.months} months

{machine.words()}.
{measured["rows"]:,} movements. *The waterfall* is what the page and the API ask for: opening, five kinds of movement,
closing, customers, NRR, GRR and ARPA of every month; *one plan of it* counts its own customers by each of their levels.
*Retention* is told of the customers of twelve months before, *by plan* are the parts of the page.
*The metric* is `mrr_net_new` of the registry, by month. *By hand* is one
statement for the months of the waterfall. Median of {arguments.rounds} rounds by turns, on one connection.

{shown}

Load of the machine {measured["load"]} to {load()}. Measured by `PYTHONPATH=src python -m bench.mrr --write`."""


if __name__ == "__main__":
    main()
