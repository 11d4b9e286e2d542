"""What every test may ask for: the lane it runs in, and a throw-away PostgreSQL."""

import os
import shutil
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import django
import psycopg
import pytest
from django.conf import settings
from django.db import connections
from django.utils import translation

from caudal.kit.postgres import Binaries, Cluster, Role, Server
from caudal.kit.postgres.binaries import SETTING, SYSTEM
from caudal.kit.postgres.connections import django_settings
from caudal.kit.postgres.grants import right_statements

LANES = ("fast", "browser", "faults", "scale", "engines")
FIXTURES = ("tests.kept", "tests.world", "tests.crm.browsing", "tests.insights.shop", "tests.plan.march")
"""Bring worlds that are kept, the named one with its people's browsers, and those built on it. They hold rows, so they can be loaded only when Django is up."""
DATA = "CAUDAL_TEST_DATA"
"""The data folder of the session's server, told by the first process to those that xdist starts."""

os.environ["DJANGO_SETTINGS_MODULE"] = "caudal.config.settings"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--lane", choices=LANES, default="fast", help="run the tests of this lane only")
    parser.addoption("--stops", metavar="NAMES", help="let the tour stop at these pages only, with commas between them")
    parser.addoption("--shots", metavar="DIR", help="keep pictures of all pages that the tour of the interface sees")


def pytest_configure(config: pytest.Config) -> None:
    # A shell lets what it runs in the background ignore Ctrl-C, and so would every program that a test starts.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if os.environ.get("CAUDAL_TEST_POSTGRES") == "debian":
        os.environ[SETTING] = str(max(SYSTEM.glob("*/bin")))
    if not hasattr(config, "workerinput"):
        os.environ[DATA] = tempfile.mkdtemp(prefix="caudal-test-")
        Path(os.environ[DATA]).chmod(0o755)
    # No test reads or writes the data folder of whoever runs it.
    own = Path(os.environ[DATA]) / "company"
    (own / "static").mkdir(parents=True, exist_ok=True)
    os.environ["CAUDAL_DATA"] = str(own)
    django.setup()
    for module in FIXTURES:
        config.pluginmanager.import_plugin(module)


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput") and DATA in os.environ:
        shutil.rmtree(os.environ.pop(DATA))


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Load no file that has no test of the lane: a test names its lane, if it is not the fast one."""
    lane = config.getoption("--lane")
    if lane == "fast" or not collection_path.is_file():
        return None
    return None if f'lane("{lane}")' in collection_path.read_text() else True


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    wanted = config.getoption("--lane")
    chosen = [item for item in items if lane_of(item) == wanted]
    config.hook.pytest_deselected(items=[item for item in items if lane_of(item) != wanted])
    items[:] = chosen


def lane_of(item: pytest.Item) -> str:
    mark = item.get_closest_marker("lane")
    lane = mark.args[0] if mark else "fast"
    assert lane in LANES, f"{item.nodeid} names the lane {lane}; there are {', '.join(LANES)}"
    return str(lane)


@pytest.fixture(autouse=True)
def own_language() -> Iterator[None]:
    """Leave no language active that a page was asked for: a thread keeps it, and the next test would speak it."""
    yield
    translation.deactivate()


@pytest.fixture(scope="session")
def binaries() -> Binaries:
    """The PostgreSQL under test."""
    return Binaries.find()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A throw-away server, shared by the processes of one run and stopped by the last of them."""
    with Cluster(Path(os.environ[DATA]), durable=False).attach() as server:
        with psycopg.connect(server.dsn(Role.SUPERUSER).on("template1").url(), autocommit=True) as connection:
            prepare(connection, server)
        yield server


def prepare(connection: psycopg.Connection, server: Server) -> None:
    """Let the owner make databases of its own, born with the rights that a deployment's database has."""
    credentials = server.cluster.credentials()
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(1)")
        for statement in right_statements(credentials):
            connection.execute(statement.encode())
        connection.execute(f'ALTER ROLE "{credentials.users[Role.OWNER]}" CREATEDB'.encode())
        for role in (Role.APP, Role.REPORT):
            connection.execute(f'GRANT "{credentials.users[role]}" TO "{credentials.users[Role.OWNER]}"'.encode())


@pytest.fixture(scope="session")
def django_db_modify_db_settings(postgres: Server, django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Point Django at the throw-away server, as the owner of its tables."""
    found = django_settings(postgres.dsn(Role.OWNER))
    test = connections["default"].settings_dict["TEST"]
    settings.DATABASES["default"].update(found)
    connections["default"].settings_dict.update(found | {"TEST": test})


@pytest.fixture
def app_role(db: None, postgres: Server) -> None:
    """Run the rest of the test with the rights of web and worker, which own no table."""
    with connections["default"].cursor() as cursor:
        cursor.execute(f'SET LOCAL ROLE "{postgres.cluster.credentials().users[Role.APP]}"')
