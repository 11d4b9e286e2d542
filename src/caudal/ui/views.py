"""The design system's own pages: its files, the reader's preferences, and the page of all components."""

import json

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import check_for_language, gettext
from django.views.decorators.http import require_GET, require_POST

from caudal.kit.pages import public
from caudal.ui import bundle, showcase
from caudal.ui.bundle import OWN
from caudal.ui.context import SCHEME_COOKIE, SCHEMES

YEAR_SECONDS = 365 * 24 * 3600


@public("every page is drawn with it, also the sign-in page")
@require_GET
def stylesheet(request: HttpRequest, digest: str) -> HttpResponseBase:
    return served(request, bundle.stylesheet(), "ui:stylesheet", digest)


@public("every page is drawn with it, also the sign-in page")
@require_GET
def script(request: HttpRequest, digest: str) -> HttpResponseBase:
    return served(request, bundle.script(), "ui:script", digest)


def served(request: HttpRequest, found: bundle.Bundle, name: str, digest: str) -> HttpResponseBase:
    """Answer with the bundle, packed where the browser reads that; an old digest leads to the present one."""
    if digest != found.digest:
        return HttpResponseRedirect(reverse(name, args=[found.digest]))
    packs = "gzip" in request.headers.get("accept-encoding", "")
    response = HttpResponse(found.packed if packs else found.body, content_type=f"{found.content_type}; charset=utf-8")
    if packs:
        response["Content-Encoding"] = "gzip"
    response["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


@public("the choice is a cookie of the reader's own")
@require_POST
def choose_scheme(request: HttpRequest) -> HttpResponse:
    response = HttpResponseRedirect(way_back(request))
    scheme = request.POST.get("scheme", "")
    if scheme in SCHEMES:
        response.set_cookie(
            SCHEME_COOKIE, scheme, max_age=YEAR_SECONDS, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )
    return response


@public("the choice is a cookie of the reader's own")
@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    response = HttpResponseRedirect(way_back(request))
    language = request.POST.get("language", "")
    if check_for_language(language) and language in dict(settings.LANGUAGES):
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=YEAR_SECONDS,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
        )
    return response


def way_back(request: HttpRequest) -> str:
    """Return the page the reader came from, if it is one of ours."""
    target = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if ours else "/"


@public("it shows examples only, no rows")
@require_GET
def components(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/components.html", showcase.everything())


@public("a browser reads it before anybody has signed in")
@require_GET
def manifest(request: HttpRequest) -> HttpResponse:
    """Say how the system is installed on a phone or a desk: its name, its icons, where it begins."""
    icons = [
        {"src": static(f"ui/icons/{name}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for name, size, purpose in (("192", 192, "any"), ("512", 512, "any"), ("maskable", 512, "maskable"))
    ]
    told = {
        "id": "/",
        "name": "Caudal",
        "short_name": "Caudal",
        "description": gettext("The company's revenue from plan to cash."),
        "lang": request.LANGUAGE_CODE,
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#ffffff",
        "theme_color": "#0e7a86",
        "icons": icons,
    }
    return JsonResponse(told, content_type="application/manifest+json")


@public("it holds no rows, and the browser renews it by itself")
@require_GET
def service_worker(_request: HttpRequest) -> HttpResponse:
    """Give the script that shows a kind page when there is no network. It keeps that page and nothing else."""
    style = reverse("ui:stylesheet", args=[bundle.stylesheet().digest])
    kept = json.dumps([reverse("ui:offline"), style, static("ui/mark.svg")])
    source = (OWN / "service-worker.js").read_text(encoding="utf-8")
    response = HttpResponse(source.replace("KEPT", kept), content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-cache"
    return response


@public("it is kept by the browser and holds no rows")
@require_GET
def offline(request: HttpRequest) -> HttpResponse:
    """Show what somebody without a network sees."""
    return render(request, "ui/offline.html", {"title": gettext("No connection")})
