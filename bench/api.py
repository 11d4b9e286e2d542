"""How fast deals are made, listed and shown, by the API and on pages, with 1,000 and with 20,000 of them.

    PYTHONPATH=src python -m bench.api [--deals 1000 20000] [--rounds 200] [--json FILE] [--write]

A throw-away company on a durable PostgreSQL, served by `caudal up`, worker included; one client on the same machine.
Beside each figure: what the server and its database say they took of it, and floors taken in the same rounds. `--write`
brings docs/reference/performance.md up to date.
"""

import argparse
import itertools
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import httpx
import psycopg
from bench.harness import (
    Figures,
    Installation,
    Machine,
    Once,
    clocked,
    folder,
    found,
    load,
    measure,
    run,
    served,
    table,
    timed,
    wait_for_none,
    write_section,
)

from caudal.core.ids import Ref

WARM_UP: Final = 30
FLOOR_TABLE: Final = "CREATE TABLE bench_floor (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, said jsonb)"
FLOOR_INSERT: Final = 'INSERT INTO bench_floor (said) VALUES (\'{"name": "A row as long as the name of a deal"}\')'
FLOOR_ROW: Final = "SELECT * FROM crm_deal WHERE id = %s"
FLOOR_ROWS: Final = """
SELECT * FROM crm_deal WHERE deleted_at IS NULL ORDER BY opened_at DESC NULLS LAST, id DESC LIMIT 50"""

HEALTH: Final = "GET /health"
INSERT: Final = "INSERT of a row"
ROW: Final = "SELECT of a row by its key"
ROWS: Final = "SELECT of 50 rows in order"
FLOORS: Final = (HEALTH, INSERT, ROW, ROWS)
UNDER: Final = {"create": INSERT, "list": ROWS, "board": ROWS, "record": ROW}
"""The bare statement that is the least each must do, by the first word of its name."""
PEER_MS: Final = {"create a deal (API)": 46, "list of 50 (API)": 775}
PARTS: Final = (0.5, 0.95)
HEAD: Final = (
    *("", "client p50", "p95", "server p50", "p95", "database p50", "p95", "statements", "of floor", "peer"),
)


@dataclass(frozen=True, slots=True)
class Round:
    """The figures with so many deals, and how busy the machine was before and after."""

    deals: int
    load: tuple[float, float]
    figures: Sequence[Figures]

    def to_json(self) -> dict[str, Any]:
        """Return it as a report keeps it."""
        return {"deals": self.deals, "load": self.load, "figures": [each.to_json() for each in self.figures]}


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--deals", type=int, nargs="+", default=[1_000, 20_000])
    parser.add_argument("--rounds", type=int, default=200)
    parser.add_argument("--json", type=Path)
    parser.add_argument("--write", action="store_true", help="bring docs/reference/performance.md up to date")
    arguments = parser.parse_args()
    rounds = []
    with folder() as data:
        found(data)
        with Installation(data, 0).database() as connection:
            machine = Machine.of(connection)
        for deals in arguments.deals:
            run(data, "bench.growing", str(deals))
            with served(data) as installation, installation.database() as connection:
                rounds.append(look(installation, connection, deals, arguments.rounds))
            print(shown(rounds[-1]), flush=True)
    report = {"machine": asdict(machine), "rounds": [each.to_json() for each in rounds]}
    if arguments.json:
        arguments.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    if arguments.write:
        write_section("deals", section(machine, rounds))


def look(
    installation: Installation, connection: "psycopg.Connection[tuple[Any, ...]]", deals: int, rounds: int
) -> Round:
    """Measure with so many deals, once the worker has nothing left to do."""
    connection.execute(b"DROP TABLE IF EXISTS bench_floor")
    connection.execute(FLOOR_TABLE.encode())
    wait_for_none(connection, "SELECT count(*) FROM kit_delivery")
    connection.execute(b"VACUUM ANALYZE")  # as the database does by itself within minutes
    keys = installation.keys()
    with installation.program(keys) as program, installation.person(keys) as person:
        before = load()
        figures = measure(doings(program, person, connection), rounds=rounds, warm_up=WARM_UP)
        return Round(deals, (before, load()), tuple(figures.values()))


