"""What no line of the package may do: hide imports, ask the time, use signals, step around the door to rows."""

import ast
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

import pytest

from tests.architecture.conftest import Plant
from tests.architecture.tree import File, Tree, imports_of, places

BANNED_NAMES: Final = frozenset(
    {
        "util",
        "utils",
        "helper",
        "helpers",
        "service",
        "services",
        "common",
        "manager",
        "managers",
        "base",
        "misc",
        "lib",
    }
)

WALL_CLOCKS: Final = frozenset(
    {
        "datetime.datetime.now",
        "datetime.datetime.today",
        "datetime.datetime.utcnow",
        "datetime.date.today",
        "time.gmtime",
        "time.localtime",
        "time.time",
        "time.time_ns",
        "django.utils.timezone.localdate",
        "django.utils.timezone.now",
        "django.db.models.functions.Now",
    }
)
STOPWATCHES: Final = frozenset({"time.monotonic", "time.monotonic_ns", "time.perf_counter", "time.perf_counter_ns"})
"""They measure lengths, never tell the date; the plumbing needs them for deadlines."""
CLOCK_FIELDS: Final = frozenset({"auto_now", "auto_now_add"})
EDGES: Final = frozenset({"views", "api", "tasks", "commands", "middleware", "context"})
"""The rooms that ask what time it is, once, and pass it on as `as_of`."""
PLUMBING: Final = frozenset({"kit", "cli", "__main__", "config"})

SIGNALS: Final = ("django.dispatch", "django.db.models.signals", "django.core.signals", "django.test.signals")
SIGNAL_ROOMS: Final = ("signals", "Signal", "receiver")

MESSAGES: Final = frozenset({"_", "gettext", "ngettext", "pgettext", "msg"})

ROOMS_BEHIND_THE_DOOR: Final = frozenset({"views", "api", "panels", "templatetags"})
UNSCOPED_DOORS: Final = frozenset({"objects", "_default_manager", "_base_manager", "all_objects"})
UNSCOPED_FUNCTIONS: Final = frozenset(
    {
        "django.shortcuts.get_object_or_404",
        "django.shortcuts.get_list_or_404",
        "django.db.connection",
        "django.db.connections",
        "django.apps.apps",
    }
)

OUTSIDE: Final = ("httpx", "requests", "urllib.request", "urllib3", "http.client", "smtplib", "socket", "subprocess")
"""What leaves the process. Contexts do it through the ports of `caudal.kit.world`."""


def banned_names(tree: Tree) -> list[str]:
    return [
        f"{file.path} is named after nothing: name the idea, or write it where it is used."
        for file in tree.python()
        if BANNED_NAMES & {step.removesuffix(".py").lstrip("_") for step in file.inside}
    ]


