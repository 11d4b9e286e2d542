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
    path("accounts/", include("allauth.account.urls")),
    path("api/v1/", mounted().urls),
]
