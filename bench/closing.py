"""How long the end of a month takes: its revenue, the reconciliation, and what its pages ask.

    PYTHONPATH=src python -m bench.closing [--subscriptions 10000] [--write]

Every subscription has three lines of a month, invoiced on its first day. All of them become revenue of it.
"""

import argparse
import json
from typing import Any, Final

from bench.harness import Installation, Machine, folder, found, load, run, table, write_section

SUBSCRIPTIONS: Final = 10_000
PARTS: Final = (
    ("revenue", "posting the revenue of the month, line by line", "5 minutes"),
    ("again", "the same again, with nothing to post", ""),
    ("reconciliation", "the reconciliation: twelve checks over everything", "5 minutes"),
    ("deferred", "what the page of deferred revenue asks", "1 second"),
    ("steps", "what the page of the month asks", "1 second"),
)


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--subscriptions", type=int, default=SUBSCRIPTIONS)
    parser.add_argument("--write", action="store_true", help="bring docs/reference/performance.md up to date")
    arguments = parser.parse_args()
    before = load()
    with folder() as data:
        found(data)
        with Installation(data, 0).database() as connection:
            machine = Machine.of(connection)
        measured = json.loads(run(data, "bench.closing_month", str(arguments.subscriptions)))
    text = section(machine, measured, before, arguments.subscriptions)
    print(text)
    if arguments.write:
        write_section("closing", text)


def section(machine: Machine, measured: dict[str, Any], before: float, subscriptions: int) -> str:
    """Return what was measured, as the reference page says it."""
    rows = [(words, f"{measured[name]:.2f}", aim) for name, words, aim in PARTS]
    shown = table(("", "seconds", "aim"), rows)
    return f"""## The end of a month

{machine.words()}. {subscriptions:,} subscriptions, {measured["lines"]:,} lines.

{shown}

Load of the machine {before} to {load()}. Measured by `PYTHONPATH=src python -m bench.closing --write`."""


if __name__ == "__main__":
    main()
