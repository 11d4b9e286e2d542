"""The leak probe: every route, as everybody, about everything that they may not see or change.

Rows of every kind are planted for every owner, with a word in each text and an amount in each deal that nothing else
says. An oracle that knows only the table of roles says what each may see. Then every route of the resolver and of the
API's description is asked: about rows out of sight, about rows in sight that are not to be changed, with ids of hidden
rows in bodies and queries, and for lists, boards, files, names, searches and numbers.
"""

import json
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any, Final

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import path

from caudal.config.urls import urlpatterns
from caudal.core.ids import Ref
from caudal.crm.models import Deal
from caudal.kit.access import Verb
from caudal.kit.digest import table_digests
from caudal.kit.outbox import drain
from caudal.kit.pages import needs
from caudal.kit.search.index import HANDLER
from caudal.kit.world import fixed_world, use
from tests.crm.browsing import NOW
from tests.leaks.asking import Asker, straight
from tests.leaks.declared import Route, UndeclaredError, body_of, names_of_rows, pages, routes
from tests.leaks.scene import CHANGE, DELETE, KINDS, VIEW, Planted, Scene, set_scene, who_may
from tests.world import Shop

REFUSED: Final = frozenset({401, 403, 404})
AWAY: Final = frozenset({302, 401})
"""How somebody who has not come in is answered: by the page to come in at, or by a refusal."""
NOT_THERE: Final = 405
ABOUT_WHAT_IS_SEEN: Final = frozenset(
    {
        "/approvals/<str:approval_id>/decision",
        "/search/opened",
        "/following/<str:record_id>",
        "/api/v1/following/{record_id}",
        "/subjects/<str:record_id>/file",
        "/api/v1/subjects/{record_id}/export",
    }
)
"""What is sent about what one sees, without changing it."""


@pytest.fixture
def scene(shop: Shop) -> Iterator[Scene]:
    with use(fixed_world(at=NOW, seed=3)):
        found = set_scene(shop)
        drain(HANDLER, as_of=NOW)
        with straight():
            yield found


class Probe:
    """Asks, and keeps what was given away."""

    def __init__(self, scene: Scene, shop: Shop) -> None:
        self.scene, self.asker = scene, Asker(scene, shop.settings)
        self.found: list[str] = []
        self.counts: Counter[str] = Counter()
        self.hidden = {
            who: {
                each.number
                for each in scene.planted
                # What somebody sees while it is there may be seen in the recycle bin.
                if not who_may(who, scene, replace(each, deleted=False), VIEW)
            }
            for who in scene.actors
        }

    def ask(self, about: str, who: str, route: Route, ids: dict[str, str], body: Any = None, query: str = "") -> int:
        """Ask once, note what leaks, and return the status."""
        self.counts[about] += 1
        answer = self.asker(who, route.method, route.filled(ids) + query, body)
        leaked = answer.tokens() & self.hidden[who]
        if leaked:
            self.found.append(f"{who} {route.method} {route.address}{query} [{about}]: {answer.status} tells {leaked}")
        return answer.status

    def refused(self, about: str, who: str, route: Route, ids: dict[str, str], body: Any = None) -> None:
        """Ask for what must be refused."""
        status = self.ask(about, who, route, ids, body)
        expected = AWAY | {403, 404} if self.scene.actors[who] is None else REFUSED
        if status != NOT_THERE and status not in expected:
            self.found.append(f"{who} {route.method} {route.address} [{about} {ids.get('what', '')}]: {status}")

    def objects(self, route: Route) -> Iterable[Planted]:
        return [each for each in self.scene.planted if each.kind == route.kind()]

    def is_out_of_sight(self, who: str, route: Route, planted: Planted) -> bool:
        """Say whether a route must refuse a row; the recycle bin and whoever answers for data know deleted ones."""
        if "/subjects/" in route.address:
            return not who_may(who, self.scene, replace(planted, deleted=False), VIEW)
        if "/bin/" in route.address and planted.deleted:
            return not who_may(who, self.scene, replace(planted, deleted=False), DELETE)
        return not who_may(who, self.scene, planted, VIEW)

    def ids(self, planted: Planted) -> dict[str, str]:
        own = {"what": f"{planted.owner or 'nobody'}{' shared' * planted.shared}{' deleted' * planted.deleted}"}
        seen = {each.kind: each.id for each in self.scene.planted if each.owner == "rosa" and not each.deleted}
        return seen | self.scene.ids | {planted.kind: planted.id} | own


