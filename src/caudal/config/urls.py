"""Which address leads to which page."""

from allauth.account import views as accounts
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


ENTRANCE: list[URLPattern | URLResolver] = [
    path("login/", accounts.login, name="account_login"),
    path("logout/", accounts.logout, name="account_logout"),
    path("inactive/", accounts.account_inactive, name="account_inactive"),
    path("password/change/", accounts.password_change, name="account_change_password"),
    path("password/set/", accounts.password_set, name="account_set_password"),
]
"""Of allauth's pages those that are ours to offer: people come by invitation, so nobody signs up."""

urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health, name="health"),
    path("ui/", include("caudal.ui.urls")),
    path("accounts/", include(ENTRANCE)),
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
