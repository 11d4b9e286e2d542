"""Addresses of the pages of numbers."""

from django.urls import path

from caudal.insights import views

app_name = "insights"
urlpatterns = [
    path("measure", views.catalogue, name="catalogue"),
    path("measure/<str:metric_id>", views.metric, name="metric"),
    path("measure/<str:metric_id>/rows", views.rows, name="rows"),
]
