"""How fast pages and routes answer with a million leads and a hundred thousand deals, and with a hundredth of that.

    PYTHONPATH=src python -m bench.scale DIR [--leads 10000 1000000] [--rounds 12] [--only WORD] [--write]

DIR keeps the companies, so that they are grown once: each in a folder named after its leads, with a deal to ten of
them. `--write` brings docs/reference/performance.md up to date.
"""

import argparse
import itertools
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlencode

import httpx
import psycopg
from bench.harness import (
    TOKEN,
    Figures,
    Installation,
    Machine,
    Once,
    asked,
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
from psycopg.sql import SQL, Identifier

from caudal.core.ids import Ref

LIMIT_MS: Final = 200
"""What nineteen of twenty answers must stay within, as the client sees it."""
GROWTH_LIMIT: Final = 2
"""How many times longer the median may be with a hundred times the rows."""
WARM_UP: Final = 3
EDITED: Final = 10_000
PARTS: Final = (0.5, 0.95)
OF: Final = ("client", "server", "database")
HEAD: Final = (
    *("", "client p50", "p95", "server p50", "p95", "database p50", "p95", "statements", "kB"),
    *("of the small", "growth", "missed"),
)
READY: Final = "grown.json"
LEADS: Final = {
    "newest": {},
    "owner is me and open": {"where": 'owner = me and state = "open"'},
    "all": {"view": "all"},
    "tag": {"where": 'has(tags, "VIP")'},
    "rare tag": {"where": 'has(tags, "Founder")'},
    "own field": {"where": 'custom.seats > 495 and custom.size = "small"'},
    "text, common": {"view": "all", "q": "gar"},
    "text, rare": {"view": "all", "q": "begona gariguez"},
    "text, nothing there": {"view": "all", "q": "zzqx"},
    "by name": {"view": "all", "sort": "name"},
    "by change": {"view": "all", "sort": "-changed_at"},
    "by channel, counted": {"view": "all", "group": "channel"},
    "of last month": {"where": 'in_last(captured_at, 30 days) and channel = "webinar"'},
    "converted": {"view": "converted"},
}
DEALS: Final = {
    "open": {},
    "owner is me and open": {"where": 'owner = me and state = "open"'},
    "amount": {"where": "amount > 15000 EUR"},
    "tag": {"where": 'has(tags, "VIP")'},
    "text": {"view": "all", "q": "garez"},
    "by amount": {"view": "all", "sort": "-amount"},
    "by close": {"sort": "expected_close_date"},
    "by stage, with sums": {"group": "stage"},
    "by owner, with sums": {"view": "all", "group": "owner"},
    "won": {"view": "won"},
}


@dataclass(frozen=True, slots=True)
class Round:
    """The figures of a company with so many leads, and how busy the machine was before and after."""

    leads: int
    load: tuple[float, float]
    figures: Mapping[str, Figures]
    sizes: Mapping[str, str]
    bulk: Mapping[str, float]
    """Seconds that an edit of many leads took, from the request to the last of them."""

    def to_json(self) -> dict[str, Any]:
        """Return it as a report keeps it."""
        return {
            "leads": self.leads,
            "load": self.load,
            "sizes": dict(self.sizes),
            "bulk": dict(self.bulk),
            "figures": [each.to_json() for each in self.figures.values()],
        }


@dataclass(frozen=True, slots=True)
class Desk:
    """Who asks, and what there is to ask for."""

    program: httpx.Client
    people: Mapping[str, httpx.Client]
    """A browser of each role."""
    ids: Mapping[str, Iterator[str]]
    """Public ids of each kind, from all over its table, again and again."""
    pipelines: Sequence[str]


def main() -> None:
    """Grow what is missing, measure, print, write."""
    parser = argparse.ArgumentParser()
    parser.add_argument("data", type=Path)
    parser.add_argument("--leads", type=int, nargs="+", default=[10_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=12)
    parser.add_argument("--only", default="", help="measure only what has this word in its name")
    parser.add_argument("--json", type=Path)
    parser.add_argument("--write", action="store_true", help="bring docs/reference/performance.md up to date")
    arguments = parser.parse_args()
    rounds, machine = [], None
    for leads in sorted(arguments.leads):
        with company(arguments.data.absolute(), leads) as (installation, connection):
            machine = Machine.of(connection)
            rounds.append(look(installation, connection, leads, arguments.rounds, arguments.only))
    assert machine is not None, "no company was asked for"
    print(shown(rounds), edited(rounds), sep="\n\n")
    if arguments.json:
        report = {"machine": asdict(machine), "rounds": [each.to_json() for each in rounds]}
        arguments.json.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    if arguments.write:
        write_section("scale", section(machine, rounds))


@contextmanager
def company(place: Path, leads: int) -> Iterator[tuple[Installation, "psycopg.Connection[tuple[Any, ...]]"]]:
    """Serve a company with so many leads, grown before if it is not there yet."""
    data = place / str(leads)
    if not (data / READY).exists():
        grow(data, leads)
    with served(data) as installation, installation.database() as connection:
        wait_for_none(connection, "SELECT count(*) FROM kit_delivery WHERE parked_at IS NULL")
        connection.execute(b"VACUUM ANALYZE")  # as the database does by itself within minutes
        run(data, "bench.counting")  # and the worker every five
        yield installation, connection


def grow(data: Path, leads: int) -> None:
    """Make a company with so many leads, a tenth as many deals, and the index of what is found."""
    data.parent.mkdir(parents=True, exist_ok=True)
    data.parent.chmod(0o755)  # the server's account passes through it
    begun = time.monotonic()
    found(data, "--plan", "estrategia")
    run(data, "bench.crowding", str(leads), str(leads // 10))
    run(data, "caudal", "search", "rebuild")
    (data / READY).write_text(json.dumps({"leads": leads, "seconds": round(time.monotonic() - begun)}))


def look(
    installation: Installation,
    connection: "psycopg.Connection[tuple[Any, ...]]",
    leads: int,
    rounds: int,
    only: str,
) -> Round:
    """Measure one company."""
    with ExitStack() as stack:
        keys = {role: installation.keys(role) for role in ("admin", "rep")}
        desk = Desk(
            program=stack.enter_context(installation.program(keys["admin"])),
            people={role: stack.enter_context(installation.person(each)) for role, each in keys.items()},
            ids={kind: itertools.cycle(ids_of(connection, kind)) for kind in ("lead", "deal", "company", "person")},
            pipelines=[str(Ref("pipeline", row[0])) for row in connection.execute(b"SELECT id FROM crm_pipeline")],
        )
        before = load()
        wanted = {name: doing for name, doing in doings(desk).items() if only in name}
        figures = measure(wanted, rounds=rounds, warm_up=WARM_UP)
        bulk = edit_many(desk.program, connection) if only in "bulk edit" else {}
        return Round(leads, (before, load()), figures, sizes(connection), bulk)


def edit_many(program: httpx.Client, connection: "psycopg.Connection[tuple[Any, ...]]") -> dict[str, float]:
    """Rehearse an edit of many leads, do it and take it back, as a program does; return the seconds of each."""
    rows = connection.execute(b"SELECT id FROM crm_lead WHERE deleted_at IS NULL ORDER BY id LIMIT %s", [EDITED])
    body = {
        "kind": "lead",
        "how": "set",
        "field": "company_name",
        "value": f"Edited {time.time_ns()}",
        "ids": [str(Ref("lead", row[0])) for row in rows.fetchall()],
    }
    found: dict[str, float] = {}
    path, sent = "/api/v1/bulk-edits", dict[str, Any](json=body)
    for name, then in (("rehearsed", "application"), ("done", "undo"), ("taken back", "")):
        begun = time.perf_counter()
        edit = program.post(path, **sent).raise_for_status().json()
        while edit["finished_at"] is None:
            time.sleep(0.2)
            edit = program.get(f"/api/v1/bulk-edits/{edit['id']}").raise_for_status().json()
        assert edit["total"] == len(body["ids"]), edit
        found[name] = time.perf_counter() - begun
        path, sent = f"/api/v1/bulk-edits/{edit['id']}/{then}", {}
    return found


def ids_of(connection: "psycopg.Connection[tuple[Any, ...]]", kind: str) -> list[str]:
    """Return the public ids of some records, from all over their table."""
    named = Identifier(f"crm_{kind}")
    rows = connection.execute(SQL("SELECT id FROM {} TABLESAMPLE BERNOULLI (5) LIMIT 200").format(named)).fetchall()
    return [str(Ref(kind, row[0])) for row in rows]


def sizes(connection: "psycopg.Connection[tuple[Any, ...]]") -> dict[str, str]:
    """Return how many rows the company has, and how much disk it takes."""
    return {
        "leads": asked(connection, "SELECT to_char(count(*), 'FM999,999,999') FROM crm_lead"),
        "deals": asked(connection, "SELECT to_char(count(*), 'FM999,999,999') FROM crm_deal"),
        "disk": asked(connection, "SELECT pg_size_pretty(pg_database_size(current_database()))"),
    }


def doings(desk: Desk) -> dict[str, Callable[[], Once]]:
    """Return what a round does, by name."""
    found: dict[str, Callable[[], Once]] = {}
    for role, person in desk.people.items():
        for kind, filters in (("leads", LEADS), ("deals", DEALS)):
            for name, words in filters.items():
                found[f"{kind}, {name} · {role}"] = reading(person, f"/{kind}?{urlencode(words)}")
            found[f"{kind}, tenth page · {role}"] = reading(person, tenth(person, kind))
        boards = itertools.cycle(desk.pipelines)
        found[f"board · {role}"] = lambda person=person, boards=boards: ask(  # type: ignore[misc]  # a default keeps a loop's value
            person, f"/deals/board?pipeline={next(boards)}"
        )
        found[f"board, amount · {role}"] = reading(person, f"/deals/board?where={quote('amount > 15000 EUR')}")
        found[f"my day · {role}"] = reading(person, "/day?of=mine")
        found[f"search bar · {role}"] = reading(person, "/search/bar?q=gar")
    admin = desk.people["admin"]
    found["team's day · admin"] = reading(admin, "/day?of=team")
    found["first page · admin"] = reading(admin, "/")
    found["companies · admin"] = reading(admin, "/companies")
    found["companies, text · admin"] = reading(admin, "/companies?q=garez")
    found["people · admin"] = reading(admin, "/people")
    found["people, text · admin"] = reading(admin, "/people?q=garez")
    for kind, path in (("lead", "leads"), ("deal", "deals"), ("company", "companies"), ("person", "people")):
        found[f"record of a {kind} · admin"] = records(admin, f"/{path}/", desk.ids[kind])
        found[f"record of a {kind} · API"] = records(desk.program, f"/api/v1/{path}/", desk.ids[kind])
    found["leads · API"] = reading(desk.program, "/api/v1/leads?limit=50")
    found["leads, filter · API"] = reading(desk.program, f"/api/v1/leads?where={quote(LEADS['tag']['where'])}")
    found["deals · API"] = reading(desk.program, "/api/v1/deals?limit=50")
    found["search · API"] = reading(desk.program, "/api/v1/search?q=garez")
    return found | writes(desk)


def writes(desk: Desk) -> dict[str, Callable[[], Once]]:
    """Return what a round writes, by the API and by forms."""
    numbers, run_id = itertools.count(), time.time_ns()
    admin = desk.people["admin"]

    def create(kind: str) -> Once:
        number = next(numbers)
        body: dict[str, Any] = {"name": f"Measured {number}"}
        if kind == "leads":
            body["email"] = f"measured{run_id}.{number}@example.com"
        else:
            body |= {"company_id": next(desk.ids["company"]), "amount": {"amount": "120.50", "currency": "EUR"}}
        key = {"Idempotency-Key": f"scale-{run_id}-{number}"}
        return timed(lambda: desk.program.post(f"/api/v1/{kind}", json=body, headers=key))

    token = TOKEN.search(admin.get("/leads/new").text)
    assert token is not None, "the form has no token"

    def form() -> Once:
        number = next(numbers)
        sent = {
            "csrfmiddlewaretoken": token[1],
            "name": f"Typed {number}",
            "email": f"typed{run_id}.{number}@example.com",
        }
        return timed(lambda: admin.post("/leads/new", data=sent, follow_redirects=False))

    return {
        "create a lead · API": lambda: create("leads"),
        "create a deal · API": lambda: create("deals"),
        "create a lead · page": form,
    }


def reading(client: httpx.Client, path: str) -> Callable[[], Once]:
    """Return what reads one address."""
    return lambda: ask(client, path)


def records(client: httpx.Client, path: str, ids: Iterator[str]) -> Callable[[], Once]:
    """Return what reads a record, another one each time."""
    return lambda: ask(client, f"{path}{next(ids)}")


def ask(client: httpx.Client, path: str) -> Once:
    """Read an address."""
    return timed(lambda: client.get(path))


def tenth(person: httpx.Client, kind: str) -> str:
    """Return the address of the tenth page of a list, by the ways from one page to the next."""
    path = f"/{kind}"
    for _ in range(9):
        text = person.get(path).raise_for_status().text
        links = [part.split('"')[0].replace("&amp;", "&") for part in text.split('href="')[1:]]
        ahead = [each for each in links if "at=" in each]
        if not ahead:
            break
        path = f"/{kind}{ahead[-1]}"
    return path


def shown(rounds: Sequence[Round]) -> str:
    """Return the figures of the largest company as a table, with how they grew."""
    small, large = rounds[0].figures, rounds[-1].figures
    rows = [
        [
            name,
            *(f"{each.quantile(f'{of}_ms', part):.0f}" for of in OF for part in PARTS),
            each.to_json().get("statements", ""),
            f"{each.to_json()['weight'] / 1000:.0f}",
            f"{small[name].quantile('database_ms', 0.5):.0f}",
            f"{grown(small[name], each):.1f}",
            missed(small[name], each),
        ]
        for name, each in large.items()
    ]
    return table(HEAD, rows)


def edited(rounds: Sequence[Round]) -> str:
    """Say how long the edit of many leads took."""
    told = [", ".join(f"{name} in {seconds:.0f} s" for name, seconds in each.bulk.items()) for each in rounds]
    return f"An edit of {EDITED:,} leads, by the API and the worker: {told[-1]}; in the small company {told[0]}."


def grown(small: Figures, large: Figures) -> float:
    """Return how many times longer the client waits with more rows."""
    return large.quantile("client_ms", 0.5) / small.quantile("client_ms", 0.5)


def missed(small: Figures, large: Figures) -> str:
    """Return which limits were missed."""
    slow = large.quantile("client_ms", 0.95) > LIMIT_MS
    grows = grown(small, large) > GROWTH_LIMIT
    return " and ".join(word for word, so in (("slow", slow), ("grows", grows)) if so)


def section(machine: Machine, rounds: Sequence[Round]) -> str:
    """Return what the reference page says of it."""
    small, large = rounds[0], rounds[-1]
    over = [name for name, each in large.figures.items() if missed(small.figures[name], each)]
    verdict = (
        f"{len(over)} of {len(large.figures)} miss one: {'; '.join(over)}."
        if over
        else f"All {len(large.figures)} keep within both."
    )
    sizes = [f"{each.sizes['leads']} leads and {each.sizes['deals']} deals" for each in (large, small)]
    runs = len(next(iter(large.figures.values())).runs)
    return f"""## A million leads

{machine.words()}. A company of {sizes[0]}
({large.sizes["disk"]} on disk), and one of {sizes[1]}, served by `caudal up`; one client on
the same machine, {runs} rounds after {WARM_UP} that do not count, each of which does everything once. *admin* reaches
every record, *rep* a fortieth of them and, of leads, also those that nobody owns. All times are milliseconds:
*client* is what the client waits, *server* and *database* are what the answer tells in `Server-Timing`, *of the small*
is the database's median in the small company, *growth* how many times longer the client waits in the large one.

Limits: p95 of the client at most {LIMIT_MS} ms, growth at most {GROWTH_LIMIT} times. {verdict}

{shown(rounds)}

{edited(rounds)}

Load of the machine {large.load[0]} to {large.load[1]}.
Measured on {datetime.now(UTC):%d %B %Y} by `PYTHONPATH=src python -m bench.scale DIR --write`.
"""


if __name__ == "__main__":
    main()
