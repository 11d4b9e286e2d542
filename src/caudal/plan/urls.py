"""Addresses of the plan's pages; the first page of all is one of them."""

from django.urls import path

from caudal.plan import views

app_name = "plan"
urlpatterns = [
    path("", views.first_page, name="first"),
    path("plan/targets", views.target_list, name="targets"),
    path("plan/findings", views.finding_list, name="findings"),
    path("plan/repair", views.repair_page, name="repair"),
    path("plan/adoption", views.adoption, name="adoption"),
]
