"""Imports point down: the contracts of `pyproject.toml`, held against the real package and against planted ones."""

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import grimp
import pytest
from importlinter.api import read_configuration
from importlinter.application.output import console
from importlinter.contracts.acyclic_siblings import AcyclicSiblingsContract
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.domain.contract import Contract

from tests.architecture.conftest import Plant
from tests.architecture.contracts import DoorsContract, RoomsContract
from tests.architecture.tree import ROOT, Tree

TYPES: dict[str, type[Contract]] = {
    "rooms": RoomsContract,
    "doors": DoorsContract,
    "forbidden": ForbiddenContract,
    "acyclic_siblings": AcyclicSiblingsContract,
}


@cache
def options() -> dict[str, Any]:
    return read_configuration(str(ROOT / "pyproject.toml"))


def broken_contracts(graph: grimp.ImportGraph) -> dict[str, str]:
    """The ids of the contracts that the graph breaks, with what import-linter has to say."""
    broken = {}
    for table in options()["contracts_options"]:
        contract = TYPES[table["type"]](table["name"], options()["session_options"], table)
        check = contract.check(graph, verbose=False)
        if not check.kept:
            with console.capture() as said:
                contract.render_broken_contract(check)
            broken[table["id"]] = said.get()
    return broken


def graph_of(*imports: str) -> grimp.ImportGraph:
    """A package with the modules of lines such as `crm.views -> plan.queries` (from and to `caudal`) and no others."""
    graph = grimp.ImportGraph()
    for line in ("kit.world -> core.errors", *imports):
        importer, _, imported = line.partition(" -> ")
        for name in filter(None, (importer, imported)):
            steps = f"caudal.{name}".split(".")
            for length in range(1, len(steps) + 1):
                graph.add_module(".".join(steps[:length]))
        if imported:
            graph.add_import(importer=f"caudal.{importer}", imported=f"caudal.{imported}")
    return graph


def test_the_package_keeps_every_contract() -> None:
    graph = grimp.build_graph("caudal", include_external_packages=True, cache_dir=None)
    assert broken_contracts(graph) == {}


@pytest.mark.parametrize(
    "line",
    [
        "crm.views -> crm.actions",
        "crm.actions -> crm.models",
        "crm.actions -> catalog.queries",
        "plan.handlers -> crm.events",
        "billing.actions -> crm.actions",
        "api.urls -> crm.api",
        "crm.marts -> crm.queries",
        "crm.migrations -> kit.records",
        "core.metrics -> core.expressions",
    ],
)
def test_an_import_that_points_down_through_a_door_is_fine(line: str) -> None:
    assert broken_contracts(graph_of(line)) == {}


@pytest.mark.parametrize(
    ("line", "contracts"),
    [
        ("crm.actions -> plan.queries", {"stack"}),  # a context above
        ("catalog.actions -> ledger.actions", {"stack"}),  # a sibling
        ("kit.outbox -> crm.queries", {"stack"}),
        ("core.money -> kit.world", {"stack"}),
        ("plan.queries -> client.session", {"stack"}),  # the API client is nobody's library
        ("gadgets.actions", {"stack"}),  # a context without a place
        ("crm.models -> crm.actions", {"rooms"}),
        ("crm.actions -> crm.views", {"rooms"}),
        ("crm.views -> crm.api", {"rooms"}),  # two renderings do not call each other
        ("crm.utils", {"rooms"}),
        ("crm.services", {"rooms"}),
        ("workspace.common.text", {"rooms"}),
        ("plan.actions.planted -> crm.models", {"doors"}),  # another context's rows
        ("plan.views -> crm.views", {"doors"}),
        ("plan.actions -> crm.events", {"doors"}),  # facts are heard in handlers
        ("demo.company -> crm.models", {"doors"}),
        ("core.money -> core.pricing", {"core-order"}),
        ("core.pricing -> core.journal", {"core-order"}),
        ("core.helpers", {"core-order"}),
    ],
)
def test_an_import_that_breaks_the_order_is_found(line: str, contracts: set[str]) -> None:
    assert broken_contracts(graph_of(line)).keys() == contracts


@pytest.mark.parametrize("library", ["django", "random", "os", "logging", "sqlite3", "psycopg", "httpx", "time"])
def test_the_outside_world_in_the_core_is_found(library: str) -> None:
    graph = graph_of("core.money -> core.errors")
    graph.add_module(library, is_squashed=True)
    graph.add_import(importer="caudal.core.money", imported=library)
    assert broken_contracts(graph).keys() == {"core-pure"}


def test_a_cycle_in_the_plumbing_is_found() -> None:
    assert broken_contracts(graph_of("kit.world -> kit.mail", "kit.mail -> kit.world")).keys() == {"no-cycles"}
    assert broken_contracts(graph_of("core.money -> core.periods", "core.periods -> core.money")).keys() == {
        "no-cycles"
    }


def test_a_broken_contract_names_the_import_and_the_way_out() -> None:
    said = broken_contracts(graph_of("plan.actions.planted -> crm.models"))["doors"]
    assert "caudal.plan.actions.planted imports caudal.crm.models" in said
    assert "Call an action or a query of that context" in said


def lint_by_hand(planted: Tree) -> subprocess.CompletedProcess[str]:
    """What a developer sees who runs `lint-imports` in that tree."""
    checks = planted.root / "tests" / "architecture"
    checks.mkdir(parents=True)
    shutil.copy(ROOT / "pyproject.toml", planted.root)
    shutil.copy(ROOT / "tests" / "architecture" / "contracts.py", checks)
    return subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"],
        cwd=planted.root,
        env=os.environ | {"PYTHONPATH": str(planted.root / "src"), "COLUMNS": "200"},
        capture_output=True,
        text=True,
        check=False,
    )


def test_lint_imports_finds_a_planted_import_and_lets_annotations_be(plant: Plant) -> None:
    planted = plant(
        {
            "src/caudal/__init__.py": "",
            "src/caudal/core/__init__.py": "",
            "src/caudal/core/errors.py": "",
            "src/caudal/kit/__init__.py": "",
            "src/caudal/crm/__init__.py": "",
            "src/caudal/crm/models.py": "class Deal: ...",
            "src/caudal/plan/__init__.py": "",
            "src/caudal/plan/queries.py": "from caudal.crm.models import Deal",
            "src/caudal/plan/actions.py": """
                from typing import TYPE_CHECKING

                if TYPE_CHECKING:
                    from caudal.crm.models import Deal
                """,
        }
    )
    done = lint_by_hand(planted)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "caudal.plan.queries imports caudal.crm.models" in done.stdout
    assert "caudal.plan.actions" not in done.stdout
