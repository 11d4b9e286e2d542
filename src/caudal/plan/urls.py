"""Addresses of the plan's pages; the first page of all is one of them."""

from django.urls import path

from caudal.plan import views

app_name = "plan"
urlpatterns = [
    path("", views.first_page, name="first"),
    path("plan/targets", views.target_list, name="targets"),
    path("plan/findings", views.finding_list, name="findings"),
    path("plan/repair", views.repair_page, name="repair"),
    path("plan/futures/what-if", views.tree_page, name="tree"),
    path("plan/futures", views.future_page, name="futures"),
    path("plan/futures/split", views.split_page, name="split"),
    path("plan/futures/simulations", views.simulation_start, name="simulation_start"),
    path("plan/futures/simulations/<str:operation_id>", views.simulation_page, name="simulation"),
    path("plan/whole", views.whole_plan, name="whole"),
    path("plan/milestones/<slug:phase>/<slug:milestone>", views.milestone_edit, name="milestone"),
    path("plan/adoption", views.adoption, name="adoption"),
]
