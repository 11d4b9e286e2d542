"""Addresses of the plan's pages; the first page of all is one of them."""

from django.urls import path

from caudal.plan import views

app_name = "plan"
urlpatterns = [
    path("", views.first_page, name="first"),
    path("plan/targets", views.target_list, name="targets"),
    path("plan/targets/<slug:target_id>", views.target_page, name="target"),
    path("plan/actuals", views.actual_list, name="actuals"),
    path("plan/actuals/template.csv", views.actual_template, name="actual_template"),
    path("plan/actuals/<str:actual_id>/taking-back", views.actual_take_back, name="actual_take_back"),
    path("plan/river", views.river_page, name="river"),
    path("plan/findings", views.finding_list, name="findings"),
    path("plan/repair", views.repair_page, name="repair"),
    path("plan/futures/what-if", views.tree_page, name="tree"),
    path("plan/futures", views.future_page, name="futures"),
    path("plan/futures/split", views.split_page, name="split"),
    path("plan/futures/simulations", views.simulation_start, name="simulation_start"),
    path("plan/futures/simulations/<str:operation_id>", views.simulation_page, name="simulation"),
    path("plan/futures/scenarios", views.scenario_list, name="scenarios"),
    path("plan/futures/scenarios/new", views.scenario_new, name="scenario_new"),
    path("plan/futures/scenarios/<str:called>", views.scenario_page, name="scenario"),
    path("plan/futures/scenarios/<str:called>/edit", views.scenario_edit, name="scenario_edit"),
    path("plan/futures/scenarios/<str:called>/otherwise", views.scenario_say, name="scenario_say"),
    path("plan/futures/scenarios/<str:called>/copy", views.scenario_copy, name="scenario_copy"),
    path("plan/futures/scenarios/<str:called>/draft", views.scenario_draft, name="scenario_draft"),
    path("plan/futures/scenarios/<str:called>/deletion", views.scenario_delete, name="scenario_delete"),
    path("plan/whole", views.whole_plan, name="whole"),
    path("plan/milestones/<str:milestone_id>", views.milestone_of, name="milestone_of"),
    path("plan/milestones/<slug:phase>/<slug:milestone>", views.milestone_edit, name="milestone"),
    path("plan/adoption", views.adoption, name="adoption"),
    path("plan/versions", views.version_list, name="versions"),
    path("plan/versions/<str:version_id>", views.version_page, name="version"),
    path("plan/comparison", views.comparison, name="comparison"),
    path("plan/drafts/new", views.draft_new, name="draft_new"),
    path("plan/drafts/<str:draft_id>", views.draft_page, name="draft"),
    path("plan/drafts/<str:draft_id>/edit", views.draft_edit, name="draft_edit"),
    path("plan/drafts/<str:draft_id>/check", views.draft_check, name="draft_check"),
    path("plan/drafts/<str:draft_id>/texts", views.draft_texts, name="draft_texts"),
    path("plan/drafts/<str:draft_id>/return", views.draft_return, name="draft_return"),
    path("plan/drafts/<str:draft_id>/proposal", views.draft_propose, name="draft_propose"),
    path("plan/drafts/<str:draft_id>/taking-back", views.draft_take_back, name="draft_take_back"),
    path("plan/drafts/<str:draft_id>/decision", views.draft_decide, name="draft_decide"),
    path("plan/drafts/<str:draft_id>/adoption", views.draft_adopt, name="draft_adopt"),
    path("plan/drafts/<str:draft_id>/deletion", views.draft_delete, name="draft_delete"),
]