def walk_hidden(probe: Probe, walked: Iterable[Route], per_route: int) -> None:
    """Ask every route about rows out of sight, by turns of whose they are; the plain addresses about all of them."""
    for turn, route in enumerate(walked):
        plain = route.is_read and route.address.endswith(("}", ">"))
        # A page and its form share a door: half of the people ask for the one, half send the other.
        half = "<" in route.address and not plain
        for place, who in enumerate(probe.scene.actors):
            if half and (place + turn) % 2:
                continue
            out = [each for each in probe.objects(route) if probe.is_out_of_sight(who, route, each)]
            shift = (turn + place) % len(out) if out else 0
            for each in out if plain else (out[shift:] + out[:shift])[:per_route]:
                ids = probe.ids(each)
                probe.refused("out of sight", who, route, ids, body_of(route, ids))


def walk_unchangeable(probe: Probe, walked: Iterable[Route]) -> None:
    """Write to rows that are in sight and not to be changed."""
    for turn, route in enumerate(walked):
        if route.is_read or route.address in ABOUT_WHAT_IS_SEEN:
            continue
        for place, who in enumerate(probe.scene.actors):
            seen = [
                each
                for each in probe.objects(route)
                if who_may(who, probe.scene, each, VIEW) and not who_may(who, probe.scene, each, CHANGE)
            ]
            if seen:
                ids = probe.ids(seen[(turn + place) % len(seen)])
                probe.refused("not to be changed", who, route, ids, body_of(route, ids))


def walk_foreign_ids(probe: Probe, walked: Iterable[Route]) -> None:
    """Name rows out of sight in bodies and queries of what is otherwise allowed."""
    for route in walked:
        for who in ("rosa", "lia", "fina"):
            for name, kind in [*names_of_rows(route), *((each, "deal") for each in route.asks)]:
                hidden = next(
                    (each for each in probe.scene.planted if each.kind == kind and each.number in probe.hidden[who]),
                    None,
                )
                own = next(each for each in probe.scene.planted if (each.kind, each.owner) == ("deal", "rosa"))
                if hidden is None:
                    continue
                ids = probe.ids(own)
                if name in route.asks:
                    probe.ask("named in a query", who, route, ids, query=f"?{name}={hidden.id}")
                    continue
                body = {
                    **body_of(route, ids),
                    name: [hidden.id] if name in {"about", "ids"} else hidden.id,
                }
                status = probe.ask("named in a body", who, route, ids, body)
                if status < 300:
                    probe.found.append(
                        f"{who} {route.method} {route.address}: takes {name} of a hidden {kind}: {status}"
                    )


QUERIES: Final = ("", "?q=kanari&text=kanari&view=all")
"""What is asked of lists, names, searches and numbers."""
FORMS: Final = ({"format": "csv"}, {"format": "csv", "q": "kanari", "view": "all"})
"""What is asked of files."""


def walk_side_channels(probe: Probe, walked: Iterable[Route]) -> None:
    """Read lists, boards, names, searches, numbers and files as everybody who may not see everything."""
    for route in walked:
        for who in ("rosa", "lia", "fina", "small key"):
            if route.is_read:
                is_full = route.address.startswith("/api/") or who in {"rosa", "lia"}
                for query in QUERIES if is_full and "{" not in route.address else QUERIES[1:]:
                    probe.ask("side channel", who, route, probe.scene.ids, query=query)
            elif route.address.endswith("/file"):
                for body in FORMS:
                    probe.ask("file", who, route, probe.scene.ids, body)


def by_kind(walked: Iterable[Route]) -> tuple[list[Route], list[Route]]:
    """Return the routes about rows that have owners, and all others. Raises UndeclaredError."""
    listed = list(walked)
    owned = {*KINDS, "view", "approval", "attachment", "bulk_edit", "consent", "notification", "import_profile"}
    return [each for each in listed if each.kind() in owned], [each for each in listed if each.kind() not in owned]


