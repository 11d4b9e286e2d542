"""Addresses of the workspace's pages."""

from django.urls import path

from caudal.workspace.views import approvals, company, fields, files, notices, saved, search, sharing, team

app_name = "workspace"
urlpatterns = [
    path("views", saved.view_new, name="view_new"),
    path("views/default", saved.view_default, name="view_default"),
    path("views/<str:view_id>", saved.view_change, name="view_change"),
    path("views/<str:view_id>/deletion", saved.view_delete, name="view_delete"),
    path("come-in/<str:token>", team.come_in, name="come_in"),
    path("search", search.search_page, name="search"),
    path("search/bar", search.search_bar, name="search_bar"),
    path("search/opened", search.record_opened, name="record_opened"),
    path("approvals", approvals.approval_list, name="approvals"),
    path("approvals/<str:approval_id>/decision", approvals.approval_decide, name="approval_decide"),
    path("notifications", notices.notification_list, name="notifications"),
    path("notifications/bell", notices.bell, name="bell"),
    path("notifications/panel", notices.panel, name="notice_panel"),
    path("notifications/read", notices.read_all, name="read_all"),
    path("notifications/settings", notices.notice_settings, name="notice_settings"),
    path("notifications/no-more/<str:token>", notices.unsubscribe, name="unsubscribe"),
    path("notifications/<str:notification_id>", notices.notification, name="notification"),
    path("files/on/<str:record_id>", files.files_of, name="files_of"),
    path("files/<str:attachment_id>", files.file, name="file"),
    path("files/<str:attachment_id>/removal", files.file_removal, name="file_removal"),
    path("files/<str:attachment_id>/restoration", files.file_restoration, name="file_restoration"),
    path("following/<str:record_id>", notices.follow, name="follow"),
    path("settings/company", company.company_settings, name="company"),
    path("settings/company/rates", company.company_rates, name="company_rates"),
    path("settings/fields", fields.field_list, name="fields"),
    path("settings/fields/new/<slug:kind>", fields.field_new, name="field_new"),
    path("settings/fields/<str:field_id>", fields.field_edit, name="field_edit"),
    path("settings/fields/<str:field_id>/retirement", fields.field_retire, name="field_retire"),
    path("settings/fields/<str:field_id>/restoration", fields.field_restore, name="field_restore"),
    path("team/names", team.member_names, name="member_names"),
    path("settings/team", team.member_list, name="members"),
    path("settings/team/invite", team.invite, name="invite"),
    path("settings/team/<str:member_id>", team.member_edit, name="member_edit"),
    path("sharing/<str:record_id>", sharing.share, name="share"),
    path("shares/<str:share_id>/end", sharing.end, name="share_end"),
    path("settings/keys", team.key_list, name="keys"),
    path("settings/keys/new", team.key_new, name="key_new"),
    path("settings/keys/<str:key_id>/revocation", team.key_revoke, name="key_revoke"),
]
