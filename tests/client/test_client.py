"""The client: what its guide shows works, it repeats what is safe to repeat, and it is what the API describes."""

import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.wsgi import get_wsgi_application
from typing_extensions import override

from caudal.client import Client, ProblemError, Unreachable
from caudal.crm.models import Deal
from caudal.kit.access import SYSTEM
from caudal.kit.world import fixed_world, use
from caudal.workspace.actions import issue_key
from caudal.workspace.models import Role
from tests.world import Shop

ROOT = Path(__file__).resolve().parents[2]
AT = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SCOPES = tuple(f"{context}:{word}" for context in ("crm", "catalog", "insights", "plan") for word in ("read", "write"))


@pytest.fixture
def key(shop: Shop) -> str:
    _, token = issue_key(actor=SYSTEM, as_of=AT, name="tests", role=Role.ADMIN, scopes=SCOPES)
    return token


@pytest.fixture
def caudal(key: str) -> Iterator[Client]:
    with use(fixed_world(at=AT)), Client("http://localhost", key=key, transport=wsgi()) as client:
        yield client


def wsgi() -> httpx.WSGITransport:
    return httpx.WSGITransport(app=get_wsgi_application())


def test_every_example_of_the_guide_runs(key: str, capsys: pytest.CaptureFixture[str], caudal: Client) -> None:
    text = (ROOT / "docs" / "guides" / "api.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    names: dict[str, Any] = {"KEY": key, "wired": caudal}
    for block in blocks:
        wired = block.replace('Client("http://localhost:8000", key=KEY)', "wired")
        exec(compile(wired, "api.md", "exec"), names)  # noqa: S102  our own guide
    assert capsys.readouterr().out.splitlines()[1:] == [
        "Acme, 200 seats",
        "1 11880.00",
        "None 1",  # Acme has no sector
        "crm.deal_opened [None, 'Acme, 200 seats']",
        "412 record.changed_meanwhile",
        "Acme, 220 seats 2026-06-30",
        "1",
        "1",
    ]


def test_a_list_goes_on_over_all_pages(caudal: Client, shop: Shop) -> None:
    for number in range(7):
        caudal.deals.create(name=f"Deal {number}", pipeline_id=str(next(iter(shop.pipelines.values())).ref))
    assert [each["name"] for each in caudal.deals.list(order="name", limit=3)] == [f"Deal {n}" for n in range(7)]


def test_a_refusal_names_the_fields(caudal: Client) -> None:
    with pytest.raises(ProblemError) as refused:
        caudal.people.create(name=" ", email="nobody")
    assert refused.value.status == 422
    assert set(refused.value.fields) == {"name", "email"}
    assert refused.value.hint or refused.value.title


class Line(httpx.BaseTransport):
    """A line that loses answers: the request arrives, what comes back is as a test says."""

    def __init__(self, *lost: int | Exception) -> None:
        self.lost = list(lost)
        self.inner = wsgi()

    @override
    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self.inner.handle_request(request)
        if not self.lost:
            return answer
        happens = self.lost.pop(0)
        if isinstance(happens, Exception):
            raise happens
        return httpx.Response(happens, headers={"Retry-After": "7"})


def over(key: str, *lost: int | Exception, sleep: Callable[[float], None]) -> Client:
    return Client("http://localhost", key=key, transport=Line(*lost), sleep=sleep)


def test_a_write_whose_answers_are_lost_is_repeated_and_takes_effect_once(key: str, shop: Shop) -> None:
    waits: list[float] = []
    with use(fixed_world(at=AT)), over(key, httpx.ReadError("gone"), 503, sleep=waits.append) as client:
        deal = client.deals.create(name="Once", pipeline_id=str(next(iter(shop.pipelines.values())).ref))
    assert deal["name"] == "Once"
    assert Deal.objects.filter(name="Once").count() == 1
    assert waits == [0.2, 7.0]


def test_a_line_that_stays_dead_is_told_of_after_five_tries(key: str) -> None:
    waits: list[float] = []
    with (
        use(fixed_world(at=AT)),
        over(key, *[httpx.ConnectError("no route")] * 9, sleep=waits.append) as client,
        pytest.raises(Unreachable, match="no route"),
    ):
        next(client.deals.list())
    assert len(waits) == 4


def test_an_id_cannot_lead_elsewhere(caudal: Client) -> None:
    with pytest.raises(ProblemError) as refused:
        caudal.deals.get("../members?x=")
    assert refused.value.status in {404, 422}


def test_the_client_is_what_the_api_describes() -> None:
    told = subprocess.run(
        [sys.executable, "bin/client.py", "--check"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stdout + told.stderr


def test_the_client_needs_nothing_of_caudal() -> None:
    code = "import sys, caudal.client; print(*[n for n in sys.modules if n.startswith(('caudal.', 'django'))])"
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert all(name.startswith("caudal.client") for name in told.stdout.split())
