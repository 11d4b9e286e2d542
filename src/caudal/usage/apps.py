"""Usage as a Django app."""

from django.apps import AppConfig


class UsageConfig(AppConfig):
    """Owns usage events, meters and subjects."""

    name = "caudal.usage"
    label = "usage"
