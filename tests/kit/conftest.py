"""Data folders with an initialised server, made once and copied."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from caudal.kit.postgres import Cluster
from tests.kit.postgres_processes import copied, open_folder


@pytest.fixture(scope="session")
def template() -> Iterator[Path]:
    """An initialised data folder; copy it."""
    with open_folder() as folder:
        data = folder / "template"
        with Cluster(data, durable=False).attach():
            pass
        yield data


@pytest.fixture
def cluster(template: Path) -> Iterator[Cluster]:
    """A fresh cluster of one's own, stopped."""
    with open_folder() as folder:
        cluster = Cluster(copied(template, folder / "data"), durable=False)
        yield cluster
        cluster.stop()
