"""Times many futures of the first plan beside a plain NumPy floor in the same run, and writes what it found.

The floor is the same tree written out by hand: the same draws, every month computed by plain array arithmetic, and
NumPy's quantiles of every computed number in every month. Its medians must be ours.
"""

import argparse
import math
import os
import platform
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, TypeAlias

import numpy as np
from bench.harness import Figures, Once, load, measure, table, write_section

from caudal.core.drivers import Tree, grow_tree
from caudal.core.plans import read_plan
from caudal.core.simulate import Futures, draw, simulate

PLAN: Final = Path(__file__).parents[1] / "src" / "caudal" / "plan" / "plans" / "estrategia.toml"
RUNS, MONTHS, SEED = 100_000, 36, 1
Numbers: TypeAlias = dict[str, Any]


def generator() -> np.random.Generator:
    """Return the chance that both play by."""
    return np.random.Generator(np.random.PCG64(SEED))


def ours(tree: Tree) -> Futures:
    """Play the plan as Caudal does."""
    return simulate(tree, runs=RUNS, months=MONTHS, generator=generator())


def floor(tree: Tree) -> dict[str, tuple[float, float, float]]:
    """Play the same plan in plain NumPy, and return the quantiles of the last month."""
    drivers = sorted((node.driver for node in tree.drivers if node.driver is not None), key=lambda driver: driver.id)
    drawn = draw(drivers, runs=RUNS, generator=generator(), together=tree.together)
    full = {driver.id: values for driver, values in zip(drivers, drawn, strict=True)}
    levels = [{node.id: float(tree.level(node, month)) for node in tree.drivers} for month in range(1, MONTHS + 1)]
    found: dict[str, tuple[float, float, float]] = {}
    for month in written_out(full, levels):
        found = {name: tuple(np.quantile(values, (0.05, 0.5, 0.95))) for name, values in month.items()}
    return found


def written_out(full: Numbers, levels: list[Numbers]) -> Iterator[Numbers]:
    """Compute the months of the first plan, formula by formula."""
    saas = documents = np.zeros(RUNS)
    gross = np.full(RUNS, np.nan)
    for level in levels:
        d = {name: values * level[name] for name, values in full.items()}
        n: Numbers = {"saas_new": d["leads"] * d["saas_interest"] * d["p2_conv"]}
        n["saas_customers"] = saas = saas * d["ret"] + n["saas_new"]
        n["p2_rev"] = saas * d["p2_arpu"]
        n["documents_new"] = d["leads"] * d["documents_interest"] * d["p3_conv"]
        n["documents_customers"] = documents = documents * d["ret"] + n["documents_new"]
        n["p3_rev"] = documents * d["p3_arpu"]
        n["documents"] = n["p3_rev"] / d["p3_ppu"]
        n["document_cost"] = d["p3_ppu"] * (1 - d["gm"])
        n["new_cust"] = d["p1_sales"] + n["saas_new"] + n["documents_new"]
        n["google"] = 1600 * d["a_goog"] / (80_000 + d["a_goog"])
        n["facebook"] = 1100 * d["a_fb"] / (40_000 + d["a_fb"])
        n["linkedin"] = 700 * d["a_li"] / (50_000 + d["a_li"])
        n["youtube"] = 500 * d["a_yt"] / (25_000 + d["a_yt"])
        n["display"] = 250 * d["a_dis"] / (20_000 + d["a_dis"])
        n["paid_leads"] = n["google"] + n["facebook"] + n["linkedin"] + n["youtube"] + n["display"]
        n["paid_share"] = n["paid_leads"] / d["leads"]
        n["deals"] = d["leads"] * d["lead_conv"] * d["win"]
        n["velocity"] = n["deals"] * d["ads"]
        n["b_pers"] = d["b_team"] + d["b_mgmt"] + d["b_ops"] + d["b_enab"]
        n["b_tech"] = d["b_crm"] + d["b_tools"] + d["b_ana"] + d["b_train"]
        n["b_mkt"] = d["b_dig"] + d["b_cont"] + d["b_paid"] + d["b_ev"]
        n["cpl"] = n["b_mkt"] / 12 / d["leads"]
        n["b_tot"] = n["b_pers"] + n["b_tech"] + n["b_mkt"]
        n["p1_rev"] = d["p1_sales"] * d["p1_arpu"]
        n["prim"] = n["p1_rev"] + n["p2_rev"] + n["p3_rev"]
        before, gross = gross, n["prim"] + d["sec"]
        n["gross"], n["net"] = gross, gross * d["rev_eff"]
        n["growth_m"] = gross / before - 1
        n["roi"] = (gross - n["b_tot"] / 12) / (n["b_tot"] / 12)
        n["selling"] = n["deals"] / d["deals_per_rep"]
        n["answering"] = d["leads"] / d["leads_per_person"]
        yield n


