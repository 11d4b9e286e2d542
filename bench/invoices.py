"""How many invoices are issued in a second: alone, and in a run over many, beside bare SQL in the same run.

    PYTHONPATH=src python -m bench.invoices [--subscriptions 10000] [--alone 300] [--write]

Every invoice has three lines, value added tax, a gapless number, an entry of the journal, and the facts of both. The
floor writes the same rows, without looking anything up or working anything out, into tables of the same columns and
indexes: bare ones that have no trigger and no foreign key, and guarded ones that have those of the tables themselves.
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
FLOORS: Final = ("bare_", "guarded_")


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
    alone = statistics.median(measured["alone_ms"])
    late = sorted(measured["alone_ms"])[int(len(measured["alone_ms"]) * 0.95)]
    run_floors = [measured["floor_seconds"][floor] / count * 1000 for floor in FLOORS]
    alone_floors = [statistics.median(measured["floor_ms"][floor]) for floor in FLOORS]
    rows = [
        row(f"a run of {count:,}", seconds / count * 1000, "", run_floors, f"{AIM_PER_SECOND:,} a second"),
        row("one alone", alone, f"{late:.1f}", alone_floors, f"{AIM_OF_FLOOR} of the bare floor"),
    ]
    prepared = statistics.median(measured["floor_ms"]["prepared_"])
    heads = ("", "a second", "ms each", "p95", "bare floor, ms", "of it", "guarded floor, ms", "of it", "aim")
    return f"""## Invoices

{machine.words()}. Three lines, value added tax, number, entry, facts;
of each the run used {measured["processor"] / count * 1000:.2f} ms of processor itself, the database's work beside it.
The *bare floor* writes the same rows by SQL alone, without triggers and foreign keys, the *guarded* one with those
that keep documents and books whole. Put together beforehand and planned once, the statements of the bare floor take
{prepared:.2f} ms for one alone, {prepared / alone:.2f} of it. Peers: Tryton posts 4 a second, the closest Django peer
makes 9.

{table(heads, rows)}

Load of the machine {before} to {load()}. Measured by `PYTHONPATH=src python -m bench.invoices --write`."""


def row(name: str, each_ms: float, late: str, floors: list[float], aim: str) -> tuple[str, ...]:
    """Return a row of the table, beside its floors."""
    beside = [said for floor in floors for said in (f"{floor:.2f}", f"{floor / each_ms:.2f}")]
    return name, f"{1000 / each_ms:,.0f}", f"{each_ms:.2f}", late, *beside, aim


if __name__ == "__main__":
    main()
