"""Insights as a Django app."""

from django.apps import AppConfig


class InsightsConfig(AppConfig):
    """Owns no tables: it reads those that others publish."""

    name = "caudal.insights"
    label = "insights"
