"""Addresses of the workspace's pages."""

from django.urls import path

from caudal.workspace.views import approvals, company, team

app_name = "workspace"
urlpatterns = [
    path("come-in/<str:token>", team.come_in, name="come_in"),
    path("approvals", approvals.approval_list, name="approvals"),
    path("approvals/<str:approval_id>/decision", approvals.approval_decide, name="approval_decide"),
    path("settings/company", company.company_settings, name="company"),
    path("settings/company/rates", company.company_rates, name="company_rates"),
    path("settings/team", team.member_list, name="members"),
    path("settings/team/invite", team.invite, name="invite"),
    path("settings/keys", team.key_list, name="keys"),
    path("settings/keys/new", team.key_new, name="key_new"),
    path("settings/keys/<str:key_id>/revocation", team.key_revoke, name="key_revoke"),
]
