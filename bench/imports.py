"""How long `caudal import` takes over a folder of rows, and how much memory: a dry run, the import, and the same again.

    PYTHONPATH=src python -m bench.imports [--deals 8800] [--activities 0] [--write]

The files are made here, in the shape in which a pipeline leaves another system: accounts, products, teams, and a deal a
line, and as many activities about them as are asked for; then all of it is undone. Each run is the command itself on a
throw-away company, start of the program and of the database included.
"""

import argparse
import csv
import json
import random
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from bench.harness import Installation, Machine, folder, found, load, table, weighed, write_section

DEALS: Final = 8_800
ACCOUNTS: Final = 85
AGENTS: Final = 35
PRODUCTS: Final = 7
STAGES: Final = ("Won", "Won", "Won", "Won", "Lost", "Lost", "Engaging", "Engaging", "Prospecting")
COLUMNS: Final = ("sales_agent", "product", "account", "deal_stage", "engage_date", "close_date", "close_value")
FIRST: Final = date(2025, 1, 1)


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the command: how long it took, and what it says it did."""

    name: str
    seconds: float
    memory_mb: float
    totals: dict[str, int]
    load: float
    batch: str


def main() -> None:
    """Make the files, import them thrice, print and write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--deals", type=int, default=DEALS)
    parser.add_argument("--activities", type=int, default=0)
    parser.add_argument("--write", action="store_true", help="bring docs/reference/performance.md up to date")
    arguments = parser.parse_args()
    with folder() as data:
        found(data)
        files = data.parent / "pipeline"
        rows = write_files(files, arguments.deals) + write_activities(files, arguments.activities, arguments.deals)
        with Installation(data, 0).database() as connection:
            machine = Machine.of(connection)
            runs = [
                imported("dry run", data, files, "--dry-run"),
                imported("import", data, files),
                imported("the same again", data, files),
            ]
            runs.append(imported("undo", data, None, "--undo", runs[1].batch))
    assert runs[1].totals["created"] == rows, runs[1]
    assert runs[2].totals["unchanged"] == rows, runs[2]
    print(shown(runs))
    if arguments.write:
        # The folder of 9,000 rows and one of another size are two sections of the page.
        name = "imports" if arguments.deals == DEALS else "large imports"
        options = f"--deals {arguments.deals} --activities {arguments.activities}"
        write_section(name, section(machine, runs, rows, options))


def imported(name: str, data: Path, files: Path | None, *options: str) -> Run:
    """Run the command and return what it took; the rows of an undoing are the records that it removed."""
    begun = time.perf_counter()
    printed, memory_mb = weighed(data, "caudal", "import", *([str(files)] if files else []), "--json", *options)
    report: dict[str, Any] = json.loads(printed)
    totals = report.get("totals") or {"rows": sum(report["removed"].values()), "created": 0, "unchanged": 0}
    return Run(name, time.perf_counter() - begun, memory_mb, totals, load(), report["batch"])


def write_files(files: Path, deals: int) -> int:
    """Write the folder and return how many rows it has. The same number gives the same files."""
    files.mkdir()
    chance = random.Random(deals)  # noqa: S311  the same files every time
    accounts = [f"Account {number:03}" for number in range(ACCOUNTS)]
    products = [f"Product {number}" for number in range(PRODUCTS)]
    agents = [f"Agent {number:02}" for number in range(AGENTS)]
    parts = (
        (
            "accounts",
            ("account", "sector", "employees"),
            [(each, "retail", chance.randint(10, 9000)) for each in accounts],
        ),
        ("products", ("product", "sales_price"), [(each, chance.randint(50, 5000)) for each in products]),
        ("sales_teams", ("sales_agent", "manager"), [(each, "Manager One") for each in agents]),
        (
            "sales_pipeline",
            (
                "opportunity_id",
                "sales_agent",
                "product",
                "account",
                "deal_stage",
                "engage_date",
                "close_date",
                "close_value",
            ),
            [deal(chance, f"OP{number:06}", agents, products, accounts) for number in range(deals)],
        ),
    )
    for name, head, rows in parts:
        write(files / f"{name}.csv", head, rows)
    return sum(len(rows) for _, _, rows in parts)


def write_activities(files: Path, many: int, deals: int) -> int:
    """Write activities about the deals, and return how many."""
    chance = random.Random(many)  # noqa: S311  the same files every time
    head = ("activity_id", "activity_type", "subject", "due_date", "status", "opportunity_id", "account", "owner")
    kinds = ("Task", "Call", "Meeting", "Email", "Note")
    rows = (
        (
            *(f"AC{number:06}", chance.choice(kinds), f"Activity {number}"),
            *(FIRST + timedelta(days=chance.randrange(300)), chance.choice(("Completed", "Open"))),
            *(f"OP{chance.randrange(deals):06}", f"Account {chance.randrange(ACCOUNTS):03}"),
            f"Agent {chance.randrange(AGENTS):02}",
        )
        for number in range(many)
    )
    if many:
        write(files / "activities.csv", head, rows)
    return many


def deal(
    chance: random.Random, name: str, agents: Sequence[str], products: Sequence[str], accounts: Sequence[str]
) -> tuple[object, ...]:
    """Return a line of the pipeline: one stage in nine has no day yet, and only what is closed is worth something."""
    stage = chance.choice(STAGES)
    engaged = FIRST + timedelta(days=chance.randrange(300))
    closed = engaged + timedelta(days=chance.randrange(1, 138))
    ended = stage in {"Won", "Lost"}
    return (
        *(name, chance.choice(agents), chance.choice(products), chance.choice(accounts), stage),
        *("" if stage == "Prospecting" else engaged, closed if ended else ""),
        (chance.randint(40, 30_000) if stage == "Won" else 0) if ended else "",
    )


def write(path: Path, head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write one file."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(head)
        writer.writerows(rows)


def shown(runs: Sequence[Run]) -> str:
    """Return the runs as a table."""
    return table(
        ("", "seconds", "rows a second", "MB at most", "created", "unchanged", "load"),
        [
            [
                each.name,
                f"{each.seconds:.1f}",
                f"{each.totals['rows'] / each.seconds:.0f}",
                f"{each.memory_mb:.0f}",
                each.totals["created"],
                each.totals["unchanged"],
                each.load,
            ]
            for each in runs
        ],
    )


def section(machine: Machine, runs: Sequence[Run], rows: int, options: str) -> str:
    """Return what the reference page says of it."""
    return f"""## Importing {rows:,} rows

{machine.words()}. A folder of accounts, products, sales teams, deals and activities, imported by `caudal import`
into an empty company; the seconds include the start of the program, the memory is its own without that of PostgreSQL.
Every deal brings its history, and every step of it is a fact. Undoing removes all of it in one transaction.

{shown(runs)}

Measured on {datetime.now(UTC):%d %B %Y} by `PYTHONPATH=src python -m bench.imports {options} --write`.
"""


if __name__ == "__main__":
    main()
