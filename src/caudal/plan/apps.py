"""The plan as a Django app."""

from django.apps import AppConfig


class PlanConfig(AppConfig):
    """Owns the adopted versions of the plan."""

    name = "caudal.plan"
    label = "plan"
