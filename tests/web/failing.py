"""The addresses of the installation, and one that fails as a mistake of ours would."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from caudal.config.urls import handler400, handler403, handler404, handler500
from caudal.config.urls import urlpatterns as ours
from caudal.kit.pages import public

__all__ = ["handler400", "handler403", "handler404", "handler500", "urlpatterns"]


@public("it shows how a page fails")
def fail(_request: HttpRequest) -> HttpResponse:
    raise RuntimeError("this page fails whenever it is asked for")


urlpatterns = [*ours, path("failing", fail)]
