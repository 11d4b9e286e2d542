"""Every page and route says who may see it, and the web process starts light."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Iterator
from inspect import getclosurevars, unwrap
from pathlib import Path
from typing import Final

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, include, path
from ninja import NinjaAPI
from ninja.operation import Operation, PathView

from caudal.kit.access import Verb
from caudal.kit.lazy import HEAVY
from caudal.kit.pages import needs, public
from tests.architecture.tree import ROOT

GUARDED_BY_THEMSELVES: Final = {
    "allauth.": "sign-in and password pages come before there is anybody; allauth asks where somebody must be there",
    "ninja.openapi.": "the description of the API holds no rows",
    "django.views.i18n": "the choice of language is the reader's own",
    "django.views.static": "files of the interface",
    "django.contrib.staticfiles.": "files of the interface",
}
"""Pages of libraries, by where they come from, and why they may stand without a policy of ours."""


def unguarded(patterns: Iterable[URLPattern | URLResolver]) -> list[str]:
    """Pages and routes without `needs` or `public`, by their address."""
    return [
        f"/{address} ({origin(view)}) has no policy: put @needs(noun, verb) or @public(reason) on it."
        for address, view in dict.fromkeys(views(patterns))  # an API lists an address once per operation
        if not hasattr(view, "__needs__") and not origin(view).startswith(tuple(GUARDED_BY_THEMSELVES))
    ]


def views(
    patterns: Iterable[URLPattern | URLResolver], before: str = ""
) -> Iterator[tuple[str, Callable[..., object]]]:
    """Every view under the patterns, and of an API every operation behind one."""
    for pattern in patterns:
        address = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from views(pattern.url_patterns, address)
        elif operations := routes(pattern.callback):
            yield from ((f"{address} {'|'.join(operation.methods)}", operation.view_func) for operation in operations)
        else:
            yield address, pattern.callback


def routes(callback: Callable[..., object]) -> list[Operation]:
    """The operations of an API address; none for a page."""
    function = unwrap(callback)
    if not hasattr(function, "__closure__"):
        return []
    owner = getclosurevars(function).nonlocals.get("self")
    return list(owner.operations) if isinstance(owner, PathView) else []


def origin(view: Callable[..., object]) -> str:
    """The dotted name of a view, a class's view or a partial."""
    named = getattr(view, "view_class", getattr(view, "func", view))
    return f"{named.__module__}.{named.__qualname__}"


def heavy_modules(entry: str, heavy: Iterable[str], folder: Path) -> list[str]:
    """Which of the libraries in `heavy` a fresh process has loaded after importing `entry`."""
    code = f"import {entry}, json, sys; print(json.dumps(sorted(set({sorted(heavy)!r}) & sys.modules.keys())))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(folder), "DJANGO_SETTINGS_MODULE": "caudal.config.settings"},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return list(json.loads(done.stdout.splitlines()[-1]))


def test_every_page_and_route_has_a_policy() -> None:
    assert unguarded(get_resolver().url_patterns) == []


def test_the_web_entry_loads_no_heavy_library() -> None:
    assert HEAVY
    assert heavy_modules("caudal.config.wsgi", HEAVY, ROOT / "src") == []


def bare_page(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.path)


def test_a_page_without_a_policy_is_found() -> None:
    def guarded_page(request: HttpRequest) -> HttpResponse:
        return HttpResponse(request.path)

    open_page = public("a page for everybody")(lambda request: HttpResponse(request.path))
    nested = include([path("open", open_page), path("bare", bare_page)])
    patterns: list[URLPattern | URLResolver] = [
        path("deals/", nested),
        path("guarded", needs("deal", Verb.VIEW)(guarded_page)),
    ]
    assert [line.split()[0] for line in unguarded(patterns)] == ["/deals/bare"]


def test_a_route_without_a_policy_is_found() -> None:
    api = NinjaAPI(urls_namespace="planted")

    @api.get("/deals")
    @public("a route for everybody")
    def list_deals(request: HttpRequest) -> int:
        return len(request.path)

    @api.post("/deals")
    def create_deal(request: HttpRequest) -> int:
        return len(request.path)

    assert callable(list_deals)
    assert callable(create_deal)
    found = unguarded([path("api/", api.urls)])
    assert [line.partition(" (")[0] for line in found] == ["/api/deals POST"]


@pytest.mark.parametrize(("entry", "found"), [("light_entry", []), ("heavy_entry", ["statistics"])])
def test_a_heavy_library_in_an_entry_is_found(entry: str, found: list[str], tmp_path: Path) -> None:
    (tmp_path / "light_entry.py").write_text("import json\n")
    (tmp_path / "heavy_entry.py").write_text("import statistics\n")
    assert heavy_modules(entry, ["statistics"], tmp_path) == found