def doings(
    program: httpx.Client, person: httpx.Client, connection: "psycopg.Connection[tuple[Any, ...]]"
) -> dict[str, Callable[[], Once]]:
    """Return what a round does, by name: the floors, then what stands on them."""
    ids = [row[0] for row in connection.execute(b"SELECT id FROM crm_deal ORDER BY md5(id::text) LIMIT 100").fetchall()]
    deals = itertools.cycle(str(Ref("deal", each)) for each in ids)
    rows = itertools.cycle(ids)
    pipelines = [each["id"] for each in program.get("/api/v1/pipelines").raise_for_status().json()["items"]]
    api_boards, boards = itertools.cycle(pipelines), itertools.cycle(pipelines)
    company = program.get("/api/v1/companies").raise_for_status().json()["items"][0]["id"]
    numbers = itertools.count()

    def create() -> Once:
        number = next(numbers)
        body = {
            "name": f"Measured {number}",
            "company_id": company,
            "amount": {"amount": f"{number}.50", "currency": "EUR"},
        }
        key = {"Idempotency-Key": f"bench-{number}-{id(numbers)}"}
        return timed(lambda: program.post("/api/v1/deals", json=body, headers=key))

    def read(client: httpx.Client, path: str) -> Once:
        return timed(lambda: client.get(path))

    return {
        HEALTH: lambda: read(program, "/health"),
        INSERT: lambda: clocked(lambda: connection.execute(FLOOR_INSERT.encode())),
        ROW: lambda: clocked(lambda: connection.execute(FLOOR_ROW.encode(), [next(rows)]).fetchall()),
        ROWS: lambda: clocked(lambda: connection.execute(FLOOR_ROWS.encode()).fetchall()),
        "create a deal (API)": create,
        "list of 50 (API)": lambda: read(program, "/api/v1/deals?limit=50"),
        "board (API)": lambda: read(program, f"/api/v1/pipelines/{next(api_boards)}/board"),
        "record (API)": lambda: read(program, f"/api/v1/deals/{next(deals)}"),
        "list of 50 (page)": lambda: read(person, "/deals"),
        "board (page)": lambda: read(person, f"/deals/board?pipeline={next(boards)}"),
        "record (page)": lambda: read(person, f"/deals/{next(deals)}"),
    }


def shown(found_round: Round) -> str:
    """Return a round as a table."""
    figures = {each.name: each for each in found_round.figures}
    medians = {name: each.quantile("client_ms", 0.5) for name, each in figures.items()}
    floors = [f"{name} {medians[name]:.1f} ms (p95 {figures[name].quantile('client_ms', 0.95):.1f})" for name in FLOORS]
    rows = [
        [
            name,
            *(f"{each.quantile(f'{of}_ms', part):.1f}" for of in ("client", "server", "database") for part in PARTS),
            each.to_json()["statements"],
            f"{medians[name] / (medians[HEALTH] + medians[UNDER[name.split(' ')[0]]]):.1f}",
            peer(name, medians[name]),
        ]
        for name, each in figures.items()
        if name not in FLOORS
    ]
    return "\n".join(
        [
            f"### With {found_round.deals:,} deals",
            "",
            table(HEAD, rows),
            "",
            f"Floors: {'; '.join(floors)}. Load of the machine {found_round.load[0]} to {found_round.load[1]}.",
            "",
        ]
    )


def peer(name: str, median: float) -> str:
    """Return how many times faster we are than the closest peer was, where it was measured."""
    limit = PEER_MS.get(name)
    return f"{limit / median:.0f} times" if limit else ""


def section(machine: Machine, rounds: Sequence[Round]) -> str:
    """Return what the reference page says of it."""
    return f"""## Deals, by the API and on pages

{machine.words()}. One client on the same machine, {len(rounds[0].figures[0].runs)} rounds after {WARM_UP} that do not
count; every round does each thing once, so that whatever else the machine does falls on all of them alike. The company
is served by `caudal up`: two web processes, and a worker that takes the facts of every new deal meanwhile.

All times are milliseconds. *Client* is what the client waits, *server* and *database* are the parts that the answer
tells in `Server-Timing`; the database's includes the commit. *Floor* is how many times the client's median is the least
it could be: the answer of `/health` and one bare statement of psycopg on the same rows. *Peer* is how many times faster
it is than the closest Django peer on two cores, which took {PEER_MS["create a deal (API)"]} ms for a deal and
{PEER_MS["list of 50 (API)"]} ms for a list, with 1,200 deals.

{chr(10).join(shown(each) for each in rounds)}
Measured on {datetime.now(UTC):%d %B %Y} by `PYTHONPATH=src python -m bench.api --write`.
"""


if __name__ == "__main__":
    main()
