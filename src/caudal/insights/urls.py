"""Addresses of the pages of numbers."""

from django.urls import path

from caudal.insights.views.catalogue import catalogue
from caudal.insights.views.explorer import explorer
from caudal.insights.views.records import records

app_name = "insights"
urlpatterns = [
    path("measure", catalogue, name="catalogue"),
    path("measure/<str:metric_id>", explorer, name="metric"),
    path("measure/<str:metric_id>/rows", records, name="rows"),
]
