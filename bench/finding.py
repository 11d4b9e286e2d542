"""How long it takes to find something among a million leads, and what keeping the index costs.

    PYTHONPATH=src python -m bench.finding [--data DIR] [--leads 1000000] [--deals 100000] [--write]

Fills a company to be thrown away, or asks one that `bench.crowding` filled before.
"""

import argparse
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from bench.harness import Installation, Machine, asked, folder, found, load, run, table, write_section

REBUILT: Final = re.compile(r"([\d,]+)  records in ([\d.]+) s")


def main() -> None:
    """Ask, print and write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path)
    parser.add_argument("--leads", type=int, default=1_000_000)
    parser.add_argument("--deals", type=int, default=100_000)
    parser.add_argument("--write", action="store_true", help="bring docs/reference/performance.md up to date")
    arguments = parser.parse_args()
    with crowd(arguments.data, arguments.leads, arguments.deals) as (data, rebuilt):
        installation = Installation(data, port=0)
        begun = load()
        answers = json.loads(run(data, "bench.asking"))
        with installation.database() as connection:
            machine = Machine.of(connection)
            counts = {
                name: asked(connection, sql)
                for name, sql in (
                    ("records", "SELECT to_char(count(*), 'FM999,999,999') FROM kit_search_entry"),
                    ("leads", "SELECT to_char(count(*), 'FM999,999,999') FROM crm_lead"),
                    ("deals", "SELECT to_char(count(*), 'FM999,999,999') FROM crm_deal"),
                    ("words", "SELECT to_char(count(DISTINCT word), 'FM999,999,999') FROM kit_search_spelling"),
                    ("size", "SELECT pg_size_pretty(pg_total_relation_size('kit_search_entry'))"),
                    ("spelling", "SELECT pg_size_pretty(pg_total_relation_size('kit_search_spelling'))"),
                )
            }
    text = section(machine, answers, counts, rebuilt, (begun, load()))
    print(text)
    if arguments.write:
        write_section("finding", text)


@contextmanager
def crowd(data: Path | None, leads: int, deals: int) -> Iterator[tuple[Path, str]]:
    """Give a filled folder, and how long making its index took where that was done here."""
    if data is not None:
        yield data.absolute(), ""
        return
    with folder() as fresh:
        found(fresh)
        run(fresh, "bench.crowding", str(leads), str(deals))
        done = REBUILT.search(run(fresh, "caudal", "search", "rebuild"))
        assert done is not None, "the rebuild did not say how long it took"
        yield fresh, f"Making the index anew took {done[2]} s."


def section(
    machine: Machine, answers: dict[str, Any], counts: dict[str, str], rebuilt: str, loads: tuple[float, float]
) -> str:
    """Return what the reference page says of it."""
    head = ("milliseconds", "admin p50", "p95", "worst", "rep p50", "p95", "worst")
    rows = [
        (way, *(f"{times[role][part]:.0f}" for role in ("admin", "rep") for part in ("p50", "p95", "worst")))
        for way, times in answers["ways"].items()
    ]
    forgiving, costs = answers["forgiving"], answers["keeping"]
    told = [
        f"{machine.words()}.",
        f"{counts['leads']} leads and {counts['deals']} deals among {counts['records']} records that are",
        f"found; the index takes {counts['size']} and knows {counts['words']} words of names, whose spellings",
        f"take {counts['spelling']}. {rebuilt} Each row is {answers['sample']} questions about records from",
        "all over the tables, answered in full: groups, titles and notes, through the door.",
        "The administrator reaches every record, the rep one lead in forty and those that nobody owns.",
    ]
    kept = [
        f"Of whole names with one letter wrong, {forgiving['found']:.0%} led to whoever was meant, and",
        f"{forgiving['others']:.1f} others came with each.",
        f"Capturing {costs['batch']:,} leads took {costs['capture']:.2f} s, {costs['without']:.2f} s when nobody",
        f"follows the facts, and {costs['inside']:.2f} s more if the same transaction wrote the index.",
        f"Afterwards the handler took them in {costs['follow']:.2f} s, or",
        f"{costs['batch'] / costs['follow']:,.0f} records a second.",
        f"Load of the machine {loads[0]} to {loads[1]}.",
    ]
    measured = f"Measured on {datetime.now(UTC):%d %B %Y} by `PYTHONPATH=src python -m bench.finding --write`."
    parts = ("## Finding by a few letters", "\n".join(told), table(head, rows), "\n".join(kept), measured)
    return "\n\n".join(parts) + "\n"


if __name__ == "__main__":
    main()
