"""Which address leads to which page."""

from allauth.account import views as account
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, URLResolver, include, path, re_path

from caudal.api.mounting import mounted
from caudal.kit.pages import public
from caudal.ui.views import service_worker


@public("whoever watches the installation asks without an account")
def health(_request: HttpRequest) -> HttpResponse:
    """Say whether this process answers and reaches its database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return JsonResponse({"status": "ok"})


# Of the library's pages those that we have words for: addresses change in the team's settings, nowhere else.
ACCOUNT_PAGES: list[URLPattern | URLResolver] = [
    path("login/", account.login, name="account_login"),
    path("logout/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("signup/", account.signup, name="account_signup"),
    path("password/change/", account.password_change, name="account_change_password"),
    path("password/set/", account.password_set, name="account_set_password"),
    path("password/reset/", account.password_reset, name="account_reset_password"),
    path("password/reset/done/", account.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        account.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
]
urlpatterns: list[URLPattern | URLResolver] = [
    path("health", health, name="health"),
    path("service-worker.js", service_worker, name="service_worker"),  # its place says how far it reaches
    path("ui/", include("caudal.ui.urls")),
    path("accounts/", include(ACCOUNT_PAGES)),
    path("", include("caudal.workspace.urls")),
    path("", include("caudal.plan.urls")),
    path("", include("caudal.insights.urls")),
    path("", include("caudal.crm.urls")),
    path("", include("caudal.catalog.urls")),
    path("", include("caudal.ledger.urls")),
    path("", include("caudal.usage.urls")),
    path("", include("caudal.billing.urls")),
    path("api/v1/", mounted().urls),
]

handler400 = "caudal.ui.refusals.bad_request"
handler403 = "caudal.ui.refusals.forbidden"
handler404 = "caudal.ui.refusals.not_found"
handler500 = "caudal.ui.refusals.failed"