def test_no_route_tells_or_changes_what_somebody_may_not_see_or_change(
    scene: Scene, shop: Shop, capsys: pytest.CaptureFixture[str]
) -> None:
    began = time.monotonic()
    probe, walked = Probe(scene, shop), routes()
    about_rows, others = by_kind(walked)
    before = table_digests()
    walk_hidden(probe, about_rows, 1)
    walk_unchangeable(probe, about_rows)
    changed = {table for table, digest in table_digests().items() if digest != before[table]}
    walk_side_channels(probe, others)
    walk_foreign_ids(probe, [each for each in walked if not each.is_read or each.asks])
    tell(probe, walked, time.monotonic() - began, capsys)
    assert not probe.found, "\n".join(probe.found)
    assert not changed, f"refused writes changed {changed}"
    assert probe.counts["out of sight"] > 1000
    assert probe.counts["not to be changed"] > 100


def tell(probe: Probe, walked: list[Route], seconds: float, capsys: pytest.CaptureFixture[str]) -> None:
    """Say what was asked and found."""
    said = ", ".join(f"{count} {about}" for about, count in probe.counts.items())
    with capsys.disabled():
        sys.stdout.write(
            f"\nleak probe: {len(walked)} routes by {len(probe.scene.actors)} ways in, {probe.asker.count} requests "
            f"({said}), {len(probe.scene.planted)} planted rows: {len(probe.found)} leaks, {seconds:.1f} s\n"
        )


def test_counts_and_numbers_are_those_of_what_is_seen(scene: Scene, shop: Shop) -> None:
    asker = Asker(scene, shop.settings)
    board = f"/api/v1/pipelines/{shop.pipelines['saas'].ref}/board"
    for who in ("rosa", "lia", "marta", "sergio", "fina"):
        seen = Counter(each.kind for each in scene.planted if who_may(who, scene, each, VIEW))
        columns = json.loads(asker(who, "GET", board).text)["columns"]
        assert sum(each["count"] for each in columns) == seen["deal"], who
        for kind, address in (("lead", "leads"), ("company", "companies"), ("person", "people")):
            answer = asker(who, "GET", f"/api/v1/{address}?limit=100")
            ours = {"Acme": "rosa", "Globex": "raul"}  # the shop's own two, which hold no canary
            listed = [each for each in json.loads(answer.text).get("items", ()) if each["name"] not in ours]
            assert len(listed) == seen[kind], (who, kind)
        answer = asker(who, "GET", "/api/v1/metrics/leads/values")
        if who != "fina":  # who works with no lead counts none
            everybody = sum(each.kind == "lead" and not each.deleted for each in scene.planted)
            counted = sum(each["value"] for each in json.loads(answer.text)["rows"])
            assert counted == (everybody if who == "marta" else seen["lead"]), who


@needs("deal", Verb.VIEW)
def naive(_request: HttpRequest, record_id: str) -> HttpResponse:
    """A view that goes around the door."""
    return HttpResponse(Deal.objects.get(pk=Ref.parse(record_id, "deal").id).name)


@needs("deal", Verb.VIEW)
def naive_list(_request: HttpRequest) -> HttpResponse:
    """A list that goes around the door."""
    return HttpResponse(", ".join(Deal.objects.values_list("name", flat=True)))


PLANTED: Final = [
    path("deals/<str:record_id>/naive", naive),
    path("deals/naive", naive_list),
    path("orders/<str:record_id>", naive),
]
"""What the probe has to find: read, listed, undeclared."""


def test_a_route_that_goes_around_the_door_and_one_that_says_not_what_it_names_are_found(
    scene: Scene, shop: Shop, settings: Any
) -> None:
    planted = list(pages(PLANTED))
    with pytest.raises(UndeclaredError, match="orders"):
        by_kind(planted)
    settings.ROOT_URLCONF = type("urls", (), {"urlpatterns": [*PLANTED, *urlpatterns]})
    probe = Probe(scene, shop)
    walk_hidden(probe, planted[:1], 2)
    assert any("rosa GET /deals/<str:record_id>/naive [out of sight]: 200 tells" in each for each in probe.found)
    assert not any(each.startswith("ana ") and "tells" in each for each in probe.found)
    probe.found.clear()
    walk_side_channels(probe, planted[2:3])
    assert {each.split()[0] for each in probe.found} == {"rosa", "lia", "small"}