def hidden_imports(tree: Tree) -> list[str]:
    inside = [
        f"{file.at(node)} imports inside {function.name}: import at the top, or ask caudal.kit.lazy for a heavy library."
        for file in tree.python("src", "tests", "bench")
        for function in file.functions
        for node in ast.walk(function)
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    by_name = [
        f"{file.at(node)} imports by name: only caudal.kit finds modules, and the command line what needs settings."
        for file in tree.python()
        if file.context not in {"kit", "cli"}
        for node in file.nodes
        if isinstance(node, ast.Call) and file.dotted(node.func) in {"importlib.import_module", "__import__"}
    ]
    return inside + by_name


def clocks(tree: Tree) -> list[str]:
    return [
        f"{file.at(node)} reads {name}: {way_out}"
        for file in tree.python()
        for node, name, way_out in clock_readings(file)
    ]


def clock_readings(file: File) -> Iterator[tuple[ast.AST, str, str]]:
    is_the_clock = file.path == "src/caudal/kit/world.py"
    for node in file.nodes:
        if isinstance(node, ast.keyword) and node.arg in CLOCK_FIELDS:
            yield node.value, node.arg, "the action sets the instant from its as_of."
        name = file.dotted(node)
        if name in WALL_CLOCKS and not is_the_clock:
            yield node, name, "take as_of as an argument; edges call caudal.kit.world.now()."
        if name in STOPWATCHES and file.context not in PLUMBING:
            yield node, name, "only the plumbing measures how long something takes."
        if name == "caudal.kit.world.now" and file.context not in PLUMBING and file.room not in EDGES:
            yield node, name, "take as_of as an argument; only views, routes, tasks and commands ask."


def signals(tree: Tree) -> list[str]:
    return [
        f"{file.at(node)} uses the signal machinery ({name}): publish a fact and handle it in handlers."
        for file in tree.python()
        for node, name in imports_of(file)
        if name.startswith(SIGNALS) or (name.split(".")[0] in {"django", "allauth"} and is_signal(name))
    ]


def is_signal(name: str) -> bool:
    return any(step in SIGNAL_ROOMS for step in name.split("."))


def side_doors(tree: Tree) -> list[str]:
    return [
        f"{file.at(node)} reaches rows by {name}: a page or route asks a query, which starts at for_actor(actor, verb)."
        for file in tree.python()
        if file.room in ROOMS_BEHIND_THE_DOOR
        for node, name in [*manager_uses(file), *imports_of(file)]
        if name in UNSCOPED_FUNCTIONS or name in UNSCOPED_DOORS
    ]


def manager_uses(file: File) -> Iterator[tuple[ast.AST, str]]:
    yield from ((node, node.attr) for node in file.nodes if isinstance(node, ast.Attribute))


def outside_calls(tree: Tree) -> list[str]:
    return [
        f"{file.at(node)} leaves the process by {name}: use a port of caudal.kit.world, so that a simulation can drive it."
        for file in tree.python()
        if file.context not in PLUMBING | {"client", "demo"}
        for node, name in imports_of(file)
        if name.startswith(OUTSIDE)
    ]


def unreasoned_suppressions(tree: Tree) -> list[str]:
    """A silenced check names its rule and says why, on the same line."""
    return [
        f"{file.path}:{number} silences a check without saying which or why: write the rule and the reason behind it."
        for file in tree.python("src", "tests", "bin", "bench")
        for number, line in enumerate(file.text.splitlines(), 1)
        for mark in (NOQA, IGNORE)
        if mark in line and not reasoned(line.partition(mark)[2])
    ]


NOQA: Final = "# noq" + "a"
IGNORE: Final = "# type: ignor" + "e"


def reasoned(rest: str) -> bool:
    code, _, reason = rest.lstrip(":[ ").replace("]", " ").partition(" ")
    return code[:1].isalpha() and bool(reason.strip(" #"))


def dead_names(tree: Tree) -> list[str]:
    """Functions and classes that nothing names: what a framework finds by itself bears a decorator or is in `apps`."""
    everything = [*tree.python("src", "tests", "bin", "bench"), *tree.files(".html", ".toml", under="src")]
    uses = Counter(word for file in everything for word in re.findall(r"\w+", file.text))
    return [
        f"{file.at(node)} {node.name} is used nowhere: delete it."
        for file in tree.python()
        if file.room not in {"apps", "models"}
        for node in top_level(file)
        if uses[node.name] < 2 and not node.decorator_list  # its own definition is the first
    ]


def top_level(file: File) -> Iterator[ast.FunctionDef | ast.ClassDef]:
    module = file.nodes[0]
    assert isinstance(module, ast.Module)
    return (node for node in module.body if isinstance(node, ast.FunctionDef | ast.ClassDef))


def short_test_names(tree: Tree) -> list[str]:
    return [
        f"{file.at(function)} {function.name}: a test is named by a sentence about behaviour, three words or more."
        for file in tree.python("tests")
        for function in file.functions
        if function.name.startswith("test_") and len(function.name.removeprefix("test_").split("_")) < 3
    ]


def hidden_messages(tree: Tree) -> list[str]:
    return [
        f"{file.at(node)} says a message inside an f-string, where no catalogue finds it: give it a name before."
        for file in tree.python()
        for string in file.nodes
        if isinstance(string, ast.JoinedStr)
        for node in ast.walk(string)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MESSAGES
        if node.args and isinstance(node.args[0], ast.Constant)
    ]


CHECKS: Final = (
    banned_names,
    hidden_messages,
    hidden_imports,
    clocks,
    signals,
    side_doors,
    outside_calls,
    unreasoned_suppressions,
    dead_names,
    short_test_names,
)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_the_code_keeps_the_rules_of_the_house(check: Callable[[Tree], list[str]], tree: Tree) -> None:
    assert check(tree) == []


def test_a_module_named_after_nothing_is_found(plant: Plant) -> None:
    planted = plant(
        {"src/caudal/kit/utils.py": "", "src/caudal/kit/money/base.py": "", "src/caudal/kit/database.py": ""}
    )
    assert places(banned_names(planted)) == ["kit/money/base.py", "kit/utils.py"]


def test_a_message_inside_an_f_string_is_found(plant: Plant) -> None:
    planted = plant(
        {
            "src/caudal/crm/views.py": """
                from django.utils.translation import gettext as _

                def lead(name, told):
                    return f"{name}: {_(told)}", f"{_('Nobody has it.')} {name}"
                """,
        }
    )
    assert places(hidden_messages(planted)) == ["crm/views.py:4"]


def test_an_import_inside_a_function_is_found(plant: Plant) -> None:
    planted = plant(
        {
            "src/caudal/plan/actions.py": """
                import importlib

                def solve():
                    from z3 import Solver
                    return Solver()

                def solve_by_name():
                    return importlib.import_module("z3")
                """,
            "src/caudal/kit/lazy.py": "import importlib\n\ndef lazy(name):\n    return importlib.import_module(name)\n",
        }
    )
    assert places(hidden_imports(planted)) == ["plan/actions.py:4", "plan/actions.py:8"]


def test_a_clock_outside_the_edges_is_found(plant: Plant) -> None:
    ours = "from caudal.kit.world import now\n\ndef get():\n    return now()\n"
    planted = plant(
        {
            "src/caudal/crm/actions.py": ours,
            "src/caudal/crm/views.py": ours,
            "src/caudal/crm/models.py": """
                import datetime as dt
                from django.db import models
                from django.utils import timezone

                opened_at = models.DateTimeField(default=timezone.now)
                changed_at = models.DateTimeField(auto_now=True)
                today = dt.date.today()
                """,
            "src/caudal/core/periods.py": "import time\nstart = time.monotonic()\n",
            "src/caudal/kit/world.py": "from datetime import UTC, datetime\nclock = datetime.now(UTC)\n",
            "src/caudal/kit/postgres.py": "import time\ndeadline = time.monotonic() + 5\n",
        }
    )
    assert places(clocks(planted)) == [
        "core/periods.py:2",
        "crm/actions.py:4",
        "crm/models.py:5",
        "crm/models.py:6",
        "crm/models.py:7",
    ]


def test_a_signal_is_found_by_whatever_name(plant: Plant) -> None:
    planted = plant(
        {
            "src/caudal/crm/models.py": "from django.db.models.signals import post_save\n",
            "src/caudal/crm/handlers.py": "from django.dispatch import receiver\n",
            "src/caudal/workspace/apps.py": "from allauth.account import signals\n",
            "src/caudal/kit/processes.py": "import signal\nfrom signal import SIGTERM\n",
        }
    )
    assert places(signals(planted)) == ["crm/handlers.py:1", "crm/models.py:1", "workspace/apps.py:1"]


def test_a_page_that_steps_around_the_door_is_found(plant: Plant) -> None:
    planted = plant(
        {
            "src/caudal/crm/views.py": """
                from django.shortcuts import get_object_or_404, render
                from caudal.crm.models import Deal

                def board(request):
                    return render(request, "crm/board.html", {"deals": Deal.objects.all()})
                """,
            "src/caudal/crm/api/deals.py": "from django.db import connection\n",
            "src/caudal/crm/queries.py": "from caudal.crm.models import Deal\nopen_deals = Deal.objects.all()\n",
        }
    )
    assert places(side_doors(planted)) == ["crm/api/deals.py:1", "crm/views.py:1", "crm/views.py:5"]


def test_a_context_that_leaves_the_process_by_itself_is_found(plant: Plant) -> None:
    planted = plant(
        {
            "src/caudal/engage/adapters.py": "import smtplib\n",
            "src/caudal/crm/actions.py": "from urllib.parse import quote\nfrom urllib import request\n",
            "src/caudal/kit/world.py": "import httpx\n",
        }
    )
    assert places(outside_calls(planted)) == ["crm/actions.py:2", "engage/adapters.py:1"]


def test_a_silenced_check_without_its_reason_is_found(plant: Plant) -> None:
    planted = plant(
        {
            "src/caudal/crm/actions.py": f"""
                a = 1  {NOQA}
                b = 2  {NOQA}: S101
                c = 3  {NOQA}: S101  the caller proved it
                d = 4  {IGNORE}[arg-type]
                e = 5  {IGNORE}[arg-type]  # the stubs lack it
                """
        }
    )
    assert places(unreasoned_suppressions(planted)) == [f"crm/actions.py:{line}" for line in (1, 2, 4)]


def test_a_name_that_nothing_uses_is_found(plant: Plant) -> None:
    planted = plant(
        {
            "src/caudal/crm/actions.py": """
                def close_deal(): ...

                def reopen_deal(): ...

                @handler("crm.deals", on=())
                def on_closed(): ...
                """,
            "tests/crm/test_deals.py": "from caudal.crm.actions import close_deal\n",
        }
    )
    assert places(dead_names(planted)) == ["crm/actions.py:3"]


def test_a_test_that_is_no_sentence_is_found(plant: Plant) -> None:
    planted = plant({"tests/crm/test_deals.py": "def test_close(): ...\ndef test_a_closed_deal_stays_closed(): ...\n"})
    assert places(short_test_names(planted)) == ["tests/crm/test_deals.py:1"]