def hardware() -> str:
    """Say what the figures were taken on."""
    facts = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    named = re.search(r"model name\s*: (.*)", facts)
    memory = round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)
    return (
        f"{named[1] if named else platform.machine()}, {os.cpu_count()} cores, {memory} GB; "
        f"Python {platform.python_version()}, NumPy {np.__version__}"
    )


def main() -> None:
    """Measure, compare, and write the section of the reference page."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--write", action="store_true", help="write the section of docs/reference/performance.md")
    options = asked.parse_args()
    plan = read_plan(PLAN.read_bytes()).plan
    assert plan is not None
    tree = grow_tree(plan)
    kept: dict[str, Any] = {}

    def worked(name: str, work: Callable[[Tree], object]) -> Callable[[], Once]:
        return lambda: clocked_on_processor(lambda: kept.update({name: work(tree)}))

    busy = load()
    figures = measure(
        {"Caudal": worked("ours", ours), "plain NumPy": worked("floor", floor)}, rounds=options.rounds, warm_up=1
    )
    compare(kept["ours"], kept["floor"])
    text = told(tree, figures, busy)
    print(text)
    if options.write:
        write_section("simulation", text)


def compare(found: Futures, plain: dict[str, tuple[float, float, float]]) -> None:
    """See that both came to the same numbers."""
    for series in found.series:
        name = series.node.id.removesuffix(".needs")
        if name in plain:
            last = series.last
            for one, other in zip((last.p5, last.p50, last.p95), plain[name], strict=True):
                assert one is not None
                assert math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12), (name, one, other)


def clocked_on_processor(work: Callable[[], object]) -> Once:
    """Do something; what the client waits for is by the clock, what the server takes is on the processor."""
    begun, used = time.perf_counter(), time.process_time()
    work()
    return Once((time.perf_counter() - begun) * 1000, server_ms=(time.process_time() - used) * 1000)


def told(tree: Tree, figures: dict[str, Figures], busy: float) -> str:
    """Return the section."""
    rows = [
        (
            name,
            *(
                f"{figure.quantile(which, part) / 1000:.2f} s"
                for which in ("server_ms", "client_ms")
                for part in (0.0, 0.5)
            ),
        )
        for name, figure in figures.items()
    ]
    ours_ms, floor_ms = (figures[name].quantile("server_ms", 0.5) for name in ("Caudal", "plain NumPy"))
    head = ("", "processor, fastest", "processor, median", "clock, fastest", "clock, median")
    return f"""
## {RUNS:,} futures of the first plan

{RUNS:,} futures over {MONTHS} months, {len(tree.drivers)} drivers and {len(tree.computed)} computed numbers, by
`python -m bench.simulation`. Beside it the floor: the same tree written out by hand in NumPy, with the same draws and
the same three quantiles of each computed number in each month, and the same results to nine digits. Caudal also counts
means, chances of targets, the drivers themselves, and what explains what; months in which nothing of a number changes
are not computed again. It took {ours_ms / floor_ms:.2f} times the floor's time on the processor.

{table(head, rows)}

{hardware()}; {busy} processes wanted a core when it began.
"""


if __name__ == "__main__":
    main()
