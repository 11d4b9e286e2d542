"""The workspace as a Django app."""

from django.apps import AppConfig


class WorkspaceConfig(AppConfig):
    """Owns the table of members, which is Django's table of users."""

    name = "caudal.workspace"
    label = "workspace"
