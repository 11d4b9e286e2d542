"""How many invoices are issued in a second: alone, and in a run over many, beside bare SQL in the same run.

    PYTHONPATH=src python -m bench.invoices [--subscriptions 10000] [--alone 300] [--write]

Every invoice has three lines, value added tax, a gapless number, an entry of the journal, and the facts of both. The
floor writes the same rows, without looking anything up or working anything out, into tables of the same columns and
indexes that have no trigger and no foreign key.
"""

import argparse
import json
import statistics
from typing import Any, Final

from bench.harness import Installation, Machine, folder, found, load, run, table, write_section

SUBSCRIPTIONS: Final = 10_000
ALONE: Final = 300
AIM_PER_SECOND: Final = 1_000
AIM_OF_FLOOR: Final = 0.5


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--subscriptions", type=int, default=SUBSCRIPTIONS)
    parser.add_argument("--alone", type=int, default=ALONE)
    parser.add_argument("--write", action="store_true", help="bring docs/reference/performance.md up to date")
    arguments = parser.parse_args()
    before = load()
    with folder() as data:
        found(data)
        with Installation(data, 0).database() as connection:
            machine = Machine.of(connection)
        measured = json.loads(run(data, "bench.invoicing", str(arguments.subscriptions), str(arguments.alone)))
    text = section(machine, measured, before)
    print(text)
    if arguments.write:
        write_section("invoices", text)


def section(machine: Machine, measured: dict[str, Any], before: float) -> str:
    """Return what was measured, as the reference page says it."""
    count, seconds = measured["invoices"], measured["seconds"]
    alone, bare = (statistics.median(measured[name]) for name in ("alone_ms", "bare_ms"))
    late = sorted(measured["alone_ms"])[int(len(measured["alone_ms"]) * 0.95)]
    batch_floor = count / measured["bare_seconds"]
    rows = [
        (
            f"a run of {count:,}",
            f"{count / seconds:,.0f}",
            f"{seconds / count * 1000:.2f}",
            "",
            f"{batch_floor:,.0f}",
            f"{count / seconds / batch_floor:.2f}",
            f"{AIM_PER_SECOND:,} a second",
        ),
        (
            "one alone",
            f"{1000 / alone:,.0f}",
            f"{alone:.1f}",
            f"{late:.1f}",
            f"{1000 / bare:,.0f}",
            f"{bare / alone:.2f}",
            f"{AIM_OF_FLOOR} of the floor",
        ),
    ]
    shown = table(("", "a second", "ms each", "p95", "floor a second", "of floor", "aim"), rows)
    return f"""## Invoices

{machine.words()}. Three lines, value added tax, number, entry, facts;
of each the run used {measured["processor"] / count * 1000:.2f} ms of processor itself, the database's work beside it.
Peers: Tryton posts 4 a second, the closest Django peer makes 9.

{shown}

Load of the machine {before} to {load()}. Measured by `PYTHONPATH=src python -m bench.invoices --write`."""


if __name__ == "__main__":
    main()
