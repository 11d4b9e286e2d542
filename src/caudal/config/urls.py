"""Which address leads to which page."""

from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, URLResolver, include, path

from caudal.api.mounting import mounted
from caudal.kit.pages import public


@public("whoever watches the installation asks without an account")
def health(_request: HttpRequest) -> HttpResponse:
    """Say whether this process answers and reaches its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health, name="health"),
    path("ui/", include("caudal.ui.urls")),
    path("accounts/", include("allauth.account.urls")),
    path("", include("caudal.workspace.urls")),
    path("", include("caudal.plan.urls")),
    path("", include("caudal.insights.urls")),
    path("", include("caudal.crm.urls")),
    path("api/v1/", mounted().urls),
]

handler400 = "caudal.ui.refusals.bad_request"
handler403 = "caudal.ui.refusals.forbidden"
handler404 = "caudal.ui.refusals.not_found"
handler500 = "caudal.ui.refusals.failed"
