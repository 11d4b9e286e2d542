"""Addresses of the pages of usage."""

from django.urls import path

from caudal.usage.views.events import events
from caudal.usage.views.meters import meter
from caudal.usage.views.overview import overview

app_name = "usage"
urlpatterns = [
    path("usage", overview, name="overview"),
    path("usage/meter", meter, name="meter"),
    path("usage/events", events, name="events"),
]
