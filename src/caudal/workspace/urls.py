"""Addresses of the workspace's pages."""

from django.urls import path

from caudal.workspace import views

app_name = "workspace"
urlpatterns = [
    path("come-in/<str:token>", views.come_in, name="come_in"),
    path("settings/team", views.member_list, name="members"),
    path("settings/team/invite", views.invite, name="invite"),
    path("settings/keys", views.key_list, name="keys"),
    path("settings/keys/new", views.key_new, name="key_new"),
    path("settings/keys/<str:key_id>/revocation", views.key_revoke, name="key_revoke"),
]
