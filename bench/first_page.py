"""How long the first page takes, and what of that is the database.

    PYTHONPATH=src python -m bench.first_page [--data DIR] [--rounds 100] [--write]

Reads the company of a data folder that nobody serves meanwhile, as an administrator; without one, a demo company grown
for this and thrown away.
"""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from bench.harness import Figures, Machine, folder, load, measure, run, served, table, timed, write_section

WARM_UP = 5


def main() -> None:
    """Fetch the page again and again, print and write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path)
    parser.add_argument("--rounds", type=int, default=100)
    parser.add_argument("--path", default="/")
    parser.add_argument("--write", action="store_true", help="bring docs/reference/performance.md up to date")
    arguments = parser.parse_args()
    with company(arguments.data) as data, served(data) as installation, installation.database() as connection:
        machine = Machine.of(connection)
        keys = installation.keys()
        with installation.person(keys) as person:
            doings = {f"GET {arguments.path}": lambda: timed(lambda: person.get(arguments.path))}
            figures = measure(doings, rounds=arguments.rounds, warm_up=WARM_UP)
    shown = "\n\n".join(described(each) for each in figures.values())
    print(shown)
    if arguments.write:
        write_section("first page", section(machine, shown, arguments.rounds))


@contextmanager
def company(data: Path | None) -> Iterator[Path]:
    """Give the folder that was asked for, or that of a demo company to be thrown away."""
    if data is not None:
        yield data.absolute()
        return
    with folder() as fresh:
        run(fresh, "caudal", "demo", "--data", str(fresh), "--check")
        yield fresh


def described(figures: Figures) -> str:
    """Return the figures of a page as a table."""
    facts = figures.to_json()
    rows = [
        (name, *(f"{figures.quantile(f'{name}_ms', part):.1f}" for part in (0.5, 0.95)))
        for name in ("client", "server", "database")
    ]
    return "\n".join(
        [
            table((figures.name, "p50 ms", "p95 ms"), rows),
            "",
            f"{facts['statements']} statements, {facts['weight'] / 1000:.0f} kB of HTML. Load of the machine {load()}.",
        ]
    )


def section(machine: Machine, shown: str, rounds: int) -> str:
    """Return what the reference page says of it."""
    return f"""## The first page

{machine.words()}. The plan against what happened, of the demo company as `caudal demo` grows it, {rounds} times.

{shown}

Measured on {datetime.now(UTC):%d %B %Y} by `PYTHONPATH=src python -m bench.first_page --write`.
"""


if __name__ == "__main__":
    main()
